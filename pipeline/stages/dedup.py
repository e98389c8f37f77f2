"""dedup: of documents that say the same the first stays; the others go to dropped/ with the id of that one.

Exact duplicates by their folded text first, then near duplicates by MinHash LSH, each pair verified.
clusters/ tells for every document which chain of similar documents it belongs to.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.contract.document import Document
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ContractError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import list_shards, read_documents, write_documents, write_dropped, write_table
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.dedup import DedupConfig

STAGE = Stage(
    name="dedup",
    doc=__doc__,
    sections={"dedup": DedupConfig},
    inputs={"documents": "folder of filtered shards"},
    outputs={"out": Output("folder for documents/, dropped/ and clusters/ (id, cluster, kept_id, similarity)")},
)
CLUSTER_SCHEMA = pa.schema(
    [("id", pa.string()), ("cluster", pa.string()), ("kept_id", pa.string()), ("similarity", pa.float64())]
)


@dataclass(frozen=True, slots=True)
class ShardVerdicts:
    """What is decided about the documents of one shard, row by row."""

    shard: Path
    exact: NDArray[np.bool_]
    """It repeats the text of an earlier document."""
    kept: NDArray[np.bytes_]
    """Id of the document that stays in its place; its own if it stays itself."""
    cluster: NDArray[np.bytes_]
    """Id of the first document of its chain."""
    similarity: NDArray[np.float64]
    """To the kept document."""


class ShardResolver:
    """Writes a shard's documents, dropped rows and clusters from the verdicts; callable in a worker."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def __call__(self, verdicts: ShardVerdicts) -> Tally:
        ledger = Ledger(STAGE.name)
        stays: list[Document] = []
        clusters: list[tuple[str, str, str | None, float | None]] = []
        for row, document in enumerate(read_documents(verdicts.shard)):
            ledger.receive(document.text)
            kept_id, cluster = _hex(verdicts.kept[row]), _hex(verdicts.cluster[row])
            if kept_id == document.id:
                clusters.append((document.id, cluster, None, None))
                ledger.use()
                ledger.emit(document)
                stays.append(document)
                continue
            similarity = float(verdicts.similarity[row])
            clusters.append((document.id, cluster, kept_id, similarity))
            # What repeats a near duplicate goes for the document that stays, to which it is only similar.
            exact = verdicts.exact[row] and similarity == 1
            reason = DropReason.EXACT_DUPLICATE if exact else DropReason.NEAR_DUPLICATE
            ledger.drop(document.id, reason, document.text, measured=similarity, kept_id=kept_id)
        name = verdicts.shard.name
        write_documents(self.out / "documents" / name, stays)
        write_dropped(self.out / "dropped" / name, ledger.dropped)
        columns = zip(*clusters, strict=True) if clusters else [[] for _ in CLUSTER_SCHEMA]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, CLUSTER_SCHEMA, strict=True)]
        write_table(self.out / "clusters" / name, pa.Table.from_arrays(arrays, schema=CLUSTER_SCHEMA))
        return ledger.close()


def _hex(id: np.bytes_) -> str:
    return bytes(id).ljust(16, b"\0").hex()


def run(job: Job) -> Metrics:
    from pipeline.core.faults import reach
    from pipeline.similarity.buckets import use_engine
    from pipeline.similarity.clusters import resolve
    from pipeline.similarity.exact import find_exact
    from pipeline.similarity.near import find_near
    from pipeline.similarity.numbering import number_documents

    config, folder = job.section(DedupConfig), job.input("documents")
    use_engine(job.engine)
    shards = number_documents(list_shards([folder]))
    documents = shards[-1].end if shards else 0
    if not documents:
        raise SourceError(f"{folder}: no document to compare; run filter first")

    with job.scratch() as scratch:
        exact = find_exact(job.engine, shards, scratch)
        if len(np.unique(exact.ids)) < documents:
            raise ContractError(f"{folder}: two documents have one id; ids must be unique")
        alive = np.ones(documents, dtype=np.bool_)
        alive[exact.pairs[:, 1]] = False
        job.say(f"{documents} documents, {documents - int(alive.sum())} exact duplicates")
        reach("dedup.after_exact")

        near = find_near(job.engine, shards, alive, config, scratch)
        verdicts = resolve(documents, exact.pairs, near.pairs, near.similarity)
        job.say(f"{near.candidates} candidate pairs, {len(near.pairs)} at {config.threshold} or above")
        reach("dedup.after_pairs")

    repeated, kept, cluster = ~alive, exact.ids[verdicts.kept], exact.ids[verdicts.cluster]
    work = [
        ShardVerdicts(
            shard.path, shard.of(repeated), shard.of(kept), shard.of(cluster), shard.of(verdicts.similarity)
        )
        for shard in shards
    ]
    metrics = ledger_metrics(STAGE.name, "document", list(map_shards(job.engine, ShardResolver(job.output()), work)))
    sizes = np.bincount(verdicts.cluster, minlength=1)
    metrics["candidate_pairs"] = near.candidates
    metrics["near_duplicate_pairs"] = len(near.pairs)
    metrics["clusters"] = int((sizes > 0).sum())
    metrics["largest_cluster"] = int(sizes.max())
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
