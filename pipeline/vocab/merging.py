"""Continued BPE: merges learnt on top of the base's own, so that each new token is reached after all old merges.

Every base token that the text holds becomes one letter of a private alphabet, and the trainer of the `tokenizers`
library merges those letters; mapped back they are merges of base tokens. Training a second BPE on the bytes and
grafting its merges would leave tokens that no text reaches.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import CharDelimiterSplit
from tokenizers.trainers import BpeTrainer

from pipeline.vocab.alphabet import characters
from pipeline.vocab.base import Base, Pair

FIRST_LETTER = 0xF0000  # the supplementary private-use planes: no text, no class of characters is touched
GAP = " "
CHUNK_LETTERS = 1 << 16
BATCH_WORDS = 1 << 14


@dataclass(frozen=True)
class Spelling:
    """The words of the text in the private alphabet, one letter a base token."""

    tokens: Sequence[str]
    """Base tokens that stand in the segmented words, by base id; the letter of tokens[i] is FIRST_LETTER + i."""
    words: Sequence[str]
    counts: npt.NDArray[np.int64]

    def letters(self) -> list[str]:
        return [chr(FIRST_LETTER + number) for number in range(len(self.tokens))]

    def read(self, letters: str) -> str:
        """Letters back to the byte alphabet."""
        return "".join(self.tokens[ord(letter) - FIRST_LETTER] for letter in letters)


def spell(words: Mapping[str, int], base: Base) -> Spelling:
    """Segment the words by the base's merges. Words keep their order, which the caller fixes."""
    ids = list(_encode(base.model(), list(words)))
    used = sorted({id for word in ids for id in word})
    strings = {id: token for token, id in base.ids.items()}
    letter = {id: chr(FIRST_LETTER + number) for number, id in enumerate(used)}
    return Spelling(
        [strings[id] for id in used],
        ["".join(map(letter.__getitem__, word)) for word in ids],
        np.fromiter(words.values(), np.int64, len(words)),
    )


def learn_merges(spelling: Spelling, merges: int, min_frequency: int, max_chars: int) -> list[Pair]:
    """At most so many merges, most frequent first, as pairs in letters; fewer where the text has no more.

    Equal counts fall to the pair that is first by letter, that is by base id, then by age of the merge. A merge
    longer than `max_chars` characters is left out with all that build on it.
    """
    asked = merges
    while True:
        learnt = _train(spelling, asked, min_frequency)
        short = _drop_long(spelling, learnt, max_chars)
        if len(short) >= merges or len(learnt) < asked:
            return short[:merges]
        asked += merges - len(short)


def letter_uses(spelling: Spelling, merges: Sequence[Pair]) -> npt.NDArray[np.int64]:
    """How often each letter is left as a token of its own once the merges are done; shape (letters,)."""
    letters = spelling.letters()
    vocabulary = {token: id for id, token in enumerate(dict.fromkeys(chain(letters, map("".join, merges))))}
    model = Tokenizer(BPE(vocabulary, list(merges)))
    uses = np.zeros(len(vocabulary), np.int64)
    lengths = np.empty(len(spelling.words), np.int64)
    flat: list[int] = []
    for number, ids in enumerate(_encode(model, spelling.words)):
        lengths[number] = len(ids)
        flat += ids
    np.add.at(uses, np.array(flat, np.int64), np.repeat(spelling.counts, lengths))
    return uses[: len(letters)]


def _train(spelling: Spelling, merges: int, min_frequency: int) -> list[Pair]:
    trainer = BpeTrainer(
        vocab_size=len(spelling.tokens) + merges,
        min_frequency=min_frequency,
        initial_alphabet=spelling.letters(),
        show_progress=False,
    )
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = CharDelimiterSplit(GAP)
    tokenizer.train_from_iterator(_repeat(spelling), trainer)
    return [(left, right) for left, right in json.loads(tokenizer.to_str())["model"]["merges"]]


def _repeat(spelling: Spelling) -> Iterator[str]:
    """The trainer counts words itself: every word as often as it stands in the text, in pieces of bounded size."""
    for word, count in zip(spelling.words, spelling.counts.tolist(), strict=True):
        if len(word) < 2:
            continue
        piece = max(1, CHUNK_LETTERS // (len(word) + 1))
        for start in range(0, count, piece):
            yield (word + GAP) * min(piece, count - start)


def _drop_long(spelling: Spelling, merges: Sequence[Pair], max_chars: int) -> list[Pair]:
    dropped: set[str] = set()
    kept = []
    for left, right in merges:
        if left in dropped or right in dropped or characters(spelling.read(left + right)) > max_chars:
            dropped.add(left + right)
        else:
            kept.append((left, right))
    return kept


def _encode(model: Tokenizer, words: Sequence[str]) -> Iterator[list[int]]:
    for start in range(0, len(words), BATCH_WORDS):
        for encoding in model.encode_batch_fast(words[start : start + BATCH_WORDS], add_special_tokens=False):
            yield encoding.ids
