"""Continued BPE: merges learnt on top of the base's own, so that each new token is reached after all old merges.

The words of the text, cut into tokens of the base, lie one behind the other in an array; the most frequent pair of
neighbours is merged everywhere at once, with array operations, until there are enough merges. Training a second BPE
on the bytes and grafting its merges would leave tokens that no text reaches.

The rules, all exact. A pair counts as often as merging it from left to right would join it: `aaa` holds `aa` once.
Equal counts fall to the pair whose left, then whose right token is older: base tokens by id, new ones by age. Each
token is made by one merge.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.integer]
"""Indices into the text."""

BETWEEN, GONE = -1, -2
"""In place of a token's number: between two words; the second half of a merge."""
BAND_PLACES = 1 << 21
"""At most so many places are worked on at a time where all are: it bounds the memory."""
REFILL = 4096
"""At least so many pairs are drawn from the waiting ones at a time: enough to amortise the pass over them."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Distinct words as token numbers, each word followed by BETWEEN."""

    numbers: npt.NDArray[np.int32]
    """Shape (places,)."""
    counts: Ints
    """How often each word stands in the text; shape (words,)."""

    def weights(self) -> npt.NDArray[np.integer]:
        """The count of each place's word; shape (places,)."""
        ends = np.flatnonzero(self.numbers == BETWEEN)
        narrow = np.int32 if self.counts.sum() < 1 << 31 else np.int64
        weights: npt.NDArray[np.integer] = np.repeat(self.counts.astype(narrow), np.diff(ends, prepend=-1))
        return weights


@dataclass(frozen=True, slots=True)
class Merge:
    left: int
    right: int
    count: int
    """How often it joined its pair in the text."""


def learn_merges(
    spelling: Spelling, tokens: int, merges: int, min_frequency: int, allowed: Callable[[int, int], bool]
) -> list[Merge]:
    """At most so many merges, most frequent first; the n-th makes token number `tokens` + n.

    Fewer where no allowed pair stands `min_frequency` times. `allowed(left, right)` is asked once, when a pair's turn
    has come; a refused pair stays apart, and the merges are made up from others.
    """
    text = _Text(spelling)
    pairs = _Pairs(list(text.pairs(min_frequency)))
    learnt: list[Merge] = []
    while len(learnt) < merges:
        pair = pairs.pop()
        if pair is None:
            break
        standing = text.standing(pair)
        places = text.apart(standing) if pair.left == pair.right else standing
        count = text.weigh(places)
        if count < pair.count:  # some were merged with other neighbours since, or overlap
            if count >= min_frequency:
                pairs.push(_Pair(count, pair.left, pair.right, standing))
        elif allowed(pair.left, pair.right):
            pairs.add(text.merge(places, tokens + len(learnt), min_frequency))
            learnt.append(Merge(pair.left, pair.right, count))
    return learnt


def token_uses(spelling: Spelling, tokens: int) -> Ints:
    """How often each of the `tokens` numbers stands in the text before any merge; shape (tokens,)."""
    weights = spelling.weights()
    uses = np.zeros(tokens, np.int64)
    for start in range(0, len(weights), BAND_PLACES):
        numbers = spelling.numbers[start : start + BAND_PLACES]
        # In integers: bincount's weights are floating point.
        np.add.at(uses, numbers[numbers >= 0], weights[start : start + BAND_PLACES][numbers >= 0])
    return uses


def uses_after(uses: Ints, merges: Sequence[Merge]) -> Ints:
    """The same once the merges are done: each takes its two tokens out of the text `count` times."""
    left = uses.copy()
    for merge in merges:
        for number in (merge.left, merge.right):
            if number < len(left):
                left[number] -= merge.count
    return left


@dataclass(frozen=True, slots=True)
class _Pair:
    count: int
    """At least as often as it stands in the text now."""
    left: int
    right: int
    places: Places
    """Of its left tokens; some may be out of date."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Several pairs; the places of pair i are places[starts[i] : starts[i + 1]]."""

    counts: Ints
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    starts: Ints
    places: Places

    def select(self, wanted: npt.NDArray[np.bool_]) -> "_Group":
        lengths = np.diff(self.starts)
        return _Group(
            self.counts[wanted],
            self.left[wanted],
            self.right[wanted],
            np.concatenate([[0], np.cumsum(lengths[wanted])]),
            self.places[np.repeat(wanted, lengths)],
        )

    def __iter__(self) -> Iterator[_Pair]:
        bounds = self.starts.tolist()
        rows = zip(self.counts.tolist(), self.left.tolist(), self.right.tolist(), strict=True)
        for number, (count, left, right) in enumerate(rows):
            yield _Pair(count, left, right, self.places[bounds[number] : bounds[number + 1]])


