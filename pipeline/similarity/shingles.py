"""Shingles: the set of character n-grams of a folded text, as 64-bit hashes.

Chinese has no spaces between words, so shingles are runs of characters; shorter texts are one shingle.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


def shingle_sets(texts: Sequence[str], shingle_chars: int) -> tuple[U64, I64]:
    """Distinct shingle hashes of each text, sorted within it, and row offsets (length texts + 1).

    Texts should be folded. An empty text has no shingle.
    """
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    counts = np.where(lengths == 0, 0, np.maximum(lengths - shingle_chars + 1, 1))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    hashes = np.empty(int(offsets[-1]), dtype=np.uint64)
    _hash_shingles(points, starts, offsets, shingle_chars, hashes)
    distinct, ends = _distinct(hashes, offsets)
    return distinct, ends


@njit(cache=True)
def _hash_shingles(points, starts, offsets, width, out):  # type: ignore[no-untyped-def]
    for text in range(len(starts) - 1):
        begin, end = starts[text], starts[text + 1]
        for index in range(offsets[text + 1] - offsets[text]):
            stop = min(begin + index + width, end)
            value = np.uint64(0xCBF29CE484222325)
            for position in range(begin + index, stop):
                # One round of splitmix64's mixer a code point (Steele, Lea, Flood 2014).
                value = (value ^ np.uint64(points[position])) * np.uint64(0x9E3779B97F4A7C15)
                value ^= value >> np.uint64(29)
                value *= np.uint64(0xBF58476D1CE4E5B9)
                value ^= value >> np.uint64(32)
            out[offsets[text] + index] = value


@njit(cache=True)
def _distinct(hashes, offsets):  # type: ignore[no-untyped-def]
    out = np.empty_like(hashes)
    ends = np.zeros_like(offsets)
    filled = 0
    for text in range(len(offsets) - 1):
        ordered = np.sort(hashes[offsets[text] : offsets[text + 1]])
        for index in range(len(ordered)):
            if index == 0 or ordered[index] != ordered[index - 1]:
                out[filled] = ordered[index]
                filled += 1
        ends[text + 1] = filled
    return out[:filled].copy(), ends


@njit(cache=True)
def _jaccard_pairs(hashes, offsets, first, second, out):  # type: ignore[no-untyped-def]
    for pair in range(len(first)):
        a, a_end = offsets[first[pair]], offsets[first[pair] + 1]
        b, b_end = offsets[second[pair]], offsets[second[pair] + 1]
        union = (a_end - a) + (b_end - b)
        shared = 0
        while a < a_end and b < b_end:
            if hashes[a] == hashes[b]:
                shared += 1
                a += 1
                b += 1
            elif hashes[a] < hashes[b]:
                a += 1
            else:
                b += 1
        union -= shared
        out[pair] = shared / union if union else 0.0


def jaccard(sets: tuple[U64, I64], first: I64, second: I64) -> NDArray[np.float64]:
    """Exact Jaccard similarity of pairs of rows of `sets`: |A ∩ B| ÷ |A ∪ B|, shape [pairs]."""
    similarities = np.empty(len(first), dtype=np.float64)
    _jaccard_pairs(*sets, first, second, similarities)
    return similarities
