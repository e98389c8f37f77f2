"""Which documents the tokenizer learns from: all, or those with the smallest hashes up to a number of characters.

The hash is of the id alone, so that neither shards, their order nor the number of workers matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from pipeline.contract.drop import DropReason
from pipeline.core.engine import map_shards
from pipeline.core.ledger import Ledger
from pipeline.core.shards import read_documents, read_table
from pipeline.schema.engine import EngineConfig


def rank(id: str) -> int:
    """64 bits of BLAKE2b; salted, because split has already chosen by a hash of ids."""
    return int.from_bytes(blake2b(id.encode(), digest_size=8, salt=b"tokenizer").digest())


@dataclass(frozen=True, slots=True)
class Sample:
    """Documents whose rank is below `end`."""

    end: int

    def texts(self, path: Path, ledger: Ledger) -> Iterator[str]:
        """The shard's texts that belong to the sample; each document is booked as used or as NOT_SAMPLED."""
        for document in read_documents(path):
            ledger.receive(document.text)
            if rank(document.id) < self.end:
                ledger.use()
                ledger.emit(document)
                yield document.text
            else:
                ledger.drop(document.id, DropReason.NOT_SAMPLED, document.text)


EVERYTHING = Sample(1 << 64)


def choose_sample(engine: EngineConfig, shards: Sequence[Path], max_chars: int | None) -> Sample:
    """Documents by rank while they are at most `max_chars` characters in all; 16 bytes a document are held."""
    if max_chars is None:
        return EVERYTHING
    found = list(map_shards(engine, _ranks_and_lengths, shards))
    ranks = np.concatenate([np.empty(0, np.uint64), *(ranks for ranks, _ in found)])
    lengths = np.concatenate([np.empty(0, np.int64), *(lengths for _, lengths in found)])
    order = np.argsort(ranks, kind="stable")
    inside = int(np.searchsorted(np.cumsum(lengths[order]), max_chars, side="right"))
    return EVERYTHING if inside == len(order) else Sample(int(ranks[order[inside]]))


def _ranks_and_lengths(path: Path) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    table = read_table(path)
    ranks = np.array([rank(id) for id in table["id"].to_pylist()], np.uint64)
    return ranks, pc.utf8_length(table["text"]).to_numpy().astype(np.int64)
