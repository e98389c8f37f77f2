"""The words of the training text, each with its count: pre-tokens as the pre-tokenizer cuts them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.ledger import Ledger
from pipeline.schema.engine import EngineConfig
from pipeline.schema.tokenizer import Boundaries, TokenizerConfig
from pipeline.vocab.cutting import Cutting
from pipeline.vocab.sample import Sample
from pipeline.vocab.word_boundaries import inside_boundaries


def count_words(
    engine: EngineConfig, shards: Sequence[Path], sample: Sample, config: TokenizerConfig
) -> tuple[Tally, dict[str, int]]:
    """Word -> count; sorted, so that no order of the text matters."""
    cutting, in_words = Cutting.build(config), config.boundaries is Boundaries.jieba
    tally, words = Tally(), Counter[str]()
    for shard_tally, shard_words in map_shards(
        engine, _CountWords(cutting, sample, config.max_repeats, in_words), shards
    ):
        tally += shard_tally
        words.update(shard_words)
    return tally, {word: words[word] for word in sorted(words)}


def words_of(texts: Iterable[str], cutting: Cutting, max_repeats: int | None) -> Counter[str]:
    """The counted words of some texts; of a single text each counts at most `max_repeats` times."""
    words = Counter[str]()
    for text in texts:
        found = Counter(cutting.words(text))
        if max_repeats is not None:
            found = Counter({word: min(count, max_repeats) for word, count in found.items()})
        words.update(found)
    return words


@dataclass(frozen=True, slots=True)
class _CountWords:
    cutting: Cutting
    sample: Sample
    max_repeats: int | None
    in_words: bool

    def __call__(self, path: Path) -> tuple[Tally, dict[str, int]]:
        ledger = Ledger("tokenizer")
        words = words_of(self.sample.texts(path, ledger), self.cutting, self.max_repeats)
        return ledger.close(), dict(inside_boundaries(words) if self.in_words else words)
