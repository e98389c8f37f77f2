"""Simplified or Traditional: which script a text is in, and OpenCC's conversion between them."""

from functools import cache

from opencc import OpenCC

TRADITIONAL = "zh-Hant"
SIMPLIFIED = "zh-Hans"


KEPT_IN_SIMPLIFIED = frozenset("乾於徵餘鍾藉瞭夥甯昇陞喆堃邨迺鉅麽剋囉像")
"""Traditional by OpenCC's tables, yet characters of Simplified text: in names (萧乾, 於梨华, 锺 as 鍾) and words
(宫商角徵羽), as the Table of General Standard Chinese Characters of 2013 has them. One of them is no evidence."""


@cache
def converter(name: str) -> OpenCC:
    """OpenCC by configuration name (t2s, tw2sp, s2t …); ValueError if OpenCC has none of this name."""
    try:
        return OpenCC(name)
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"OpenCC has no configuration {name!r}: {error}") from None


@cache
def exclusive_characters() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only Simplified and only Traditional text uses, by OpenCC's character tables.

    Traditional: t2s changes it. Simplified: s2t changes it, unless Traditional text writes it too (皇后, 公里).
    """
    to_simplified, to_traditional = converter("t2s"), converter("s2t")
    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simplified_forms = [to_simplified.convert(character) for character in characters]
    traditional_forms = [to_traditional.convert(character) for character in characters]
    traditional = frozenset(
        c for c, form in zip(characters, simplified_forms, strict=True) if form != c and c not in KEPT_IN_SIMPLIFIED
    )
    # Simplified forms that are also Traditional characters of their own (the several-to-one simplifications).
    shared = frozenset(
        "后里面干只台了云几丑谷松舍志曲回余范表胡系周致制准么复秋蒙朴斗折卷冲吁出家千叶据柜当御别沈布于局"
    )
    simplified = frozenset(
        c for c, form in zip(characters, traditional_forms, strict=True) if form != c and c not in shared
    )
    return simplified - traditional, traditional - simplified


def script_counts(text: str) -> tuple[int, int]:
    """How many characters are exclusively Simplified and exclusively Traditional."""
    simplified, traditional = exclusive_characters()
    seen = [character for character in text if character >= "\u3400"]
    return sum(c in simplified for c in seen), sum(c in traditional for c in seen)


def script_of(text: str, variant: str) -> str | None:
    """The script by the variant tag if it names one, else by the text: the more frequent exclusive characters.

    None where neither says anything.
    """
    for script in (SIMPLIFIED, TRADITIONAL):
        if variant.startswith(script):
            return script
    simplified, traditional = script_counts(text)
    if simplified == traditional:
        return None
    return SIMPLIFIED if simplified > traditional else TRADITIONAL
