"""How often each of many words stands in the text: a trie, walked from all places of a shard at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.ledger import Ledger
from pipeline.schema.engine import EngineConfig
from pipeline.vocab.sample import Sample

Ints = npt.NDArray[np.int64]
CODE_BITS = 21
"""A code point needs so many bits."""
END_OF_TEXT = (1 << CODE_BITS) - 1
"""Above all code points: no word goes beyond its text."""
PIECE_TEXTS = 256
"""So many documents are walked at a time: some 50 bytes a character are held."""


@dataclass(frozen=True, slots=True)
class Trie:
    """Level d takes a node and the d-th character to the next node; nodes are numbered within their level."""

    keys: Sequence[Ints]
    """For each level node << CODE_BITS | code point, sorted; the index is the number of the next node."""
    words: Sequence[Ints]
    """For each level the number of the word that ends at each node; -1 where none does."""

    @classmethod
    def build(cls, words: Sequence[str]) -> "Trie":
        """Word i of `words` gets the number i."""
        left, nodes = list(range(len(words))), [0] * len(words)
        levels: list[Ints] = []
        ends: list[Ints] = []
        while left:
            depth = len(levels)
            keys = np.array([node << CODE_BITS | ord(words[i][depth]) for i, node in zip(left, nodes, strict=True)])
            level, numbers = np.unique(keys, return_inverse=True)
            end = np.full(len(level), -1, np.int64)
            going = []
            for i, node in zip(left, numbers.tolist(), strict=True):
                if len(words[i]) == depth + 1:
                    end[node] = i
                else:
                    going.append((i, node))
            levels.append(level)
            ends.append(end)
            left, nodes = [i for i, _ in going], [node for _, node in going]
        return cls(levels, ends)

    def count(self, texts: Sequence[str], counts: Ints) -> None:
        """Add to `counts` how often each word stands in the texts; places may overlap."""
        ended = np.array([END_OF_TEXT], np.uint32)
        codes = np.concatenate(
            [part for text in texts for part in (np.frombuffer(text.encode("utf-32-le"), np.uint32), ended)]
        ).astype(np.int64)
        places, nodes = np.arange(len(codes)), np.zeros(len(codes), np.int64)
        for level, ends in zip(self.keys, self.words, strict=True):
            wanted = nodes << CODE_BITS | codes[places]
            found = np.minimum(np.searchsorted(level, wanted), len(level) - 1)
            hits = level[found] == wanted
            places, nodes = places[hits] + 1, found[hits]
            words = ends[nodes]
            counts += np.bincount(words[words >= 0], minlength=len(counts))


def count_occurrences(
    engine: EngineConfig, shards: Sequence[Path], sample: Sample, words: Iterable[str]
) -> tuple[Tally, Mapping[str, int]]:
    """Word -> how often it stands in the text; places may overlap. No word is empty."""
    listed = list(words)
    tally, total = Tally(), np.zeros(len(listed), np.int64)
    for shard_tally, counts in map_shards(engine, _CountOccurrences(sample, Trie.build(listed), len(listed)), shards):
        tally += shard_tally
        total += counts
    return tally, dict(zip(listed, total.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _CountOccurrences:
    sample: Sample
    trie: Trie
    words: int

    def __call__(self, path: Path) -> tuple[Tally, Ints]:
        ledger, counts = Ledger("tokenizer"), np.zeros(self.words, np.int64)
        texts = list(self.sample.texts(path, ledger))
        for start in range(0, len(texts), PIECE_TEXTS):
            self.trie.count(texts[start : start + PIECE_TEXTS], counts)
        return ledger.close(), counts
