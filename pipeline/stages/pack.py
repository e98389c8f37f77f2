"""pack: documents and the tokenizer in, fixed-length blocks of token ids out, each traceable to its documents.

The blocks are Arrow IPC streams, which `datasets` and `pipeline.tokens.blocks` map into memory. pack.json says which
of them are of which source.
"""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.engine import map_shards
from pipeline.core.errors import SourceError
from pipeline.core.shards import list_shards, write_json
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.pack import PackConfig

if TYPE_CHECKING:
    from pipeline.contract.metrics import Json, Tally
    from pipeline.tokens.text import TextTokenizer

STAGE = Stage(
    name="pack",
    doc=__doc__,
    sections={"pack": PackConfig},
    inputs={
        "documents": "folder of training documents",
        "heldout": "folder of validation documents",
        "tokenizer": "folder that the tokenizer stage wrote",
    },
    outputs={"out": Output("folder with train/, validation/ and pack.json")},
)


def run(job: Job) -> Metrics:
    from pipeline.tokens.packing import id_type
    from pipeline.tokens.text import load_tokenizer

    config, out = job.section(PackConfig), job.output()
    tokenizer = load_tokenizer(job.input("tokenizer"))
    tallies: list[Tally] = []
    figures: dict[str, dict[str, Json]] = {}
    facts: dict[str, Json] = {
        "context": config.context,
        "vocab_size": tokenizer.vocab_size,
        "dtype": id_type(tokenizer.vocab_size).__name__,
        "bos_id": tokenizer.bos_id,
        "pad_id": tokenizer.pad_id,
    }
    for part, option in (("train", "documents"), ("validation", "heldout")):
        tally, figures[part], runs = _pack(job, config, tokenizer, job.input(option), out / part)
        tallies.append(tally)
        kept = {name: figures[part][name] for name in ("documents", "characters", "tokens", "blocks")}
        facts[part] = {**kept, "sources": runs}
        job.say(f"{part}: {figures[part]['tokens']:,} tokens in {figures[part]['blocks']:,} blocks")
    write_json(out / "pack.json", facts)
    return {**ledger_metrics(STAGE.name, "document", tallies), "context": config.context, **figures}


def _pack(
    job: Job, config: PackConfig, tokenizer: "TextTokenizer", documents: Path, out: Path
) -> "tuple[Tally, dict[str, Json], list[Json]]":
    """The ledger, the figures, and the runs of blocks of one source: [source, blocks], in the order of the blocks."""
    from pipeline.contract.metrics import Tally
    from pipeline.tokens.blocks import BlockWriter
    from pipeline.tokens.encoding import PackShard
    from pipeline.tokens.packing import Packer, id_type
    from pipeline.tokens.spans import SpanWriter

    dtype = id_type(tokenizer.vocab_size)
    packer = Packer(config.packing, config.context, tokenizer.bos_id, tokenizer.pad_id)
    pack_shard = PackShard(job.input("tokenizer"), packer, dtype)
    tally, tokens, sums, blocks = Tally(), Counter[str](), Counter[str](), 0
    runs: list[Json] = []
    with (
        BlockWriter(out, config.context, dtype, config.shard_blocks) as writer,
        SpanWriter(out / "spans.parquet") as span_writer,
    ):
        for shard in map_shards(job.engine, pack_shard, list_shards([documents])):
            tally += shard.tally
            for found in shard.sources:
                writer.write(found.packed.blocks)
                span_writer.write(found.packed.spans, found.documents, blocks)
                runs.append([found.source, len(found.packed.blocks)])
                blocks += len(found.packed.blocks)
                tokens[found.source] += found.tokens
                sums["characters"] += found.characters
                sums["long_documents"] += found.long_documents
                sums["cut_documents"] += found.cut[0]
                sums["cut_tokens"] += found.cut[1]
    if not tally.units_in:
        raise SourceError(f"{documents}: no documents; give the corpus more text or raise the split's share")
    return (
        tally,
        {
            "documents": tally.units_in,
            "characters": sums["characters"],
            "tokens": tokens.total(),
            "blocks": blocks,
            "padding": blocks * config.context - tokens.total(),
            "text_share": round(tokens.total() / (blocks * config.context), 6),
            "tokens_per_document": round(tokens.total() / tally.units_in, 2),
            "documents_longer_than_a_block": sums["long_documents"],
            "cut_though_they_fit": {
                "documents": sums["cut_documents"],
                "token_share": round(sums["cut_tokens"] / tokens.total(), 6),
            },
            "tokens_by_source": {source: tokens[source] for source in sorted(tokens)},
        },
        runs,
    )


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
