"""Interpolated modified Kneser-Ney over characters: what a model must beat to have learnt more than counts.

Chen & Goodman 1998, "An Empirical Study of Smoothing Techniques for Language Modeling", sections 4.1.6 and 4.1.7:
p(w | h) = (c(hw) − D(c)) / c(h·) + γ(h) · p(w | h′), with discounts D₁, D₂, D₃₊ of each order from its counts of
counts. Lower orders count in how many contexts an n-gram stands, except n-grams that begin with START, which
have no left context and keep their own count. The lowest order is interpolated with the uniform distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.benchmarks.ngrams import START, UNKNOWN, Floats, Ints, NgramTables, Table


@dataclass(frozen=True, slots=True)
class _Level:
    """One order: discounted counts by n-gram, totals and back-off weights by context."""

    discounted: Floats
    totals: Floats
    backoff: Floats


class KneserNey:
    """A character model of `order` over the tables of its training text.

    Events are END, UNKNOWN and the training characters; UNKNOWN's probability is shared evenly by all code points
    that the training text lacks, so that the probabilities of all characters and END sum to one.
    """

    def __init__(self, tables: NgramTables, order: int, fallback: Sequence[float]) -> None:
        """`fallback`: D₁, D₂, D₃₊ where the text is too small for counts of counts."""
        self.tables, self.order = tables, order
        self.levels: list[_Level] = []
        for rank, table in enumerate(tables.tables[:order], start=1):
            counts = table.counts if rank == order else _contexts(table, tables.tables[rank])
            contexts = len(tables.tables[rank - 2].keys) if rank > 1 else 1
            self.levels.append(_level(counts, table.prefix, contexts, fallback))

    def probabilities(self, stream: Ints, located: Sequence[Ints]) -> Floats:
        """Of each place of the stream given what stands before it in its document; 1 at START.

        `located` is `NgramTables.locate(stream)`, shared by models over the same tables. A place that holds
        UNKNOWN gets the probability of one unseen character.
        """
        result = np.full(len(stream), 1 / (self.tables.alphabet.size - 1))
        for rank, level in enumerate(self.levels):
            contexts = np.zeros(len(stream), np.int64)
            if rank:
                contexts[0], contexts[1:] = -1, located[rank - 1][:-1]
            seen = (contexts >= 0) & (stream != START)
            seen[seen] = level.totals[contexts[seen]] > 0
            context, ngram = contexts[seen], located[rank][seen]
            share = np.where(ngram >= 0, level.discounted[ngram], 0.0) / level.totals[context]
            result[seen] = share + level.backoff[context] * result[seen]
        result[stream == UNKNOWN] /= self.tables.alphabet.unseen
        result[stream == START] = 1
        return result


def _contexts(table: Table, longer: Table) -> Ints:
    """In how many contexts each n-gram of `table` stands; the count itself where it opens a document."""
    return np.where(table.opens, table.counts, np.bincount(longer.suffix, minlength=len(table.keys)))


def _level(counts: Ints, prefix: Ints, contexts: int, fallback: Sequence[float]) -> _Level:
    discount = np.array([0.0, *discounts(counts, fallback)])[np.minimum(counts, 3)]
    totals = np.asarray(np.bincount(prefix, weights=counts, minlength=contexts), np.float64)
    removed = np.bincount(prefix, weights=discount, minlength=contexts)
    return _Level(counts.astype(np.float64) - discount, totals, removed / np.maximum(totals, 1))


def discounts(counts: Ints, fallback: Sequence[float]) -> tuple[float, float, float]:
    """D₁, D₂, D₃₊ = 1 − 2Y n₂/n₁, 2 − 3Y n₃/n₂, 3 − 4Y n₄/n₃ with Y = n₁ / (n₁ + 2n₂), Chen & Goodman's eq. 26.

    `fallback` where one of n₁ … n₄ is zero or a discount leaves (0, its count].
    """
    n = [0, *(int(np.count_nonzero(counts == times)) for times in (1, 2, 3, 4))]
    first, second, third = fallback
    if 0 in n[1:]:
        return first, second, third
    share = n[1] / (n[1] + 2 * n[2])
    found = [times - (times + 1) * share * n[times + 1] / n[times] for times in (1, 2, 3)]
    if any(not 0 < value <= times for times, value in enumerate(found, start=1)):
        return first, second, third
    return found[0], found[1], found[2]
