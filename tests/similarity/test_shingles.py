"""Shingles: equal n-grams have equal hashes wherever they stand, and Jaccard is that of Python's sets."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.similarity.shingles import jaccard, shingle_sets


def grams(text: str, width: int) -> set[str]:
    if not text:
        return set()
    return {text[start : start + width] for start in range(max(1, len(text) - width + 1))}


def sets_of(texts: list[str], width: int = 5) -> list[set[int]]:
    hashes, offsets = shingle_sets(texts, width)
    return [set(hashes[start:end].tolist()) for start, end in pairwise(offsets)]


def test_equal_grams_in_different_places_have_equal_hashes():
    first, second, third = sets_of(["春江潮水连海平", "海上明月共潮生，春江潮水连", "𠮷春江潮水连𠮷"])
    assert len(first) == 3
    assert len(first & second) == 1
    assert first & second == first & third


def test_a_text_is_a_set():
    hashes, offsets = shingle_sets(["好好好好好好好", "", "好评", "好评"], 5)
    assert offsets.tolist() == [0, 1, 1, 2, 3]
    assert hashes[1] == hashes[2] != hashes[0]


def test_short_texts_are_one_shingle_of_their_own():
    short, padded, prefix, other = sets_of(["好评", "好评好评好", "好评好", "差评"])
    assert [len(found) for found in (short, padded, prefix, other)] == [1, 1, 1, 1]
    assert len(short | padded | prefix | other) == 4


def test_no_texts_give_no_shingles():
    hashes, offsets = shingle_sets([], 5)
    assert (hashes.tolist(), offsets.tolist()) == ([], [0])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.text("春夏秋冬年𠮷", max_size=12), min_size=2, max_size=5), st.integers(1, 6))
def test_jaccard_is_that_of_python_sets(texts, width):
    sets = [grams(text, width) for text in texts]
    first, second = np.triu_indices(len(texts))
    expected = [
        len(sets[a] & sets[b]) / len(sets[a] | sets[b]) if sets[a] | sets[b] else 0.0
        for a, b in zip(first, second, strict=True)
    ]
    found = jaccard(shingle_sets(texts, width), first.astype(np.int64), second.astype(np.int64))
    assert found.tolist() == pytest.approx(expected, abs=0)
