"""Which blocks a step sees: a pure function of the step, of the phases' mixtures and of the seed.

Neither workers nor ranks nor a resume enter. The blocks of a pool (all sources, or those of one pattern of a mixture)
are drawn in a seeded permutation per epoch; epochs follow each other without a gap, so a step may end one and begin
the next. Which pool a place is drawn from follows a Weyl sequence: multiples of the golden ratio, modulo 1, fall into
the pools' shares as evenly as points can (Niederreiter 1992, chapter 3), so each step keeps close to the weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from pipeline.core.errors import ConfigError
from pipeline.schema.train import Phase

Ints = npt.NDArray[np.int64]
Runs = Sequence[tuple[str, int]]
GOLDEN = 0x9E3779B97F4A7C15
"""2⁶⁴ divided by the golden ratio, made odd."""
CHUNK = 1 << 22
EVERYTHING = "*"


class BlockOrder:
    """`runs` are the sources of the blocks in their order: (source, blocks); ConfigError if a mixture names a source
    that is not there, or one twice."""

    def __init__(self, runs: Runs, phases: Sequence[Phase], step_blocks: int, seed: int) -> None:
        self.step_blocks = step_blocks
        self._blocks = sum(blocks for _, blocks in runs)
        pools: dict[tuple[str, ...], _Pool] = {}
        self._phases: list[_Drawing] = []
        start = 0
        for phase in phases:
            self._phases.append(_Drawing(phase, start, _pools_of(phase, runs, seed, pools)))
            start += phase.steps
        self._next, self._drawn = 0, dict.fromkeys(pools.values(), 0)

    def step(self, step: int) -> Ints:
        """Block numbers of step 0, 1, …: int64[step_blocks]. Steps in order are quick; any other is counted up to."""
        if step != self._next:
            self._next, self._drawn = step, self._count(step)
        phase = next(phase for phase in reversed(self._phases) if phase.start <= step)
        first = (step - phase.start) * self.step_blocks
        choice = phase.choose(first, first + self.step_blocks)
        blocks = np.empty(self.step_blocks, np.int64)
        for number, pool in enumerate(phase.pools):
            places = np.flatnonzero(choice == number)
            blocks[places] = pool.blocks(self._drawn[pool], len(places))
            self._drawn[pool] += len(places)
        self._next += 1
        return blocks

    def seen(self, step: int) -> int:
        """Different blocks that the steps before `step` saw."""
        seen = np.zeros(self._blocks, np.bool_)
        for pool, drawn in self._count(step).items():
            seen[pool.blocks(0, min(drawn, len(pool.numbers)))] = True
        return int(seen.sum())

    def _count(self, step: int) -> "dict[_Pool, int]":
        """Blocks drawn from each pool before the step."""
        drawn = dict.fromkeys(self._drawn, 0)
        for phase in self._phases:
            places = min(max(step - phase.start, 0), phase.steps) * self.step_blocks
            for first in range(0, places, CHUNK):
                choice = phase.choose(first, min(first + CHUNK, places))
                for pool, count in zip(phase.pools, np.bincount(choice, minlength=len(phase.pools)), strict=True):
                    drawn[pool] += int(count)
        return drawn


class _Drawing:
    """One phase: its pools, and which of them each place draws from."""

    def __init__(self, phase: Phase, start: int, pools: "list[_Pool]") -> None:
        self.start, self.steps, self.pools = start, phase.steps, pools
        weights = list(phase.mixture.values()) if phase.mixture else [1.0]
        total = sum(weights)
        bounds = [min(int(bound / total * 2.0**64), (1 << 64) - 1) for bound in accumulate(weights)][:-1]
        self._bounds = np.array(bounds, np.uint64)

    def choose(self, first: int, end: int) -> Ints:
        """The pool's number for the places [first, end) of this phase."""
        points = np.arange(first, end, dtype=np.uint64) * np.uint64(GOLDEN)
        return np.searchsorted(self._bounds, points, side="right")


@dataclass(eq=False)
class _Pool:
    numbers: Ints
    key: Sequence[int]
    """Entropy of the permutations."""

    def __post_init__(self) -> None:
        self._epochs: dict[int, Ints] = {}

    def blocks(self, first: int, count: int) -> Ints:
        """Draws first … first + count − 1."""
        return np.concatenate([*self._draw(first, count), np.empty(0, np.int64)])

    def _draw(self, first: int, count: int) -> Iterator[Ints]:
        size, end = len(self.numbers), first + count
        epochs = range(first // size, -(-end // size)) if count else range(0)
        self._epochs = {epoch: self._permutation(epoch) for epoch in epochs} or self._epochs
        for epoch in epochs:
            order = self._epochs[epoch][max(first - epoch * size, 0) : end - epoch * size]
            yield self.numbers[order]

    def _permutation(self, epoch: int) -> Ints:
        known = self._epochs.get(epoch)
        if known is not None:
            return known
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([*self.key, epoch]))).permutation(
            len(self.numbers)
        )


def _pools_of(phase: Phase, runs: Runs, seed: int, known: dict[tuple[str, ...], _Pool]) -> list[_Pool]:
    """One pool a pattern; equal sets of sources are one pool, whose epochs go on from phase to phase."""
    sources = sorted({source for source, _ in runs})
    owner: dict[str, str] = {}
    pools = []
    for pattern in phase.mixture or [EVERYTHING]:
        members = tuple(source for source in sources if fnmatchcase(source, pattern))
        if not members:
            raise ConfigError(
                f"train.phases: {phase.name} draws from {pattern!r}, but the blocks are of {', '.join(sources)}"
            )
        for source in members:
            if source in owner:
                raise ConfigError(f"train.phases: {phase.name} has {source} under {owner[source]!r} and {pattern!r}")
            owner[source] = pattern
        if members not in known:
            known[members] = _Pool(_numbers(runs, members), [seed, *"\n".join(members).encode()])
        pools.append(known[members])
    return pools


def _numbers(runs: Runs, members: Sequence[str]) -> Ints:
    """The numbers of the blocks of these sources."""
    ends = np.cumsum([blocks for _, blocks in runs])
    wanted = [
        np.arange(end - blocks, end) for (source, blocks), end in zip(runs, ends, strict=True) if source in members
    ]
    return np.concatenate(wanted)
