"""Counts all character n-grams of a corpus up to an order, as sorted integer tables.

An n-gram is found through its prefix: the key of an n-gram of order k is (number of its first k − 1 characters in
the table of order k − 1) × alphabet size + its last character. Keys stay below 2⁶³ at any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

START, END, UNKNOWN = 0, 1, 2
SPECIAL = 3
SCALAR_VALUES = 0x110000 - 0x800
"""Unicode code points that a text can hold (surrogates are none)."""
NO_CHARACTER = 0xFFFFFFFF

Ints = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stream:
    """Documents in a row, each as START, its characters, END."""

    ids: Ints
    """int64, all documents."""
    starts: Ints
    """Where each document's START stands."""


class Alphabet:
    """The characters of a corpus, numbered by code point after START, END and UNKNOWN."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.characters: Ints = np.unique(_code_points("".join(texts)))

    @property
    def size(self) -> int:
        """START, END and UNKNOWN included."""
        return SPECIAL + len(self.characters)

    @property
    def unseen(self) -> int:
        """How many characters share the probability of UNKNOWN."""
        return SCALAR_VALUES - len(self.characters)

    def stream(self, texts: Sequence[str]) -> Stream:
        lengths = np.array([len(text) for text in texts], np.int64)
        ends = np.cumsum(lengths + 2)
        starts = ends - lengths - 2
        ids = np.empty(int(ends[-1]) if len(ends) else 0, np.int64)
        inner = np.ones(len(ids), bool)
        inner[starts] = inner[ends - 1] = False
        ids[starts], ids[ends - 1] = START, END
        ids[inner] = self._numbers(_code_points("".join(texts)))
        return Stream(ids, starts)

    def _numbers(self, points: Ints) -> Ints:
        place = np.searchsorted(self.characters, points)
        known = np.append(self.characters, np.uint32(NO_CHARACTER))[place] == points
        return np.where(known, place + SPECIAL, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Table:
    """All n-grams of one order; row numbers are their ids."""

    keys: Ints
    """int64, ascending."""
    counts: Ints
    prefix: Ints
    """Id of the n-gram without its last character, in the table of the order below."""
    suffix: Ints
    """Id of the n-gram without its first character, there too."""
    opens: NDArray[np.bool_]
    """The n-gram begins with START, so nothing can stand before it."""


class NgramTables:
    """Tables of orders 1 … `order`; n-grams do not reach over a document's START.

    Memory: about 130 bytes a training character at order 5.
    """

    def __init__(self, alphabet: Alphabet, texts: Sequence[str], order: int) -> None:
        self.alphabet = alphabet
        stream = alphabet.stream(texts).ids
        size = alphabet.size
        counts = np.bincount(stream, minlength=size)
        counts[START] = 0
        everyone = np.arange(size)
        nothing = np.zeros(size, np.int64)
        self.tables = [Table(everyone, counts, nothing, nothing, everyone == START)]
        ids = stream.astype(np.int32)
        while len(self.tables) < order:
            ids = self._append(stream, ids)

    def _append(self, stream: Ints, ids: Ints) -> Ints:
        """Add the next order's table; `ids` are the last order's, one for each place of the stream, −1: none."""
        places = np.flatnonzero((stream[1:] != START) & (ids[:-1] >= 0)) + 1
        keys = ids[places - 1].astype(np.int64) * self.alphabet.size + stream[places]
        by_key = np.argsort(keys, kind="stable").astype(np.int32)
        keys = keys[by_key]
        new = np.diff(keys, prepend=-1) > 0
        first = np.flatnonzero(new)
        table_keys = keys[first]
        prefix = (table_keys // self.alphabet.size).astype(np.int32)
        self.tables.append(
            Table(
                table_keys,
                np.diff(first, append=len(keys)).astype(np.int32),
                prefix,
                ids[places[by_key[first]]],
                self.tables[-1].opens[prefix],
            )
        )
        longer = np.full(len(stream), -1, np.int32)
        longer[places[by_key]] = np.cumsum(new) - 1
        return longer

    def locate(self, stream: Ints) -> list[Ints]:
        """For each order the id of the n-gram that ends at each place of the stream, −1 where it is not known."""
        located = [stream]
        for table in self.tables[1:]:
            ids = np.full(len(stream), -1, np.int64)
            places = np.flatnonzero((stream[1:] != START) & (located[-1][:-1] >= 0)) + 1
            keys = located[-1][places - 1] * self.alphabet.size + stream[places]
            found = np.searchsorted(table.keys, keys)
            known = np.append(table.keys, -1)[found] == keys
            ids[places[known]] = found[known]
            located.append(ids)
        return located


def _code_points(text: str) -> Ints:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)
