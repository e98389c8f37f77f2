"""split: every kept document goes to train, validation, test or task, and what is similar goes together.

The part is a hash of the first id of the document's group: a cluster of similar documents, joined with the blocks
of consecutive documents that conf asks for. Without blocks a document keeps its part when others come or go.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ContractError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import list_shards, read_documents, read_table, write_documents
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.core.union_find import UnionFind
from pipeline.schema.split import SplitConfig

STAGE = Stage(
    name="split",
    doc=__doc__,
    sections={"split": SplitConfig},
    inputs={"documents": "folder of deduplicated shards", "clusters": "dedup's clusters/ folder"},
    outputs={"out": Output("folder for train/, validation/, test/ and task/")},
)
PARTS = ("train", "validation", "test", "task")
CLUSTER_SCHEMA = pa.schema([pa.field("id", pa.string()), pa.field("cluster", pa.string())])
Block = tuple[str, int]
"""Source and kind, and the number of a run of consecutive documents of both."""


@dataclass(frozen=True, slots=True)
class Member:
    """What decides where a document goes."""

    cluster: str
    block: Block | None
    labelled: bool


def members(documents: Path, clusters: Path, config: SplitConfig) -> list[list[Member]]:
    """The members of each shard in order; ContractError for a document without a cluster."""
    met: dict[tuple[str, str], int] = defaultdict(int)
    shards = []
    for shard in list_shards([documents]):
        table = read_table(clusters / shard.name, CLUSTER_SCHEMA)
        cluster_of = dict(zip(table["id"].to_pylist(), table["cluster"].to_pylist(), strict=True))
        rows = read_table(shard).select(["id", "source", "kind", "label"]).to_pylist()
        shard_members = []
        for row in rows:
            if row["id"] not in cluster_of:
                raise ContractError(f"{shard}: {row['id']} has no row in {clusters / shard.name}")
            source, kind = row["source"], row["kind"]
            length = config.blocks.get(kind)
            block = (f"{source}\x1f{kind}", met[source, kind] // length) if length else None
            met[source, kind] += 1
            shard_members.append(Member(cluster_of[row["id"]], block, row["label"] is not None))
        shards.append(shard_members)
    return shards


def assign(shards: list[list[Member]], config: SplitConfig) -> list[list[str]]:
    """The part of each document. A group goes to task only if all its documents are labelled."""
    groups = UnionFind[str | Block]()
    for member in chain.from_iterable(shards):
        if member.block:
            groups.join(member.cluster, member.block)
    # Members come in shard order, so a group's first cluster is the same at any number of workers.
    first: dict[str | Block, str] = {}
    unlabelled = set()
    for member in chain.from_iterable(shards):
        group = groups.root(member.cluster)
        first.setdefault(group, member.cluster)
        if not member.labelled:
            unlabelled.add(group)

    def part(member: Member) -> str:
        group = groups.root(member.cluster)
        return part_of(first[group], group not in unlabelled, config)

    return [[part(member) for member in shard] for shard in shards]


def part_of(key: str, labelled: bool, config: SplitConfig) -> str:
    """Part by the hash of the group's key: [0, 1) is cut into task, validation, test and train."""
    digest = hashlib.blake2b(f"{config.salt}\x1f{key}".encode(), digest_size=8).digest()
    point = int.from_bytes(digest, "big") / 2**64
    if point < config.task:
        return "task" if labelled else "train"
    if point < config.task + config.validation:
        return "validation"
    if point < config.task + config.validation + config.test:
        return "test"
    return "train"


class ShardSplitter:
    """Writes the parts of one shard; callable in a worker."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def __call__(self, work: tuple[Path, list[str]]) -> tuple[Tally, dict[str, list[int]]]:
        shard, parts = work
        ledger = Ledger(STAGE.name)
        counts = {part: [0, 0] for part in PARTS}
        chosen = list(zip(read_documents(shard), parts, strict=True))
        for document, part in chosen:
            ledger.receive(document.text)
            ledger.use()
            ledger.emit(document)
            counts[part][0] += 1
            counts[part][1] += len(document.text)
        for part in PARTS:
            write_documents(self.out / part / shard.name, [document for document, to in chosen if to == part])
        return ledger.close(), counts


def run(job: Job) -> Metrics:
    documents, config = job.input("documents"), job.section(SplitConfig)
    shards = list_shards([documents])
    parts = assign(members(documents, job.input("clusters"), config), config)
    results = list(map_shards(job.engine, ShardSplitter(job.output()), list(zip(shards, parts, strict=True))))
    metrics = ledger_metrics(STAGE.name, "document", [tally for tally, _ in results])
    totals = {
        part: {
            "documents": sum(counts[part][0] for _, counts in results),
            "characters": sum(counts[part][1] for _, counts in results),
        }
        for part in PARTS
    }
    if not totals["train"]["documents"]:
        raise SourceError("no document fell into train: the corpus is too small for conf/split/")
    metrics.update({part: dict(counts) for part, counts in totals.items()})
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
