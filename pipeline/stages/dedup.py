"""dedup: of documents that say the same the first stays; the others go to dropped/ with the id of that one.

Exact duplicates by their folded text first, then near duplicates by MinHash LSH, each pair verified.
clusters/ tells for every document which chain of similar documents it belongs to.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ContractError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import (
    list_shards,
    read_documents,
    read_table,
    write_documents,
    write_dropped,
    write_table,
)
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.dedup import DedupConfig

STAGE = Stage(
    name="dedup",
    doc=__doc__,
    sections={"dedup": DedupConfig},
    inputs={"documents": "folder of filtered shards"},
    outputs={"out": Output("folder for documents/, dropped/ and clusters/ (id, cluster, kept_id, similarity)")},
)
SIGN_ROWS = 4096
"""Documents whose shingles are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A shard and what is decided about its documents; `first` is the number of its first document."""

    shard: Path
    first: int
    alive: NDArray[np.bool_] | None = None
    kept: NDArray[np.bytes_] | None = None
    cluster: NDArray[np.bytes_] | None = None
    similarity: NDArray[np.float64] | None = None


class KeyWriter:
    """Writes the exact key of each document of a shard: 16 bytes of its folded text, as two integers."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch

    def __call__(self, part: Slice) -> tuple[Path, NDArray[np.bytes_]]:
        from pipeline.text.folding import fold

        keys = bytearray()
        ids = bytearray()
        for document in read_documents(part.shard):
            keys += hashlib.blake2b(fold(document.text).encode(), digest_size=16).digest()
            ids += bytes.fromhex(document.id)
        halves = np.frombuffer(bytes(keys), dtype="<u8").reshape(-1, 2)
        path = self.scratch / "keys" / part.shard.name
        numbers = np.arange(part.first, part.first + len(halves))
        write_table(path, pa.table({"high": halves[:, 0], "low": halves[:, 1], "document": numbers}))
        return path, np.frombuffer(bytes(ids), dtype="S16")


class BandWriter:
    """Writes the LSH bands of a shard's surviving documents, one file for each group of bands."""

    def __init__(self, config: DedupConfig, scratch: Path) -> None:
        self.config, self.scratch = config, scratch

    def __call__(self, part: Slice) -> list[Path]:
        from pipeline.similarity.bands import band_hashes
        from pipeline.similarity.buckets import BANDS_AT_A_TIME
        from pipeline.similarity.shingles import shingle_sets

        config = self.config
        assert part.alive is not None
        matrices, numbers = [np.empty((0, config.bands), np.uint64)], np.flatnonzero(part.alive) + part.first
        for texts in _batches(_folded(part.shard, part.alive)):
            sets = shingle_sets(texts, config.shingle_chars)
            matrices.append(band_hashes(sets, config.bands, config.rows, config.seed))
        matrix = np.concatenate(matrices)
        paths = []
        for start in range(0, config.bands, BANDS_AT_A_TIME):
            group = range(start, min(start + BANDS_AT_A_TIME, config.bands))
            path = self.scratch / f"bands-{start:03d}" / part.shard.name
            table = {
                "band": np.repeat(np.array(group, dtype=np.uint8), len(numbers)),
                "hash": matrix[:, group.start : group.stop].T.reshape(-1),
                "document": np.tile(numbers, len(group)),
            }
            write_table(path, pa.table(table))
            paths.append(path)
        return paths