class _Text:
    """All places of the text, linked: a merge takes a place out without moving the others."""

    def __init__(self, spelling: Spelling) -> None:
        size = len(spelling.numbers)
        index = np.int32 if size < 1 << 31 else np.int64
        self.numbers = spelling.numbers.copy()
        self.after = np.arange(1, size + 1, dtype=index)
        self.before = np.arange(-1, size - 1, dtype=index)
        """-1 before the first word: numbers[-1] is BETWEEN."""
        self.weights = spelling.weights()

    def pairs(self, min_frequency: int) -> Iterator[_Group]:
        """All neighbours that stand so often, in bands of left tokens, so that only a band is sorted at a time."""
        numbers, next_numbers = self.numbers[:-1], self.numbers[1:]
        ends = np.cumsum(np.bincount(numbers[numbers >= 0]))
        low = 0
        while low < len(ends):
            done = ends[low - 1] if low else 0
            high = max(low + 1, int(np.searchsorted(ends, done + BAND_PLACES, side="right")))
            places = np.flatnonzero((numbers >= low) & (numbers < high) & (next_numbers >= 0))
            keys = numbers[places].astype(np.int64) << 32 | next_numbers[places]
            yield self._group(keys, places.astype(self.after.dtype), min_frequency)
            low = high

    def standing(self, pair: _Pair) -> Places:
        """Those of the pair's places where it stands now."""
        places: Places = pair.places
        there = (self.numbers[places] == pair.left) & (self.numbers[self.after[places]] == pair.right)
        standing: Places = places[there]
        return standing

    def apart(self, places: Places) -> Places:
        """Of the places of a pair of equals those that merging from left to right joins: they may overlap."""
        if len(places) < 2:
            return places
        places = np.sort(places)
        touching = np.concatenate([[False], self.after[places[:-1]] == places[1:]])
        begins = np.flatnonzero(~touching)
        rank = np.arange(len(places)) - np.repeat(begins, np.diff(begins, append=len(places)))
        joined: Places = places[rank % 2 == 0]  # in a run of touching pairs every second one
        return joined

    def weigh(self, places: Places) -> int:
        return int(self.weights[places].sum(dtype=np.int64))

    def merge(self, places: Places, number: int, min_frequency: int) -> _Group:
        """Join the pairs that begin at `places`; the pairs that the new token forms, if they stand so often."""
        seconds = self.after[places]
        following = self.after[seconds]
        self.numbers[places] = number
        self.numbers[seconds] = GONE
        self.after[places] = following
        self.before[following] = places
        preceding = self.before[places]
        left, right = self.numbers[preceding], self.numbers[following]
        has_left = (left >= 0) & (left != number)  # two new tokens side by side are seen from the left one
        has_right = right >= 0
        keys = np.concatenate(
            [left[has_left].astype(np.int64) << 32 | number, number << 32 | right[has_right].astype(np.int64)]
        )
        return self._group(keys, np.concatenate([preceding[has_left], places[has_right]]), min_frequency)

    def _group(self, keys: Ints, places: Places, min_frequency: int) -> _Group:
        """`keys` hold left << 32 | right."""
        order = np.argsort(keys, kind="stable")
        keys, places = keys[order], places[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else keys
        counts = np.add.reduceat(self.weights[places], starts, dtype=np.int64) if len(keys) else keys
        pairs = keys[starts]
        group = _Group(
            counts,
            (pairs >> 32).astype(np.int32),
            (pairs & 0xFFFFFFFF).astype(np.int32),
            np.append(starts, len(keys)),
            places,
        )
        return group.select(counts >= min_frequency)


class _Pairs:
    """Pairs by count, then age. Those from `bar` up are in a heap; the many below wait in arrays."""

    def __init__(self, waiting: list[_Group]) -> None:
        self.heap: list[tuple[int, int, int, Places]] = []
        self.waiting = waiting
        self.bar = 1 << 62

    def pop(self) -> _Pair | None:
        if not self.heap:
            self._refill()
        if not self.heap:
            return None
        count, left, right, places = heapq.heappop(self.heap)
        return _Pair(-count, left, right, places)

    def push(self, pair: _Pair) -> None:
        if pair.count >= self.bar:
            heapq.heappush(self.heap, (-pair.count, pair.left, pair.right, pair.places))
        else:
            self.waiting.append(
                _Group(
                    np.array([pair.count]),
                    np.array([pair.left], np.int32),
                    np.array([pair.right], np.int32),
                    np.array([0, len(pair.places)]),
                    pair.places,
                )
            )

    def add(self, group: _Group) -> None:
        high = group.counts >= self.bar
        if high.any():
            for pair in group.select(high):
                self.push(pair)
            group = group.select(~high)
        if len(group.counts):
            self.waiting.append(group)

    def _refill(self) -> None:
        """Lower the bar to the REFILL-th best of the waiting pairs, or below all of them."""
        if not self.waiting:
            return
        groups = self.waiting
        bounds = [group.starts[1:] for group in groups]
        shifts = np.cumsum([0, *(group.starts[-1] for group in groups)])
        whole = _Group(
            np.concatenate([group.counts for group in groups]),
            np.concatenate([group.left for group in groups]),
            np.concatenate([group.right for group in groups]),
            np.concatenate([[0], *(bound + shift for bound, shift in zip(bounds, shifts, strict=False))]),
            np.concatenate([group.places for group in groups]),
        )
        self.waiting, total = [], len(whole.counts)
        if not total:
            return
        self.bar = int(np.partition(whole.counts, total - min(REFILL, total))[total - min(REFILL, total)])
        self.add(whole)
