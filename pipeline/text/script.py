"""Simplified or Traditional: the one table of which characters are evidence of a script, and OpenCC by name.

Extract takes what a page declares; normalise and the wiki's conversion count these characters by segment, with the
whole document as the prior. bench/script.py measures how often one script is taken for the other.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.text.characters import code_points

if TYPE_CHECKING:
    from opencc import OpenCC

TRADITIONAL = "zh-Hant"
SIMPLIFIED = "zh-Hans"

CERTAIN, WEAK = 2, 1
"""Weights of evidence: a character that the other script lacks, and one that is rare there (万 in 万俟)."""

_LAST_COMMON_IN_BIG5 = 0xC6
"""The last lead byte of Big5's level 1, the 5,401 common characters."""

STANDARD_IN_SIMPLIFIED = "乾剋劄吒夥徵扞於昇氾爇祕脩苧蒐薳薹袷谿釐陞麽"
"""Characters that OpenCC's t2s changes though the Table of General Standard Chinese Characters of 2013 has them.

`python bench/standard_characters.py FILE` writes this line from Unihan's kTGH (Unihan_OtherMappings.txt).
"""
NAMES_IN_SIMPLIFIED = "餘鍾藉瞭甯喆堃邨迺鉅像囉"
"""Further ones that Simplified text keeps in names (锺 as 鍾, 甯, 陶喆) and words (瞭望)."""
IN_BOTH = "却恒内没踪迹荆凉厩着"
"""Missing in Big5, yet the forms of Traditional texts from Hong Kong and of many fonts: 137 of them in 2.5 million
characters of Traditional manuals, verse and treebanks, more than of all other characters without a place in Big5."""
RARE_IN_TRADITIONAL = "凄厘吨栖涂洒熏膻瓮跖"
"""In Big5's level 2, and used in Traditional text as they are (公厘, 栖息, 熏香)."""
UNUSED_IN_TRADITIONAL = "与优圣庄怀怜惊扰极构气洁确网触赶"
"""In Big5's level 2, and yet written by no modern Traditional text; the others there have uses of their own (万俟,
党項, 海淀, 胜肽)."""
CONVERTED = "-t-zh"
"""Ends the variant of a text that its importer converted by rules that know more than characters do, as the extension
T of BCP 47 says (RFC 6497): zh-Hant-TW-t-zh. Normalise leaves it alone where it is in the target."""
REGIONAL_FORMS = dict(zip("敍枱粧糭衞衹痺簷", "叙台妆粽卫只痹檐", strict=True))
"""Traditional forms that hk2s or tw2s changes and t2s does not."""


@cache
def converter(name: str) -> "OpenCC":
    """OpenCC by configuration name (t2s, tw2sp, s2t …); ValueError if OpenCC has none of this name."""
    from opencc import OpenCC

    try:
        return OpenCC(name)
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"OpenCC has no configuration {name!r}: {error}") from None


@cache
def evidence() -> NDArray[np.int8]:
    """What a character says of its text's script, by code point; shape [0x110000].

    +2: Simplified, since OpenCC's s2t changes it and Big5 (without HKSCS, which holds 国 会 学) lacks it.
    +1: likewise, but in Big5's level 2 and not unused.
    0: also what s2t changes in Big5's level 1 (后 里 岳 征 杰 丰 …): it is Traditional as well.
    −2: Traditional, since t2s changes it and the Table of General Standard Chinese Characters of 2013 lacks it.
    """
    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    table = np.zeros(0x110000, np.int8)
    for character, form in zip(characters, _forms("t2s", characters), strict=True):
        if form != character:
            table[ord(character)] = -CERTAIN
    for character, form in zip(characters, _forms("s2t", characters), strict=True):
        if form != character:
            table[ord(character)] = _weight_of_simplified(character) if table[ord(character)] == 0 else 0
    for character in STANDARD_IN_SIMPLIFIED + NAMES_IN_SIMPLIFIED + IN_BOTH + RARE_IN_TRADITIONAL:
        table[ord(character)] = 0
    for character in UNUSED_IN_TRADITIONAL:
        table[ord(character)] = CERTAIN
    for character in REGIONAL_FORMS:
        table[ord(character)] = -CERTAIN
    table.flags.writeable = False
    return table


def _forms(name: str, characters: list[str]) -> list[str]:
    return str(converter(name).convert("\n".join(characters))).split("\n")


def _weight_of_simplified(character: str) -> int:
    in_big5 = character.encode("big5", "ignore")
    if not in_big5:
        return CERTAIN
    return WEAK if in_big5[0] > _LAST_COMMON_IN_BIG5 else 0


def script_counts(text: str) -> tuple[int, int]:
    """How many characters are evidence of Simplified and of Traditional."""
    found = evidence()[code_points(text)]
    return int(np.count_nonzero(found > 0)), int(np.count_nonzero(found < 0))


def declared_script(variant: str) -> str | None:
    """The script that a variant tag names."""
    return next((script for script in (SIMPLIFIED, TRADITIONAL) if variant.startswith(script)), None)


def prevailing(found: NDArray[np.int8], variant: str) -> str | None:
    """The script of a whole text: that of the heavier evidence; where the two are even, what its variant names.

    found: the evidence of its characters. A tag decides nothing against characters: templates name the wrong script.
    """
    balance = int(found.sum(dtype=np.int64))
    if balance == 0:
        return declared_script(variant)
    return SIMPLIFIED if balance > 0 else TRADITIONAL


def script_of(text: str, variant: str) -> str | None:
    """The script of a text with this variant tag; None where neither characters nor tag say anything."""
    return prevailing(evidence()[code_points(text)], variant)
