"""pack: documents and the tokenizer in, fixed-length blocks of token ids out, each traceable to its documents.

The blocks are Arrow IPC streams, which `datasets` and `pipeline.tokens.blocks` map into memory.
"""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.engine import map_shards
from pipeline.core.errors import SourceError
from pipeline.core.shards import list_shards, write_json
from pipeline.core.stage import Job, Metrics, Stage, ledger_metrics, main
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
    outputs={"out": "folder with train/, validation/ and pack.json"},
)


def run(job: Job) -> Metrics:
    from pipeline.tokens.packing import id_type
    from pipeline.tokens.text import load_tokenizer

    config, out = job.section(PackConfig), job.output()
    tokenizer = load_tokenizer(job.input("tokenizer"))
    tallies: list[Tally] = []
    parts: dict[str, dict[str, Json]] = {}
    for part, option in (("train", "documents"), ("validation", "heldout")):
        tally, parts[part] = _pack(job, config, tokenizer, job.input(option), out / part)
        tallies.append(tally)
        job.say(f"{part}: {parts[part]['tokens']:,} tokens in {parts[part]['blocks']:,} blocks")
    write_json(
        out / "pack.json",
        {
            "context": config.context,
            "vocab_size": tokenizer.vocab_size,
            "dtype": id_type(tokenizer.vocab_size).__name__,
            "bos_id": tokenizer.bos_id,
            **{figure: {part: parts[part][figure] for part in parts} for figure in ("tokens", "blocks", "padding")},
        },
    )
    return {**ledger_metrics(STAGE.name, "document", tallies), "context": config.context, **parts}


def _pack(
    job: Job, config: PackConfig, tokenizer: "TextTokenizer", documents: Path, out: Path
) -> "tuple[Tally, dict[str, Json]]":
    from pipeline.contract.metrics import Tally
    from pipeline.tokens.blocks import BlockWriter
    from pipeline.tokens.encoding import EncodeShard
    from pipeline.tokens.packing import Packer, id_type
    from pipeline.tokens.spans import SpanWriter

    dtype = id_type(tokenizer.vocab_size)
    packer = Packer(config.context, tokenizer.bos_id, dtype)
    tally, sources = Tally(), Counter[str]()
    encode = EncodeShard(job.input("tokenizer"), dtype)
    with (
        BlockWriter(out, config.context, dtype, config.shard_blocks) as writer,
        SpanWriter(out / "spans.parquet") as span_writer,
    ):
        for shard in map_shards(job.engine, encode, list_shards([documents])):
            tally += shard.tally
            sources.update(shard.sources)
            blocks, spans = packer.add(shard.ids, shard.lengths)
            writer.write(blocks)
            span_writer.write(spans, shard.documents)
        if not tally.units_in:
            raise SourceError(f"{documents}: no documents; give the corpus more text or raise the split's share")
        writer.write(packer.finish())
        span_writer.finish(packer.blocks)
    return tally, {
        "documents": tally.units_in,
        "tokens": packer.tokens,
        "blocks": packer.blocks,
        "padding": packer.padding,
        "tokens_per_document": round((packer.tokens - 1) / tally.units_in, 2),
        "tokens_by_source": {source: sources[source] for source in sorted(sources)},
    }


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
