"""tokenizer: training documents and the base tokenizer in, the base extended with Chinese out.

The folder loads with AutoTokenizer and with the tokenizers library alone. A line break is GPT-2's own token for it.
"""

from typing import TYPE_CHECKING

from pipeline.core.shards import list_shards, write_table, write_text
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.tokenizer import TokenizerConfig

if TYPE_CHECKING:
    from pipeline.contract.metrics import Json

STAGE = Stage(
    name="tokenizer",
    doc=__doc__,
    sections={"tokenizer": TokenizerConfig},
    inputs={
        "documents": "folder of documents to learn from",
        "heldout": "folder of documents to measure fertility on",
        "base": "folder with the base's vocab.json and merges.txt",
    },
    outputs={
        "out": Output("folder of the tokenizer, its embedding plan and wenyuan.json"),
        "tables": Output("folder of fertility.csv (by source, on heldout) and new_tokens.csv (uses by rank)"),
    },
)


def run(job: Job) -> Metrics:
    from pipeline.vocab.assembly import plain, save
    from pipeline.vocab.base import read_base
    from pipeline.vocab.embedding_plan import embedding_plan
    from pipeline.vocab.fertility import compare, fertility_table
    from pipeline.vocab.methods import learn
    from pipeline.vocab.new_tokens import new_token_figures, new_tokens, use_table

    config, out = job.section(TokenizerConfig), job.output()
    train, heldout = list_shards(job.inputs["documents"]), list_shards(job.inputs["heldout"])
    base = read_base(job.input("base"))
    learnt = learn(job.engine, train, base, config)
    vocabulary = learnt.vocabulary
    sizes: dict[str, Json] = {
        "method": config.method.name,
        "vocab_size": len(vocabulary.tokens),
        "base_kept": len(vocabulary.extension.kept),
        "new_tokens": len(vocabulary.extension.new) + len(vocabulary.words),
    }
    job.say(", ".join(f"{name} {value}" for name, value in sizes.items()))
    save(vocabulary, out, sizes)
    write_table(out / "embedding_plan.parquet", embedding_plan(vocabulary, base, config.embeddings))
    before, after = plain(base), vocabulary.tokenizer()
    on_train, on_heldout = (compare(job.engine, shards, before, after) for shards in (train, heldout))
    tokens = new_tokens(vocabulary, on_train.uses, on_heldout.uses)
    write_text(job.output("tables") / "fertility.csv", fertility_table(on_heldout))
    write_text(job.output("tables") / "new_tokens.csv", use_table(tokens))
    return {
        **ledger_metrics(STAGE.name, "document", [learnt.tally]),
        **sizes,
        **learnt.figures,
        **new_token_figures(vocabulary, tokens, on_train.uses),
        "fertility": {"train": on_train.table, "heldout": on_heldout.table},
        "fertility_by_source": on_heldout.by_source,
    }


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
