"""Near duplicates: candidates that share an LSH band, each verified by its exact Jaccard similarity."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.core.engine import map_shards
from pipeline.core.shards import read_documents, write_table
from pipeline.schema.dedup import DedupConfig
from pipeline.schema.engine import EngineConfig
from pipeline.similarity.bands import band_hashes
from pipeline.similarity.buckets import BANDS_AT_A_TIME, candidate_pairs, shared_keys
from pipeline.similarity.numbering import NumberedShard
from pipeline.similarity.shingles import I64, jaccard, shingle_sets
from pipeline.text.folding import fold

Flags = NDArray[np.bool_]
SIGN_ROWS = 4096
"""Documents whose shingles are in memory at a time."""


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    candidates: int
    """Pairs that were compared."""
    pairs: I64
    """Those that reach the threshold: earlier, later; shape [pairs, 2]."""
    similarity: NDArray[np.float64]
    """Of each of these pairs."""


def find_near(
    engine: EngineConfig, shards: Sequence[NumberedShard], alive: Flags, config: DedupConfig, scratch: Path
) -> NearDuplicates:
    """Among the documents that are `alive`, one flag a document. Bands go to files in `scratch`."""
    work = [(shard, shard.of(alive)) for shard in shards]
    files = list(map_shards(engine, _WriteBands(config, scratch), work))
    found = [np.empty((0, 2), dtype=np.int64)]
    for group in zip(*files, strict=True):
        members, offsets = shared_keys(list(group), ["band", "hash"])
        found.append(candidate_pairs(members, offsets, config.max_comparisons))
    candidates = np.unique(np.concatenate(found), axis=0)
    similarity = _similarities(shards, candidates, len(alive), config.shingle_chars)
    enough = similarity >= config.threshold
    return NearDuplicates(len(candidates), candidates[enough], similarity[enough])


@dataclass(frozen=True, slots=True)
class _WriteBands:
    """Called by a worker with a shard and which of its documents are alive: one file for each group of bands."""

    config: DedupConfig
    scratch: Path

    def __call__(self, work: tuple[NumberedShard, Flags]) -> list[Path]:
        shard, alive = work
        config, numbers = self.config, np.flatnonzero(alive) + shard.first
        matrices = [np.empty((0, config.bands), np.uint64)]
        for texts in _batches(_folded(shard.path, alive)):
            sets = shingle_sets(texts, config.shingle_chars)
            matrices.append(band_hashes(sets, config.bands, config.rows, config.seed))
        matrix = np.concatenate(matrices)
        paths = []
        for start in range(0, config.bands, BANDS_AT_A_TIME):
            group = range(start, min(start + BANDS_AT_A_TIME, config.bands))
            path = self.scratch / f"bands-{start:03d}" / shard.path.name
            table = {
                "band": np.repeat(np.array(group, dtype=np.uint8), len(numbers)),
                "hash": matrix[:, group.start : group.stop].T.reshape(-1),
                "document": np.tile(numbers, len(group)),
            }
            write_table(path, pa.table(table))
            paths.append(path)
        return paths


def _similarities(
    shards: Sequence[NumberedShard], pairs: I64, documents: int, shingle_chars: int
) -> NDArray[np.float64]:
    """Exact Jaccard similarity of each pair; the texts that stand in any are read again."""
    needed = np.zeros(documents, dtype=np.bool_)
    needed[pairs.reshape(-1)] = True
    texts: list[str] = []
    for shard in shards:
        chosen = shard.of(needed)
        if chosen.any():
            texts.extend(_folded(shard.path, chosen))
    place = np.cumsum(needed) - 1
    return jaccard(shingle_sets(texts, shingle_chars), place[pairs[:, 0]], place[pairs[:, 1]])


def _folded(path: Path, chosen: Flags) -> Iterator[str]:
    return (fold(document.text) for document, take in zip(read_documents(path), chosen, strict=True) if take)


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, SIGN_ROWS)):
        yield batch
