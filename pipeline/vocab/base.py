"""The base tokenizer's vocabulary and merges, read from vocab.json and merges.txt and checked against each other."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import BPE

from pipeline.core.errors import SourceError
from pipeline.vocab.alphabet import BYTE, LINE_BREAK, straddles, to_bytes

END_OF_TEXT = "<|endoftext|>"
"""GPT-2's only special token: no merge makes it, and our bos starts from its embedding."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Base:
    """A byte-level BPE: token -> id, and the merges in order."""

    ids: Mapping[str, int]
    merges: Sequence[Pair]

    @cached_property
    def parts(self) -> dict[str, Pair]:
        """Token -> the pair that makes it."""
        return {left + right: (left, right) for left, right in self.merges}

    @cached_property
    def tokens(self) -> list[str]:
        """All tokens that text can give, bytes and merged ones, by id."""
        return sorted((token for token in self.ids if token in BYTE or token in self.parts), key=self.ids.__getitem__)

    @cached_property
    def end_of_text(self) -> int | None:
        return self.ids.get(END_OF_TEXT)

    def without_straddling(self) -> "Base":
        """Without the merges that lead to tokens which end one character and begin the next; the ids stay.

        GPT-2 has eight such, learnt on a few Japanese names. Where one stands in a Chinese text, neither of its
        characters can become a token.
        """
        return self._without(lambda token: straddles(to_bytes(token)))

    def with_plain_line_breaks(self) -> "Base":
        """Without the merges that join a line break to what stands beside it; the ids stay.

        GPT-2 has two such, two line breaks in a row and one before a no-break space. Without them a line break is one
        token wherever it stands, in every client.
        """
        return self._without(lambda token: LINE_BREAK in token)

    def _without(self, unwanted: Callable[[str], bool]) -> "Base":
        gone: set[str] = set()
        merges = []
        for left, right in self.merges:
            if left in gone or right in gone or unwanted(left + right):
                gone.add(left + right)
            else:
                merges.append((left, right))
        return Base(self.ids, merges)

    def model(self) -> Tokenizer:
        """The bare model: encodes one pre-token written in the byte alphabet."""
        return Tokenizer(BPE(dict(self.ids), list(self.merges)))

    def closure(self, tokens: Iterable[str]) -> set[str]:
        """The tokens, all 256 bytes, and every token that a merge on the way to one of them makes."""
        kept = set(BYTE)
        waiting = [token for token in tokens if token not in kept]
        while waiting:
            token = waiting.pop()
            if token not in kept:
                kept.add(token)
                waiting += self.parts[token]
        return kept


def read_base(folder: Path) -> Base:
    """Read both files; SourceError names the file, the line and what does not fit."""
    vocab_file, merges_file = folder / "vocab.json", folder / "merges.txt"
    try:
        ids = json.loads(vocab_file.read_bytes())
        lines = merges_file.read_bytes().decode().split("\n")
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}; run the base stage first") from None
    except ValueError as error:
        raise SourceError(f"{folder}: vocab.json must be JSON and merges.txt UTF-8: {error}") from None
    if not isinstance(ids, dict) or not all(type(id) is int for id in ids.values()):
        raise SourceError(f"{vocab_file}: a mapping of token to id is expected")
    if sorted(ids.values()) != list(range(len(ids))):
        raise SourceError(f"{vocab_file}: the ids of {len(ids)} tokens must be 0 to {len(ids) - 1}")
    missing = sorted(set(BYTE) - ids.keys())
    if missing:
        raise SourceError(f"{vocab_file}: {len(missing)} of the 256 bytes have no token, first {missing[0]!r}")
    return Base(ids, _check_merges(lines, ids, merges_file))


def _check_merges(lines: Sequence[str], ids: Mapping[str, int], path: Path) -> list[Pair]:
    merges: list[Pair] = []
    made = set(BYTE)
    for number, line in enumerate(lines, start=1):
        if not line or (number == 1 and line.startswith("#version")):
            continue
        left, _, right = line.partition(" ")
        fault = _fault(line, left, right, ids, made)
        if fault:
            raise SourceError(f"{path}: line {number}: {fault}")
        made.add(left + right)
        merges.append((left, right))
    unmade = sorted(ids.keys() - made - {END_OF_TEXT})
    if unmade:
        raise SourceError(f"{path}: no merge makes {len(unmade)} tokens of vocab.json, first {unmade[0]!r}")
    return merges


def _fault(line: str, left: str, right: str, ids: Mapping[str, int], made: Set[str]) -> str | None:
    """What is wrong with a line of merges.txt, given the tokens made before it."""
    if not (left and right) or " " in right:
        return f"expected two tokens and one space, found {line[:80]!r}"
    for token in (left, right):
        if token not in made:
            return f"no byte or earlier merge makes {token!r}"
    if left + right not in ids:
        return f"vocab.json lacks the merged token {left + right!r}"
    return f"{left + right!r} is made by an earlier merge too" if left + right in made else None
