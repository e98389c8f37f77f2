"""What the quality rules look at: shares of character classes and repetition, measured once a text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.text.characters import CharClass, class_table, code_points
from pipeline.text.damage import damaged_characters
from pipeline.text.language import chinese_share_of_words

REPETITION_NGRAM = 5
"""Characters of the n-grams that repetition counts; a Chinese phrase, where words would be wrong."""


@dataclass(frozen=True, slots=True)
class Features:
    """Shares lie in [0, 1]; a text without characters has zeros."""

    chars: int
    """Code points, white space included."""
    chinese: float
    """Chinese characters among words: a Chinese character is one, so is a run of Latin letters or digits, so
    is each kana or hangul. By letters alone an article on Linux would hardly count as Chinese."""
    repetition: float
    """Share of character 5-grams that stood in the text before."""
    punctuation: float
    """Of all characters but white space, like the next three."""
    symbols: float
    digits: float
    damaged: float
    """Characters that stand where others were lost: U+FFFD, 锟斤拷, 烫烫烫."""


def features(text: str) -> Features:
    """Measure a text in one pass over its code points."""
    points = code_points(text)
    classes = class_table()[points]
    counts = np.bincount(classes, minlength=len(CharClass))
    visible = int(counts.sum() - counts[CharClass.SPACE])
    return Features(
        chars=len(points),
        chinese=chinese_share_of_words(points, classes),
        repetition=repeated_share(points[classes != CharClass.SPACE]),
        punctuation=_share(int(counts[CharClass.PUNCTUATION]), visible),
        damaged=_share(damaged_characters(text), visible),
        symbols=_share(int(counts[CharClass.SYMBOL]), visible),
        digits=_share(int(counts[CharClass.DIGIT]), visible),
    )


def repeated_share(points: NDArray[np.uint32]) -> float:
    """1 − distinct ÷ all character 5-grams; 0 for texts too short to have two."""
    total = len(points) - REPETITION_NGRAM + 1
    if total < 2:
        return 0.0
    # 21 bits a code point: three fit in 64 bits, the other two are mixed in by an odd multiplier.
    wide = points.astype(np.uint64)
    first = wide[:total] | wide[1 : total + 1] << np.uint64(21) | wide[2 : total + 2] << np.uint64(42)
    second = wide[3 : total + 3] | wide[4 : total + 4] << np.uint64(21)
    keys = first * np.uint64(0x9E3779B97F4A7C15) ^ second * np.uint64(0xC2B2AE3D27D4EB4F)
    return 1.0 - len(np.unique(keys)) / total


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
