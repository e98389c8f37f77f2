"""Who stays: of similar documents the first, and only what is similar to a document that stays is dropped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.union_find import UnionFind
from pipeline.similarity.shingles import I64


@dataclass(slots=True)
class Verdicts:
    """One entry a document, by its number in shard order."""

    kept: I64
    """The document that stays in its place; its own number if it stays itself."""
    similarity: NDArray[np.float64]
    """To the kept document; 1 for those that stay."""
    cluster: I64
    """The first document of the chain of similar documents; chains may hold several that stay."""


def resolve(
    documents: int, exact: NDArray[np.int64], near: NDArray[np.int64], similarity: NDArray[np.float64]
) -> Verdicts:
    """Decide from verified pairs (earlier, later), both shape [pairs, 2].

    Exact pairs (each later document with the first of its text) come first: the later is dropped for the earlier,
    or for the document for which the earlier is dropped. `near` pairs join documents that are no
    exact duplicates; they are gone through in the order of the later one, which is dropped if one of its
    partners stays (the most similar, then the earliest). Similarity is not transitive, so a document whose
    partners are all dropped stays, in the same cluster.
    """
    kept = np.arange(documents, dtype=np.int64)
    measured = np.ones(documents, dtype=np.float64)
    kept[exact[:, 1]] = exact[:, 0]
    best = np.zeros(documents, dtype=np.float64)
    order = np.lexsort((near[:, 0], -similarity, near[:, 1]))
    for pair in order:
        earlier, later = near[pair]
        if kept[later] == later and kept[earlier] == earlier and similarity[pair] > best[later]:
            kept[later], measured[later] = earlier, similarity[pair]
    # What an exact duplicate repeats may itself have been dropped for a near duplicate: name the one that stays.
    kept[exact[:, 1]], measured[exact[:, 1]] = kept[exact[:, 0]], measured[exact[:, 0]]
    return Verdicts(kept, measured, _clusters(documents, np.concatenate([exact, near])))


def _clusters(documents: int, pairs: I64) -> I64:
    """The first document of each document's chain; most are in no pair and alone in theirs."""
    chains = UnionFind[int]()
    for earlier, later in pairs.tolist():
        chains.join(*sorted((chains.root(earlier), chains.root(later))))
    cluster = np.arange(documents, dtype=np.int64)
    paired = np.unique(pairs)
    cluster[paired] = [chains.root(number) for number in paired.tolist()]
    return cluster
