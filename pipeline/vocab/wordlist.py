"""A word list: one word a line, read, checked and ranked by its frequency."""

import importlib.util
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.schema.engine import EngineConfig
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.vocab.alphabet import BYTE, to_token
from pipeline.vocab.base import Base
from pipeline.vocab.words import read_texts


@dataclass(frozen=True, slots=True)
class WordList:
    frequencies: dict[str, int]
    """Word -> frequency by the list; 0 where the list gives none."""
    skipped: dict[str, int]
    """Why lines or words were left out -> how many."""


def jieba_list() -> Path:
    """dict.txt of the installed jieba, found without running it; ConfigError if it is not installed."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ConfigError("tokenizer.word_file is null, but jieba is not installed: pip install jieba")
    return Path(spec.origin).with_name("dict.txt")


def read_words(path: Path, max_chars: int) -> WordList:
    """Lines of `word`, `word frequency` or `word frequency tag`, UTF-8 with or without a BOM.

    SourceError gives the offset of bytes that are not UTF-8. Blank lines, repeated words, words above `max_chars`
    and lines whose second field is not a number are counted in `skipped`. A repeated word keeps its first frequency.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror} (tokenizer.word_file)") from None
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path}: byte {error.start} is not UTF-8; if the list is in GBK, convert it: iconv -f GB18030 -t UTF-8"
        ) from None
    frequencies: dict[str, int] = {}
    skipped = Counter[str]()
    for line in text.removesuffix("\n").split("\n"):
        fields = line.split()
        if not fields:
            skipped["blank"] += 1
        elif len(fields) > 1 and not fields[1].isdecimal():
            skipped["malformed"] += 1
        elif len(fields[0]) > max_chars:
            skipped["too_long"] += 1
        elif fields[0] in frequencies:
            skipped["duplicate"] += 1
        else:
            frequencies[fields[0]] = int(fields[1]) if len(fields) > 1 else 0
    return WordList(frequencies, dict(sorted(skipped.items())))


def choose_words(listed: WordList, seen: Mapping[str, int], base: Base, config: TokenizerConfig) -> WordList:
    """The words to add, best first: at most `max_words` that stand in the text (`seen`) `min_frequency` times.

    By the list's frequency, then by the text's, then by code points. Left out and counted: `reserved` (would be read
    as a mark or as bytes when decoded), `one_token` (the base has it already), `rare` and `surplus`.
    """
    skipped = Counter(listed.skipped)
    reserved = [config.nl, config.escape, config.bos, config.pad, *config.more]
    common = []
    for word in listed.frequencies:
        if any(mark in word for mark in reserved) or (not word.isascii() and all(letter in BYTE for letter in word)):
            skipped["reserved"] += 1
        elif to_token(word) in base.ids:
            skipped["one_token"] += 1
        elif seen.get(word, 0) < config.min_frequency:
            skipped["rare"] += 1
        else:
            common.append(word)
    common.sort(key=lambda word: (-listed.frequencies[word], -seen[word], word))
    chosen = common[: config.max_words]
    skipped["surplus"] = len(common) - len(chosen)
    return WordList(
        {word: listed.frequencies[word] for word in chosen},
        {reason: count for reason, count in sorted(skipped.items()) if count},
    )


def count_occurrences(
    engine: EngineConfig, shards: Sequence[Path], words: Iterable[str]
) -> tuple[Tally, Mapping[str, int]]:
    """Word -> how often it stands in the text; places may overlap."""
    by_length: dict[int, set[str]] = {}
    for word in words:
        by_length.setdefault(len(word), set()).add(word)
    tally, total = Tally(), Counter[str]()
    for shard_tally, counts in map_shards(engine, _CountOccurrences(by_length), shards):
        tally += shard_tally
        total.update(counts)
    return tally, total


@dataclass(frozen=True, slots=True)
class _CountOccurrences:
    by_length: dict[int, set[str]]

    def __call__(self, path: Path) -> tuple[Tally, dict[str, int]]:
        ledger, counts = Ledger("tokenizer"), Counter[str]()
        for text in read_texts(path, ledger):
            for length, words in self.by_length.items():
                places = (text[start : start + length] for start in range(len(text) - length + 1))
                counts.update(place for place in places if place in words)
        return ledger.close(), dict(counts)
