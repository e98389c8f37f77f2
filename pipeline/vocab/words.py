"""The words of a text, each with its count: pre-tokens as the model's pre-tokenizer cuts them, exact at any worker
count."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import BPE

from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.ledger import Ledger
from pipeline.core.shards import read_documents
from pipeline.schema.engine import EngineConfig
from pipeline.vocab.linebreaks import Marks

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShardWords:
    """What one shard says."""

    tally: Tally
    words: dict[str, int]
    """Pre-token in the byte alphabet -> count; marks are left out."""
    breaks: int
    """Line breaks."""
    escapes: int


def count_words(engine: EngineConfig, shards: Sequence[Path], marks: Marks) -> tuple[Tally, ShardWords]:
    """Count over all shards; words sorted, so that nothing depends on the order of the text."""
    tally, words, breaks, escapes = Tally(), Counter[str](), 0, 0
    for shard in map_shards(engine, _CountShard(marks), shards):
        tally += shard.tally
        words.update(shard.words)
        breaks += shard.breaks
        escapes += shard.escapes
    return tally, ShardWords(tally, {word: words[word] for word in sorted(words)}, breaks, escapes)


def words_of(texts: Iterable[str], marks: Marks) -> Counter[str]:
    """The counted words of some texts, marks among them under their own names."""
    cutter = Tokenizer(BPE())
    marks.install(cutter)
    normaliser, pre_tokenizer = cutter.normalizer, cutter.pre_tokenizer
    words = Counter[str]()
    for text in texts:
        words.update(word for word, _ in pre_tokenizer.pre_tokenize_str(normaliser.normalize_str(text)))
    return words


@dataclass(frozen=True, slots=True)
class _CountShard:
    marks: Marks

    def __call__(self, path: Path) -> ShardWords:
        ledger = Ledger("tokenizer")

        def texts() -> Iterable[str]:
            for document in read_documents(path):
                ledger.receive(document.text)
                ledger.use()
                ledger.emit(document)
                yield document.text

        words = words_of(texts(), self.marks)
        breaks, escapes = words.pop(self.marks.nl, 0), words.pop(self.marks.escape, 0)
        return ShardWords(ledger.close(), dict(words), breaks, escapes)
