"""Exact duplicates: documents whose folded texts are equal, found by a hash of 16 bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.core.engine import map_shards
from pipeline.core.shards import read_documents, write_table
from pipeline.schema.engine import EngineConfig
from pipeline.similarity.buckets import candidate_pairs, shared_keys
from pipeline.similarity.numbering import NumberedShard
from pipeline.similarity.shingles import I64
from pipeline.text.folding import fold


@dataclass(frozen=True, slots=True)
class ExactDuplicates:
    ids: NDArray[np.bytes_]
    """Of all documents, by number: 16 bytes each."""
    pairs: I64
    """The first document of each text with each later one, shape [pairs, 2]."""


def find_exact(engine: EngineConfig, shards: Sequence[NumberedShard], scratch: Path) -> ExactDuplicates:
    """Keys go to files in `scratch`; the ids are read on the way, so that each shard is read once for both."""
    written = list(map_shards(engine, _WriteKeys(scratch), shards))
    ids = np.concatenate([np.empty(0, "S16"), *(shard_ids for _, shard_ids in written)])
    groups = shared_keys([path for path, _ in written], ["high", "low"])
    return ExactDuplicates(ids, candidate_pairs(*groups, max_comparisons=1))


@dataclass(frozen=True, slots=True)
class _WriteKeys:
    """Called with a shard by a worker: the file of its keys, as two integers each, and its ids."""

    scratch: Path

    def __call__(self, shard: NumberedShard) -> tuple[Path, NDArray[np.bytes_]]:
        keys = bytearray()
        ids = bytearray()
        for document in read_documents(shard.path):
            keys += hashlib.blake2b(fold(document.text).encode(), digest_size=16).digest()
            ids += bytes.fromhex(document.id)
        halves = np.frombuffer(bytes(keys), dtype="<u8").reshape(-1, 2)
        path = self.scratch / "keys" / shard.path.name
        write_table(path, pa.table({"high": halves[:, 0], "low": halves[:, 1], "document": shard.numbers}))
        return path, np.frombuffer(bytes(ids), dtype="S16")
