"""The folded text: what is left of a text when only its words count. Two equal folds are one text."""

import re

from pipeline.text.characters import FULL_WIDTH

_NOT_WORDS = re.compile(r"[\W_]+")
_TO_ASCII = str.maketrans(FULL_WIDTH)


def fold(text: str) -> str:
    """Lower case, half width, without punctuation, symbols and white space.

    A text of nothing but symbols folds to itself without white space, so that 。。。 and ！！！ stay apart.
    """
    folded = _NOT_WORDS.sub("", text.translate(_TO_ASCII).lower())
    return folded or "".join(text.split())
