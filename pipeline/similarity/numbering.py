"""The number of each document: its row, counted over all shards in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.core.shards import read_table
from pipeline.similarity.shingles import I64

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class NumberedShard:
    """A shard, and the numbers of its documents: first, first + 1 … end − 1."""

    path: Path
    first: int
    end: int

    def of(self, values: NDArray[Scalar]) -> NDArray[Scalar]:
        """The shard's part of an array with one entry a document."""
        return values[self.first : self.end]

    @property
    def numbers(self) -> I64:
        return np.arange(self.first, self.end)


def number_documents(paths: Sequence[Path]) -> list[NumberedShard]:
    """Reads each shard once, for its length."""
    shards, first = [], 0
    for path in paths:
        end = first + read_table(path).num_rows
        shards.append(NumberedShard(path, first, end))
        first = end
    return shards
