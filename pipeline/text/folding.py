"""The folded text: what is left of a text when only its words count. Two equal folds are one text."""

import re

from pipeline.text.characters import FULL_WIDTH

_MEANT = (
    r"(?<=\d)[.:](?=\d)"  # 3.5 is not 35
    r"|(?<=[a-z])[+#]"  # C++ and C# are not C
    r"|[\u2600-\u27bf\U0001f000-\U0001faff]"  # 👍 is not 👎
)
_NOT_WORDS = re.compile(rf"(?:(?!{_MEANT})[\W_])+")
_OTHERS = re.compile(r"\W+")
_TO_ASCII = str.maketrans({**FULL_WIDTH, "．": "."})


def fold(text: str) -> str:
    """Lower case, half width, without punctuation, symbols and white space, unless they carry meaning.

    What stays: points and colons between digits, + and # after a Latin letter, emoji. A text
    of nothing but symbols folds to itself without white space, so that 。。。 and ！！！ stay apart.
    """
    folded = _NOT_WORDS.sub("", text.translate(_TO_ASCII).lower())
    return folded or "".join(text.split())


def letters_only(text: str) -> str:
    """Letters, digits and characters alone, in their case and width: what two wordings of a title have in common."""
    return _OTHERS.sub("", text)
