"""Classes of characters: what is Chinese, what is punctuation, what counts as a letter, a digit or a symbol.

Blocks and categories are Unicode's (16.0).
"""

import unicodedata
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Character classes, each as the inside of a regex class. Several answer one question in different ways: they are kept
# apart until one rule is measured.
UNIFIED = "\u4e00-\u9fff"
"""The block CJK Unified Ideographs alone: what titles, bylines and names on Chinese pages are written in."""
EXTENSION_A = "\u3400-\u4dbf"
COMPATIBILITY = "\uf900-\ufaff"
IDEOGRAPHS = f"{EXTENSION_A}{UNIFIED}{COMPATIBILITY}\U00020000-\U000323af"
"""All ideographs with extensions up to H: what counts as Chinese in a page's text."""
HAN = f"\u3005-\u3007\u3021-\u3029\u303b{EXTENSION_A}{UNIFIED}{COMPATIBILITY}\U00020000-\U0003ffff"
"""Ideographs, all of planes 2 and 3, and 々〆〇〡〻 that are written among them: what the clean-up removes spaces
between."""
HAN_OF_WORDS = "\u3400-\u9fff\U00020000-\U0003ffff"
"""Ideographs, and the hexagrams between two of their blocks, without the compatibility block: where the tokenizer
asks jieba for words."""
KANA = "\u3041-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9d"
HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
EAST_ASIAN = 0x2E80
"""From this code point on scripts write no spaces between words."""
UNSPACED_ON_PAGES = f"\u2e80-\u303f\u3041-\u33ff{EXTENSION_A}{UNIFIED}{COMPATIBILITY}\ufe30-\ufe4f\uff01-\uffee“”‘’…—"
"""East Asian characters and punctuation: a line break of a page's source between two of them is no space."""
UNSPACED_IN_WIKITEXT = f"\u2e80-\ud7a3{COMPATIBILITY}\ufe30-\uffef\U00020000-\U0003ffff‘’“”…—"
"""The same for wikitext: hangul and further planes, too."""

UNSPACED_IN_OUTPUT = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”…—"
"""What stands without blanks in text that a model writes; word tokenizers put blanks between its characters."""
CHINESE_PUNCTUATION = "\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
"""Punctuation that only East Asian text uses (the ideographic space U+3000 is left out)."""

SHARED_PUNCTUATION = "\u2018\u2019\u201c\u201d\u2026\u2014\u00b7"
"""‘’“”…—·: Chinese next to Chinese, but Latin text has them too."""

MARKS_OF_WORDS = "、。〈-】〔-〟！-／：-＠［-｀｛-･“”‘’…—·"
"""Both of these without 〃, as the tokenizer's pattern cuts at them; it stands in tokenizer.json letter by letter."""

FULL_WIDTH = {
    **{chr(0xFF10 + i): chr(0x30 + i) for i in range(10)},
    **{chr(0xFF21 + i): chr(0x41 + i) for i in range(26)},
    **{chr(0xFF41 + i): chr(0x61 + i) for i in range(26)},
    "％": "%",
}
"""Full-width Latin letters and digits to ASCII (block Halfwidth and Fullwidth Forms); ％ follows its digits."""


class CharClass(IntEnum):
    """What a character counts as in the shares of the quality rules."""

    SPACE = 0
    CHINESE = 1
    LETTER = 2
    DIGIT = 3
    PUNCTUATION = 4
    SYMBOL = 5


@cache
def class_table() -> NDArray[np.uint8]:
    """Class of every code point, shape [0x110000]."""
    table = np.full(0x110000, CharClass.SYMBOL, dtype=np.uint8)
    by_letter = {
        "L": CharClass.LETTER,
        "M": CharClass.LETTER,
        "N": CharClass.DIGIT,
        "P": CharClass.PUNCTUATION,
        "Z": CharClass.SPACE,
    }
    # Planes 4 to 13 are unassigned, 15 and 16 private: symbols, as the table is filled.
    for code in [*range(0x40000), *range(0xE0000, 0xE0200)]:
        category = unicodedata.category(chr(code))
        if category[0] in by_letter:
            table[code] = by_letter[category[0]]
    for low, high in ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32400)):
        assigned = table[low:high] == CharClass.LETTER
        table[low:high][assigned] = CharClass.CHINESE
    for character in "々〆〇〻":
        table[ord(character)] = CharClass.CHINESE
    for character in "~～℃℉°":  # a drawl and units: by category symbols, by use no more so than an exclamation mark
        table[ord(character)] = CharClass.PUNCTUATION
    for character in "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85":
        table[ord(character)] = CharClass.SPACE
    # Joiner and variation selectors have no width: they only join or style what stands before them.
    table[0x200D] = CharClass.SPACE
    table[0xFE00:0xFE10] = CharClass.SPACE
    table[0xE0100:0xE01F0] = CharClass.SPACE
    return table


def code_points(text: str) -> NDArray[np.uint32]:
    """The text's code points, shape [characters]."""
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
