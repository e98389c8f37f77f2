"""Draws documents in an order that the seed and their ids alone decide, so that a further document moves no other."""

import hashlib
import heapq
from collections.abc import Iterable
from typing import Generic, TypeVar

from pipeline.contract.document import Document

Item = TypeVar("Item")


def place(id: str, seed: int) -> int:
    """Where a document stands in the draw: 128 bits."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{id}".encode(), digest_size=16).digest(), "big")


def drawn(documents: Iterable[Document], seed: int) -> list[Document]:
    """All documents in the order of the draw."""
    return sorted(documents, key=lambda document: place(document.id, seed))


class Draw(Generic[Item]):
    """The first items of the draw, up to the one with which their sizes reach `limit`; holds no others."""

    def __init__(self, seed: int, limit: int) -> None:
        self.seed, self.limit = seed, limit
        self.size = 0
        self._held: list[tuple[int, int, int, Item]] = []
        self._count = 0

    def add(self, id: str, item: Item, size: int) -> None:
        self._count += 1  # two entries never compare their items
        heapq.heappush(self._held, (-place(id, self.seed), -self._count, size, item))
        self.size += size
        while self._held and self.size - self._held[0][2] >= self.limit:
            self.size -= heapq.heappop(self._held)[2]

    def items(self) -> list[Item]:
        """In the order of the draw."""
        return [entry[3] for entry in sorted(self._held, key=lambda entry: entry[:2], reverse=True)]
