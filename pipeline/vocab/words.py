"""The words of the training text, each with its count: pre-tokens as the pre-tokenizer cuts them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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


def count_words(engine: EngineConfig, shards: Sequence[Path], marks: Marks) -> tuple[Tally, dict[str, int]]:
    """Pre-token in the byte alphabet -> count, without the marks; sorted, so that no order of the text matters."""
    tally, words = Tally(), Counter[str]()
    for shard_tally, shard_words in map_shards(engine, _CountWords(marks), shards):
        tally += shard_tally
        words.update(shard_words)
    return tally, {word: words[word] for word in sorted(words)}


def words_of(texts: Iterable[str], marks: Marks) -> Counter[str]:
    """The counted words of some texts."""
    cutter = Tokenizer(BPE())
    marks.install(cutter)
    normaliser, pre_tokenizer = cutter.normalizer, cutter.pre_tokenizer
    words = Counter[str]()
    for text in texts:
        words.update(word for word, _ in pre_tokenizer.pre_tokenize_str(normaliser.normalize_str(text)))
    for mark in (marks.nl, marks.escape):
        words.pop(mark, None)
    return words


def read_texts(path: Path, ledger: Ledger) -> Iterator[str]:
    """The shard's texts, each booked as used."""
    for document in read_documents(path):
        ledger.receive(document.text)
        ledger.use()
        ledger.emit(document)
        yield document.text


@dataclass(frozen=True, slots=True)
class _CountWords:
    marks: Marks

    def __call__(self, path: Path) -> tuple[Tally, dict[str, int]]:
        ledger = Ledger("tokenizer")
        words = dict(words_of(read_texts(path, ledger), self.marks))
        return ledger.close(), words
