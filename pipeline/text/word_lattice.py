"""Cut text into words by the likeliest path through a dictionary, and write each word's other form.

A word's score is the logarithm of its probability; dynamic programming finds the path with the greatest sum over
every run of known characters. A word and its form have equally many characters.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

U32 = NDArray[np.uint32]


class WordLattice:
    """Words, their scores and their forms as a trie in one open-addressing hash table: (node, code point) → node."""

    def __init__(self, words: Sequence[str], scores: Sequence[float], forms: Sequence[str]) -> None:
        """words, without repetitions; forms: of the same lengths. ValueError for others."""
        if any(len(word) != len(form) for word, form in zip(words, forms, strict=True)):
            raise ValueError("a word and its form have different lengths")
        joined = "".join(words)
        size = 1 << (2 * len(joined) + 64).bit_length()
        self.keys = np.full(size, -1, np.int64)
        self.targets = np.zeros(size, np.int32)
        ends = np.cumsum([len(word) for word in words], dtype=np.int64)
        self.values = _points("".join(forms))
        nodes = _insert(self.keys, self.targets, _points(joined), ends)
        count = int(nodes.max(initial=0)) + 1
        self.fixed = _fixed_forms(_points(joined), self.values)
        self.places = np.full(count + len(joined), -1, np.int64)
        self.places[nodes] = ends - [len(word) for word in words]
        self.scores = np.zeros(count + len(joined), np.float64)
        self.scores[nodes] = scores

    def convert(self, text: str) -> str:
        """The text with every word of the best path in its form."""
        points = _points(text)
        out = _convert(points, self.fixed, self.keys, self.targets, self.places, self.scores, self.values)
        return str(out.tobytes().decode("utf-32-le", "surrogatepass"))

    def best_score(self, words: Sequence[str]) -> NDArray[np.float64]:
        """The score of each word's best path, −inf where there is none; shape [words]."""
        ends = np.cumsum([len(word) for word in words], dtype=np.int64)
        points = _points("".join(words))
        return np.asarray(_score_all(points, ends, self.keys, self.targets, self.places, self.scores), np.float64)


def scores_of(counts: Mapping[str, int]) -> dict[str, float]:
    """The logarithm of each word's share of all counts."""
    total = float(np.log(sum(counts.values())))
    return {word: float(np.log(count)) - total for word, count in counts.items() if count > 0}


OPEN = np.uint32(0xFFFFFFFF)
"""In place of a form: it depends on the word."""


def _fixed_forms(characters: U32, forms: U32) -> U32:
    """The form of every code point that has the same one in all words, itself where no word has it; else OPEN."""
    fixed = np.arange(0x110000, dtype=np.uint32)
    fixed[characters] = forms
    fixed[characters[fixed[characters] != forms]] = OPEN
    return fixed


def _points(text: str) -> U32:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@njit(cache=True)
def _slot(keys, node, point):  # type: ignore[no-untyped-def]
    mask = len(keys) - 1
    key = (np.int64(node) << 21) | np.int64(point)
    slot = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & mask
    while keys[slot] != -1 and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot, key


@njit(cache=True)
def _insert(keys, targets, points, ends):  # type: ignore[no-untyped-def]
    """The node of each word."""
    found = np.empty(len(ends), np.int64)
    nodes, begin = 1, 0
    for index in range(len(ends)):
        node = 0
        for position in range(begin, ends[index]):
            slot, key = _slot(keys, node, points[position])
            if keys[slot] == -1:
                keys[slot], targets[slot] = key, nodes
                nodes += 1
            node = targets[slot]
        found[index] = node
        begin = ends[index]
    return found


@njit(cache=True)
def _paths(points, begin, end, keys, targets, places, scores, best, back):  # type: ignore[no-untyped-def]
    """Fill best[i] with the score of the best path from `begin` to begin+i, back[i] with its last word's length."""
    best[0] = 0.0
    for offset in range(1, end - begin + 1):
        best[offset] = -np.inf
        back[offset] = 1
    for position in range(begin, end):
        here = best[position - begin]
        if here == -np.inf:
            continue
        node = 0
        for ahead in range(position, end):
            slot, _ = _slot(keys, node, points[ahead])
            if keys[slot] == -1:
                break
            node = targets[slot]
            if places[node] >= 0:
                score = here + scores[node]
                if score > best[ahead + 1 - begin]:
                    best[ahead + 1 - begin] = score
                    back[ahead + 1 - begin] = ahead + 1 - position


@njit(cache=True)
def _score_all(points, ends, keys, targets, places, scores):  # type: ignore[no-untyped-def]
    result = np.empty(len(ends))
    best, back = np.empty(len(points) + 1), np.empty(len(points) + 1, np.int64)
    begin = 0
    for index in range(len(ends)):
        _paths(points, begin, ends[index], keys, targets, places, scores, best, back)
        result[index] = best[ends[index] - begin]
        begin = ends[index]
    return result


@njit(cache=True)
def _convert(points, fixed, keys, targets, places, scores, values):  # type: ignore[no-untyped-def]
    out = points.copy()
    best, back = np.empty(len(points) + 1), np.empty(len(points) + 1, np.int64)
    begin = 0
    while begin < len(points):
        end, settled = begin, True
        while end < len(points):
            slot, _ = _slot(keys, 0, points[end])
            if keys[slot] == -1 or places[targets[slot]] < 0:
                break
            settled = settled and fixed[points[end]] != 0xFFFFFFFF
            end += 1
        if end == begin:
            begin += 1
            continue
        if settled:  # no word makes a difference: half of all runs, and most of the time
            for position in range(begin, end):
                out[position] = fixed[points[position]]
            begin = end
            continue
        _paths(points, begin, end, keys, targets, places, scores, best, back)
        position = end
        while position > begin:
            length = back[position - begin]
            node = 0
            for ahead in range(position - length, position):
                slot, _ = _slot(keys, node, points[ahead])
                node = targets[slot]
            place = places[node]
            for step in range(length):
                out[position - length + step] = values[place + step]
            position -= length
        begin = end
    return out
