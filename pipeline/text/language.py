"""How much of a text is Chinese.

Extract and filter measure it differently: `chinese_share` counts kana and hangul against Chinese and a run of digits
not at all, `chinese_share_of_words` counts each kana, hangul and number as one word of another language. Both answers
are kept until one rule is measured.
"""

import re

import numpy as np
from numpy.typing import NDArray

from pipeline.text.characters import EAST_ASIAN, HANGUL, IDEOGRAPHS, KANA, CharClass
from pipeline.text.other_languages import in_other_language

_HAN = re.compile(f"[{IDEOGRAPHS}]")
_OTHERS = re.compile(f"[{KANA}{HANGUL}]")
"""Japanese and Korean texts have more of them than of Han characters."""
_WORD = re.compile("[A-Za-zÀ-ɏͰ-ӿ]+")
SAMPLE_CHARS = 20_000


def chinese_share(text: str) -> float:
    """Han characters less kana and Hangul, of all these and the words of Latin, Greek and Cyrillic letters."""
    sample = text[:SAMPLE_CHARS]
    han, others, words = (len(form.findall(sample)) for form in (_HAN, _OTHERS, _WORD))
    return max(0, han - others) / max(1, han + others + words)


def chinese_share_of_words(points: NDArray[np.uint32], classes: NDArray[np.uint8]) -> float:
    """Chinese characters among words, of a text's code points and their classes; 0 for a text without words.

    An ideograph of Japanese or Korean (東京は) is a word, but not Chinese.
    """
    ideographs = classes == CharClass.CHINESE
    words = int(np.count_nonzero(ideographs)) + _foreign_words(points, classes)
    other = in_other_language(points)
    chinese = np.count_nonzero(ideographs if other is None else ideographs & ~other)
    return int(chinese) / words if words else 0.0


def _foreign_words(points: NDArray[np.uint32], classes: NDArray[np.uint8]) -> int:
    """Runs of letters and digits of alphabetic scripts, and single letters of East Asian ones (kana, hangul)."""
    letters = (classes == CharClass.LETTER) | (classes == CharClass.DIGIT)
    full_width = (points >= 0xFF10) & (points <= 0xFF5A)  # Ａ and １ are Latin, however wide
    alphabetic = letters & ((points < EAST_ASIAN) | full_width)
    starts = alphabetic[1:] & ~alphabetic[:-1]
    return int(starts.sum() + (letters & ~alphabetic).sum() + alphabetic[:1].sum())
