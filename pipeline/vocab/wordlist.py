"""Word lists: one word a line, read, checked, put together and ranked by their words' frequency in the text."""

import importlib.util
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import ConfigError, SourceError
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.vocab.alphabet import BYTE, to_token
from pipeline.vocab.base import Base

JIEBA = "jieba"
"""Stands for the installed jieba's list among `tokenizer.word_files`."""


@dataclass(frozen=True, slots=True)
class WordList:
    frequencies: dict[str, int]
    """Word -> frequency by the list; 0 where the list gives none."""
    skipped: dict[str, int]
    """Why lines or words were left out -> how many."""


def read_lists(names: Sequence[str], max_chars: int) -> WordList:
    """Several lists as one: a word keeps the first frequency above 0 that a list gives it; what is skipped adds up.

    A name is a path, or `jieba` for the installed jieba's list. A word that an earlier list has too counts under
    `duplicate`.
    """
    frequencies: dict[str, int] = {}
    skipped = Counter[str]()
    for name in names:
        listed = read_words(jieba_list() if name == JIEBA else Path(name), max_chars)
        skipped.update(listed.skipped)
        for word, frequency in listed.frequencies.items():
            skipped["duplicate"] += word in frequencies
            frequencies[word] = frequencies.get(word) or frequency
    return WordList(frequencies, {reason: count for reason, count in sorted(skipped.items()) if count})


def jieba_list() -> Path:
    """dict.txt of the installed jieba, found without running it; ConfigError if it is not installed."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ConfigError("tokenizer.word_files names jieba, but it is not installed: pip install jieba")
    return Path(spec.origin).with_name("dict.txt")


def read_words(path: Path, max_chars: int) -> WordList:
    """Lines of `word`, `word frequency` or `word frequency tag`, UTF-8 with or without a BOM.

    SourceError gives the line and offset of bytes that are not UTF-8. Blank lines, repeated words, words above
    `max_chars` and lines whose second field is not a number are counted in `skipped`. A repeated word keeps its first
    frequency.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror} (tokenizer.word_files)") from None
    except UnicodeDecodeError as error:
        at = error.start + (3 if raw.startswith(BOM_UTF8) else 0)
        raise SourceError(
            f"{path}: line {raw.count(10, 0, at) + 1}: byte {at} is not UTF-8; if the list is in GBK, convert it: "
            "iconv -f GB18030 -t UTF-8"
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

    By the text's frequency, then by the list's, then by code points. Left out and counted: `reserved` (would be read
    as an added token or as bytes when decoded), `one_token` (the base has it already), `rare` and `surplus`.
    """
    skipped = Counter(listed.skipped)
    common = []
    for word in listed.frequencies:
        if any(mark in word for mark in config.added) or (
            not word.isascii() and all(letter in BYTE for letter in word)
        ):
            skipped["reserved"] += 1
        elif to_token(word) in base.ids:
            skipped["one_token"] += 1
        elif seen.get(word, 0) < config.min_frequency:
            skipped["rare"] += 1
        else:
            common.append(word)
    common.sort(key=lambda word: (-seen[word], -listed.frequencies[word], word))
    chosen = common[: config.max_words]
    skipped["surplus"] = len(common) - len(chosen)
    return WordList(
        {word: listed.frequencies[word] for word in chosen},
        {reason: count for reason, count in sorted(skipped.items()) if count},
    )
