"""Five character models of the training text, in bits per document: uniform, unigram, bigram, Kneser-Ney 3 and 5.

They score the events that the model's figures count: every character and one end per document. The bigram is
Kneser-Ney of order 2, the unigram of order 1 (discounted, interpolated with uniform).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.benchmarks.kneser_ney import KneserNey
from pipeline.benchmarks.ngrams import UNKNOWN, Alphabet, Floats, NgramTables
from pipeline.benchmarks.seeded_draw import Draw
from pipeline.contract.document import Document

ORDERS: Mapping[str, int] = {
    "uniform": 0,
    "unigram": 1,
    "bigram": 2,
    "kneser_ney_3": 3,
    "kneser_ney_5": 5,
}
"""Baseline -> order; order 0 gives every event the same probability."""


@dataclass(frozen=True, slots=True)
class BaselineScores:
    """Of one part of the split."""

    bits: dict[str, Floats]
    """Baseline -> −Σ log2 p of each document."""
    unseen: int
    """Characters that the training text lacks."""


class Baselines:
    """Learns once, then scores any texts."""

    def __init__(self, texts: Sequence[str], fallback: Sequence[float]) -> None:
        tables = NgramTables(Alphabet(texts), texts, max(ORDERS.values()))
        self.tables = tables
        self.models = {name: KneserNey(tables, order, fallback) for name, order in ORDERS.items()}

    def score(self, texts: Sequence[str]) -> BaselineScores:
        stream = self.tables.alphabet.stream(texts)
        located = self.tables.locate(stream.ids)
        bits = {}
        for name, model in self.models.items():
            events = -np.log2(model.probabilities(stream.ids, located))
            bits[name] = np.add.reduceat(events, stream.starts) if texts else events
        return BaselineScores(bits, int(np.count_nonzero(stream.ids == UNKNOWN)))


def whole_texts(documents: Iterable[Document], max_characters: int, seed: int) -> list[str]:
    """Texts in the order of the draw, up to the one that reaches the limit: shard order would take one source alone.

    `documents` is read once; no more is held than is given back.
    """
    draw = Draw[str](seed, max_characters)
    for document in documents:
        draw.add(document.id, document.text, len(document.text))
    return draw.items()
