"""Merges for the Traditional forms of new Simplified tokens, behind all learnt merges.

A form is cut by all merges so far, and the pieces are joined from left to right, inside characters first. The learnt
merges come before, in rank as in age, so the form is cut the same way whenever it is encoded, and then joined: the
same letters give the one token, as they do for a learnt one.
"""

from collections.abc import Sequence
from itertools import pairwise

from tokenizers import Tokenizer

from pipeline.text.script import converter
from pipeline.vocab.alphabet import is_fragment, is_whole, to_bytes, to_token
from pipeline.vocab.base import Pair

FORMS = ("s2t", "s2tw")
"""OpenCC's standard, which normalise writes too, and Taiwan's characters, which differ in a few (裏 裡, 爲 為)."""


def traditional_forms(tokens: Sequence[str]) -> list[str]:
    """The forms, in the byte alphabet, of those tokens that are whole characters and differ from them."""
    forms = dict.fromkeys(
        to_token(converter(name).convert(text))
        for text in (to_bytes(token).decode() for token in tokens if not is_fragment(token))
        if not text.isascii()
        for name in FORMS
    )
    known = set(tokens)
    return [form for form in forms if form not in known]


def joining_merges(forms: Sequence[str], tokenizer: Tokenizer) -> list[Pair]:
    """Merges, in order, after which each form is one token; `tokenizer` has all earlier merges and no more."""
    ranks: dict[Pair, int] = {}
    # Without the special case of whole words: merges alone must do.
    for encoding in tokenizer.encode_batch([to_bytes(form).decode() for form in forms]):
        pieces = _apply(encoding.tokens, ranks)
        while len(pieces) > 1:
            pair = _next_join(pieces)
            ranks[pair] = len(ranks)
            pieces = _apply(pieces, {pair: 0})
    return list(ranks)


def _next_join(pieces: Sequence[str]) -> Pair:
    """The leftmost pair that leads on inside a character, else the first two pieces."""
    for left, right in pairwise(pieces):
        if not is_whole(to_bytes(left)):
            return left, right
    return pieces[0], pieces[1]


def _apply(pieces: Sequence[str], ranks: dict[Pair, int]) -> list[str]:
    """BPE's rule on a few pieces: the earliest merge first, each from left to right."""
    pieces = list(pieces)
    while True:
        pairs = [pair for pair in pairwise(pieces) if pair in ranks]
        if not pairs:
            return pieces
        first = min(pairs, key=ranks.__getitem__)
        merged: list[str] = []
        for piece in pieces:
            if merged and (merged[-1], piece) == first:
                merged[-1] += piece
            else:
                merged.append(piece)
        pieces = merged
