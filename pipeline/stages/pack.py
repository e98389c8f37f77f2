"""pack: documents and the tokenizer in, fixed-length blocks of token ids out, each traceable to its documents.

The blocks are Arrow IPC streams, which `datasets` and `pipeline.tokens.blocks` map into memory. pack.json says which
of them are of which source.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.metrics import Json, Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import SourceError
from pipeline.core.shards import list_shards
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.pack import PackConfig

if TYPE_CHECKING:
    from pipeline.tokens.encoding import PackedSource
    from pipeline.tokens.pack_file import PackedPart
    from pipeline.tokens.packing import IdType, Packer

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


@dataclass(slots=True)
class PartSums:
    """What one part adds up to, shard by shard."""

    context: int
    tally: Tally = field(default_factory=Tally)
    tokens: Counter[str] = field(default_factory=Counter)
    """Source -> its targets."""
    characters: int = 0
    long_documents: int = 0
    cut_documents: int = 0
    cut_tokens: int = 0
    blocks: int = 0
    runs: list[tuple[str, int]] = field(default_factory=list)
    """Source and number of blocks, in the order of the blocks."""

    def add(self, found: "PackedSource") -> None:
        self.runs.append((found.source, len(found.packed.blocks)))
        self.blocks += len(found.packed.blocks)
        self.tokens[found.source] += found.tokens
        self.characters += found.characters
        self.long_documents += found.long_documents
        self.cut_documents += found.cut[0]
        self.cut_tokens += found.cut[1]

    def packed(self) -> "PackedPart":
        """For pack.json."""
        from pipeline.tokens.pack_file import PackedPart

        return PackedPart(self.tally.units_in, self.characters, self.tokens.total(), self.blocks, self.runs)

    def figures(self) -> dict[str, Json]:
        """For the metrics."""
        documents, tokens = self.tally.units_in, self.tokens.total()
        return {
            "documents": documents,
            "characters": self.characters,
            "tokens": tokens,
            "blocks": self.blocks,
            "padding": self.blocks * self.context - tokens,
            "text_share": round(tokens / (self.blocks * self.context), 6),
            "tokens_per_document": round(tokens / documents, 2),
            "documents_longer_than_a_block": self.long_documents,
            "cut_though_they_fit": {
                "documents": self.cut_documents,
                "token_share": round(self.cut_tokens / tokens, 6),
            },
            "tokens_by_source": {source: self.tokens[source] for source in sorted(self.tokens)},
        }


def run(job: Job) -> Metrics:
    from pipeline.tokens.pack_file import PackFile
    from pipeline.tokens.packing import Packer, id_type
    from pipeline.tokens.tokenizer_folder import Special, open_tokenizer

    config, out = job.section(PackConfig), job.output()
    tokenizer = open_tokenizer(job.input("tokenizer"))
    bos_id, pad_id = tokenizer.id(Special.bos), tokenizer.id(Special.pad)
    packer = Packer(config.packing, config.context, bos_id, pad_id)
    dtype = id_type(tokenizer.vocab_size)
    sums: dict[str, PartSums] = {}
    for part, option in (("train", "documents"), ("validation", "heldout")):
        sums[part] = _pack(job, config, packer, dtype, job.input(option), out / part)
        job.say(f"{part}: {sums[part].tokens.total():,} tokens in {sums[part].blocks:,} blocks")
    PackFile(
        context=config.context,
        vocab_size=tokenizer.vocab_size,
        dtype=dtype.__name__,
        bos_id=bos_id,
        pad_id=pad_id,
        train=sums["train"].packed(),
        validation=sums["validation"].packed(),
    ).save(out)
    return {
        **ledger_metrics(STAGE.name, "document", [part.tally for part in sums.values()]),
        "context": config.context,
        **{name: part.figures() for name, part in sums.items()},
    }


def _pack(job: Job, config: PackConfig, packer: "Packer", dtype: "IdType", documents: Path, out: Path) -> PartSums:
    """Write one part's blocks and spans."""
    from pipeline.tokens.blocks import BlockWriter
    from pipeline.tokens.encoding import PackShard
    from pipeline.tokens.spans import SpanWriter

    pack_shard, sums = PackShard(job.input("tokenizer"), packer, dtype), PartSums(config.context)
    with (
        BlockWriter(out, config.context, dtype, config.shard_blocks) as writer,
        SpanWriter(out / "spans.parquet") as span_writer,
    ):
        for shard in map_shards(job.engine, pack_shard, list_shards([documents])):
            sums.tally += shard.tally
            for found in shard.sources:
                writer.write(found.packed.blocks)
                span_writer.write(found.packed.spans, found.documents, sums.blocks)
                sums.add(found)
    if not sums.tally.units_in:
        raise SourceError(f"{documents}: no documents; give the corpus more text or raise the split's share")
    return sums


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
