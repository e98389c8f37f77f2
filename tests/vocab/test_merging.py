"""The trainer is exact: merge by merge what the plainest implementation of the rule gives."""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.vocab import merging
from pipeline.vocab.merging import BETWEEN, Merge, Spelling, learn_merges, token_uses, uses_after

Words = Mapping[tuple[int, ...], int]
Allowed = Callable[[int, int], bool]


def spelling_of(words: Words) -> Spelling:
    numbers = [number for word in words for number in (*word, BETWEEN)]
    return Spelling(np.array(numbers, np.int32), np.array(list(words.values()), np.int64))


def join(word: Sequence[int], pair: tuple[int, int], number: int) -> tuple[int, ...]:
    """The word with the pair merged from left to right."""
    joined: list[int] = []
    whole = False  # what stands last was made by this merge
    for piece in word:
        if joined and not whole and (joined[-1], piece) == pair:
            joined[-1], whole = number, True
        else:
            joined.append(piece)
            whole = False
    return tuple(joined)


def plainest(words: Words, tokens: int, merges: int, least: int, allowed: Allowed) -> list[Merge]:
    """Count all pairs anew for each merge."""
    listed, learnt, refused = list(words.items()), [], set()
    while len(learnt) < merges:
        counts = Counter[tuple[int, int]]()
        for word, count in listed:
            for pair in set(itertools.pairwise(word)):
                counts[pair] += count * (len(word) - len(join(word, pair, -9)))
        best = min(
            ((-count, pair) for pair, count in counts.items() if count >= least and pair not in refused), default=None
        )
        if best is None:
            break
        count, pair = best
        if not allowed(*pair):
            refused.add(pair)
            continue
        listed = [(join(word, pair, tokens + len(learnt)), count) for word, count in listed]
        learnt.append(Merge(*pair, -count))
    return learnt


WORDS = st.dictionaries(
    st.lists(st.integers(0, 3), min_size=1, max_size=9).map(tuple), st.integers(1, 5), min_size=1, max_size=12
)


def never_the_same(left: int, right: int) -> bool:
    return (left * 7 + right * 3) % 5 != 0


@pytest.mark.parametrize("allowed", [lambda _left, _right: True, never_the_same], ids=["all", "some refused"])
@pytest.mark.parametrize(("refill", "band"), [(4096, 1 << 21), (1, 1), (2, 3)])
def test_merges_are_those_of_the_plainest_trainer(
    monkeypatch: pytest.MonkeyPatch, refill: int, band: int, allowed: Allowed
) -> None:
    monkeypatch.setattr(merging, "REFILL", refill)
    monkeypatch.setattr(merging, "BAND_PLACES", band)

    @settings(max_examples=150, deadline=None, database=None)
    @given(words=WORDS, least=st.integers(1, 4))
    def check(words: Words, least: int) -> None:
        assert learn_merges(spelling_of(words), 4, 30, least, allowed) == plainest(words, 4, 30, least, allowed)

    check()


def test_a_pair_of_equals_counts_as_often_as_it_can_be_joined() -> None:
    # 哈哈哈 twice: 哈哈 is joined once in each, though it stands there twice; 呵呵 stands three times.
    words = {(0, 0, 0): 2, (1, 1): 3}
    assert learn_merges(spelling_of(words), 2, 3, 1, lambda _left, _right: True) == [
        Merge(1, 1, 3),
        Merge(0, 0, 2),
        Merge(3, 0, 2),
    ]


def test_ties_fall_to_the_older_tokens() -> None:
    words = {(2, 1): 4, (0, 3): 4, (0, 1): 4}
    learnt = learn_merges(spelling_of(words), 4, 3, 1, lambda _left, _right: True)
    assert [(merge.left, merge.right) for merge in learnt] == [(0, 1), (0, 3), (2, 1)]


@settings(max_examples=100, deadline=None)
@given(words=WORDS)
def test_uses_after_merges_are_those_counted_in_the_merged_text(words: Words) -> None:
    spelling = spelling_of(words)
    learnt = learn_merges(spelling, 4, 6, 1, lambda _left, _right: True)
    left = Counter[int]()
    for word, count in words.items():
        for number, merge in enumerate(learnt):
            word = join(word, (merge.left, merge.right), 4 + number)
        for piece in word:
            left[piece] += count
    assert uses_after(token_uses(spelling, 4), learnt).tolist() == [left[number] for number in range(4)]