class ShardResolver:
    """Writes a shard's documents, dropped rows and clusters from the verdicts; callable in a worker."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def __call__(self, part: Slice) -> Tally:
        assert part.alive is not None and part.kept is not None
        assert part.cluster is not None and part.similarity is not None
        ledger = Ledger(STAGE.name)
        stays = []
        columns: dict[str, list[str | float | None]] = {"id": [], "cluster": [], "kept_id": [], "similarity": []}
        for row, document in enumerate(read_documents(part.shard)):
            ledger.receive(document.text)
            kept_id = _hex(part.kept[row])
            similarity = float(part.similarity[row])
            dropped = kept_id != document.id
            columns["id"].append(document.id)
            columns["cluster"].append(_hex(part.cluster[row]))
            columns["kept_id"].append(kept_id if dropped else None)
            columns["similarity"].append(similarity if dropped else None)
            if dropped:
                exact = not part.alive[row] and similarity == 1
                reason = DropReason.EXACT_DUPLICATE if exact else DropReason.NEAR_DUPLICATE
                ledger.drop(document.id, reason, document.text, measured=similarity, kept_id=kept_id)
                continue
            ledger.use()
            ledger.emit(document)
            stays.append(document)
        name = part.shard.name
        write_documents(self.out / "documents" / name, stays)
        write_dropped(self.out / "dropped" / name, ledger.dropped)
        types = (pa.string(), pa.string(), pa.string(), pa.float64())
        arrays = [pa.array(values, kind) for values, kind in zip(columns.values(), types, strict=True)]
        write_table(self.out / "clusters" / name, pa.table(arrays, names=list(columns)))
        return ledger.close()


def _hex(id: np.bytes_) -> str:
    return bytes(id).ljust(16, b"\0").hex()


def _folded(shard: Path, chosen: NDArray[np.bool_]) -> Iterator[str]:
    from pipeline.text.folding import fold

    return (fold(document.text) for document, take in zip(read_documents(shard), chosen, strict=True) if take)


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, SIGN_ROWS)):
        yield batch


def verified_pairs(
    parts: list[Slice], pairs: NDArray[np.int64], config: DedupConfig, documents: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The candidate pairs whose exact Jaccard similarity reaches the threshold, and that similarity."""
    from pipeline.similarity.shingles import jaccard, shingle_sets

    needed = np.zeros(documents, dtype=np.bool_)
    needed[pairs.reshape(-1)] = True
    texts: list[str] = []
    for part, end in zip(parts, [*(part.first for part in parts[1:]), documents], strict=True):
        chosen = needed[part.first : end]
        if chosen.any():
            texts.extend(_folded(part.shard, chosen))
    position = np.cumsum(needed) - 1
    similarity = jaccard(shingle_sets(texts, config.shingle_chars), position[pairs[:, 0]], position[pairs[:, 1]])
    enough = similarity >= config.threshold
    return pairs[enough], similarity[enough]


def run(job: Job) -> Metrics:
    from pipeline.core.faults import reach
    from pipeline.similarity.buckets import candidate_pairs, shared_keys, use_engine
    from pipeline.similarity.clusters import resolve

    config, out = job.section(DedupConfig), job.output()
    use_engine(job.engine)
    shards = list_shards([job.input("documents")])
    sizes = [read_table(shard).num_rows for shard in shards]
    firsts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    documents = int(firsts[-1])
    if not documents:
        raise SourceError(f"{job.input('documents')}: no document to compare; run filter first")
    parts = [Slice(shard, int(first)) for shard, first in zip(shards, firsts[:-1], strict=True)]
    bounds = list(pairwise(firsts.tolist()))

    scratch = out / "scratch"
    written = list(map_shards(job.engine, KeyWriter(scratch), parts))
    ids = np.concatenate([np.empty(0, "S16"), *(shard_ids for _, shard_ids in written)])
    if len(np.unique(ids)) < documents:
        raise ContractError(f"{job.input('documents')}: two documents have one id; ids must be unique")
    exact = candidate_pairs(*shared_keys([path for path, _ in written], ["high", "low"]), max_comparisons=1)
    alive = np.ones(documents, dtype=np.bool_)
    alive[exact[:, 1]] = False
    job.say(f"{documents} documents, {documents - int(alive.sum())} exact duplicates")
    reach("dedup.after_exact")

    parts = [Slice(part.shard, part.first, alive[a:b]) for part, (a, b) in zip(parts, bounds, strict=True)]
    files = list(map_shards(job.engine, BandWriter(config, scratch), parts))
    found = [np.empty((0, 2), dtype=np.int64)]
    for group in zip(*files, strict=True):
        members, offsets = shared_keys(list(group), ["band", "hash"])
        found.append(candidate_pairs(members, offsets, config.max_comparisons))
    candidates = np.unique(np.concatenate(found), axis=0)
    pairs, similarity = verified_pairs(parts, candidates, config, documents)
    verdicts = resolve(documents, exact, pairs, similarity)
    job.say(f"{len(candidates)} candidate pairs, {len(pairs)} at {config.threshold} or above")
    reach("dedup.after_pairs")

    shutil.rmtree(scratch, ignore_errors=True)
    kept, cluster = ids[verdicts.kept], ids[verdicts.cluster]
    parts = [
        Slice(part.shard, part.first, part.alive, kept[a:b], cluster[a:b], verdicts.similarity[a:b])
        for part, (a, b) in zip(parts, bounds, strict=True)
    ]
    metrics = ledger_metrics(STAGE.name, "document", list(map_shards(job.engine, ShardResolver(out), parts)))
    sizes_of_clusters = np.bincount(verdicts.cluster, minlength=1)
    metrics["candidate_pairs"] = len(candidates)
    metrics["near_duplicate_pairs"] = len(pairs)
    metrics["clusters"] = int((sizes_of_clusters > 0).sum())
    metrics["largest_cluster"] = int(sizes_of_clusters.max())
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
