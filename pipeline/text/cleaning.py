"""Unicode clean-up: pure rules, text in, text and number of changed characters out, in a fixed order.

Never NFKC (it turns ， into a comma and … into three dots) and never NFC but for pinyin. Kept: ZWJ and variation
selectors of emoji and ideographs, 〇, ·, tabs, the ideographic space that indents verse, and all lines of code.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.text.characters import CHINESE_PUNCTUATION, FULL_WIDTH, HAN, HANGUL, KANA, SHARED_PUNCTUATION
from pipeline.text.stand_ins import (
    BULLETS,
    COMPATIBILITY_IDEOGRAPHS,
    HALF_WIDTH_KATAKANA,
    HALF_WIDTH_PUNCTUATION,
    PRIVATE_USE,
    RADICALS,
    SMALL_AND_VERTICAL,
    SYMBOL_SIGNS,
    VERTICAL_BRACKETS,
    hkscs,
)

Change = Callable[[str], tuple[str, int]]


_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ESCAPES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b\n]*(?:\x07|\x1b\\\\)|[()*+][0-9A-B]|[=>78cDEHMNOZ])")
_NOT_CHARACTERS = "\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)
_INVISIBLE_MARKS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    f"\u2060-\u206f\ufeff\ufff9-\ufffc{_NOT_CHARACTERS}"
)
_INVISIBLE = re.compile(f"[{_INVISIBLE_MARKS}]")
_TAG = re.compile("[\U000e0000-\U000e007f]")
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f]+")
"""Letters without a glyph; in flags they follow 🏴."""
_MAPPED = re.escape(
    "".join((*FULL_WIDTH, *RADICALS, *PRIVATE_USE, *SMALL_AND_VERTICAL, *VERTICAL_BRACKETS, *HALF_WIDTH_PUNCTUATION))
)
# What later rules turn into a plain character counts as plain, so that a second clean-up finds nothing to do.
_PLAIN = f"[\\s!-~{HAN}{CHINESE_PUNCTUATION}{SHARED_PUNCTUATION}{_MAPPED}\u115f\u1160\u2800\u3164\uff66-\uff9d\uffa0]"
# A joiner between plain characters joins nothing; in emoji and in scripts that need it it stays.
_JOINERS = re.compile(f"(?:(?<={_PLAIN})|^)[\u200c\u200d]+|[\u200c\u200d]+(?={_PLAIN}|$)")
INVISIBLE_MARKS = f"[{_INVISIBLE_MARKS}\u200c\u200d\U000e0000-\U000e007f]"
SPACE_MARKS = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u115f\u1160\u3164\uffa0\u2800]"
_SPACES = re.compile(SPACE_MARKS)
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Of Korean, used as blanks elsewhere."""
_HANGUL = re.compile(f"[{HANGUL}]")
_BRAILLE = re.compile("[\u2801-\u28ff]")
_PINYIN = re.compile("[aeiouüêmnAEIOUÜÊMN]\u0308?[\u0300\u0301\u0304\u030c]|[uU]\u0308")
_BRACKETS = [
    re.compile(f"{opening}((?=[^{opening}{closing}\n]*[{HAN}A-Za-z0-9])[^{opening}{closing}\n]*){closing}")
    for opening, closing in zip(*[iter(VERTICAL_BRACKETS)] * 2, strict=True)
]
_SMALL = re.compile(f"[{''.join(map(re.escape, SMALL_AND_VERTICAL))}]")
_KATAKANA = re.compile("[ｦ-ﾝ][ﾞﾟ]?(?:[ｦ-ﾝ][ﾞﾟ]?)+")
"""Two or more: one alone is an arm of a face, (ﾟ∀ﾟ)ﾉ."""
_ONE_KATAKANA = re.compile("[ｦ-ﾝ][ﾞﾟ]?")
_AFTER_EAST_ASIAN = re.compile(f"(?<=[{HAN}{KANA}」])[｡､･]")
_HALF_QUOTES = re.compile(f"｢((?=[^｢｣\n]*[{HAN}{KANA}])[^｢｣\n]*)｣")
_DECIMAL_POINT = re.compile(r"(?<=[0-9])．(?=[0-9])")
_STOP = re.compile(f"[{HAN}）」”]．(?:\n|$)")
"""．as the full stop of a text, as mathematicians use it: 1-2-3-4．1-3-4 has no decimal point."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9.+_\-．＿－])*[@＠][A-Za-z0-9](?:[A-Za-z0-9\-－])*(?:[.．][A-Za-z0-9\-－]+)+"
    r"|https?[:：][/／]{2}(?:[!#-&*-;=?-Z_a-z~]|[．／：－＿？＝＆％＃～](?=[A-Za-z0-9／/]))+／?"
    r"|(?<![A-Za-z0-9])(?:[A-Za-z0-9-]{2,}[.．])+(?:com|net|org|edu|gov|cn|tw|hk|io|info|me|cc|jp)(?![A-Za-z0-9])"
)
_FULL_WIDTH_OF_ADDRESSES = str.maketrans("＠．／：－＿？＝＆＃～", "@./:-_?=&#~")
_CLAUSES = "，。、；：？！）】》」』〉〕］｝"
_UNIT = f"[{HAN}{CHINESE_PUNCTUATION}“”‘’]"
_SPACED_LETTERS = [
    re.compile(
        f"(?<![^\\s{CHINESE_PUNCTUATION}“”‘’]){_UNIT}(?:{blank}{_UNIT}){{2,}}(?![^\\s{CHINESE_PUNCTUATION}“”‘’])"
    )
    for blank in ("  ?", "\u3000")
]
MIN_SPACED_LETTERS = 3
"""Single characters between blanks that are a word set apart; two (目　录, 张 三) may be a table's cells."""
_HAN = re.compile(f"[{HAN}]")
# A pattern that begins with the blank itself is found many times faster than one that begins with a lookbehind.
_QUOTES_AND_DASHES = SHARED_PUNCTUATION.replace("·", "")
"""Without the dot, which begins items of lists."""
MAX_CLOSED = 3
"""More blanks in a row set columns or paragraphs apart, also beside punctuation."""
_BLANKS_OF_PUNCTUATION = re.compile(
    f" (?:(?<=[{HAN}{CHINESE_PUNCTUATION}] ) {{0,{MAX_CLOSED - 1}}}(?=[{CHINESE_PUNCTUATION}{_QUOTES_AND_DASHES}])"
    f"|(?<=[{CHINESE_PUNCTUATION}{_QUOTES_AND_DASHES}] ) {{0,{MAX_CLOSED - 1}}}(?=[{HAN}{CHINESE_PUNCTUATION}])"
    f"|(?<=[{CHINESE_PUNCTUATION}] ) {{0,{MAX_CLOSED - 1}}}(?=[{_QUOTES_AND_DASHES}])"
    f"|(?<=[A-Za-z0-9] ) {{0,{MAX_CLOSED - 1}}}(?=[{_CLAUSES}])"
    f"|(?<=[{_CLAUSES}] ) {{0,{MAX_CLOSED - 1}}}(?=[A-Za-z0-9]))"
)
_BETWEEN_BLANKS = re.compile(f" {_UNIT} ")
_BETWEEN_WIDE_BLANKS = re.compile(f"\u3000{_UNIT}\u3000")
_LINE_ENDS = re.compile("[ \t\u3000]+(?=\n)")


def _mapper(table: dict[str, str]) -> Change:
    pattern = re.compile("[" + "".join(map(re.escape, table)) + "]")

    def apply(text: str) -> tuple[str, int]:
        return pattern.subn(lambda match: table[match[0]], text)

    return apply


def line_breaks(text: str) -> tuple[str, int]:
    """Every kind of line break to the line feed."""
    return _LINE_BREAKS.subn("\n", text)


def escapes(text: str) -> tuple[str, int]:
    """Remove a terminal's colours and movements (ESC [31m)."""
    return _ESCAPES.subn("", text)


map_radicals: Change = _mapper(RADICALS)
map_compatibility: Change = _mapper(COMPATIBILITY_IDEOGRAPHS)
_latin: Change = _mapper(FULL_WIDTH)


def map_private_use(text: str) -> tuple[str, int]:
    """Private-use characters of GBK and GB 18030, of HKSCS in Traditional text, and of Word's symbol fonts."""
    text, signs = _SIGNS.subn(lambda match: SYMBOL_SIGNS[match[0]], text)
    text, bullets = _BULLETS.subn(lambda match: BULLETS[match[0]], text)
    text, dots = _DOT.subn("•", text)
    if _HKSCS.search(text) and _is_traditional(text):
        table = hkscs()
        text, supplementary = _HKSCS.subn(lambda match: table.get(match[0], match[0]), text)
    else:
        supplementary = 0
    text, standard = _standard(text)
    return text, signs + bullets + dots + supplementary + standard


_standard: Change = _mapper(PRIVATE_USE)
_SIGNS = re.compile(f"(?<=[0-9])[{''.join(SYMBOL_SIGNS)}]|[{''.join(SYMBOL_SIGNS)}](?=[0-9])")
_BULLETS = re.compile(f"(?m)(?<![^\\s])[{''.join(BULLETS)}](?=\\s|[{HAN}])")
_DOT = re.compile("\uf0b7")
_HKSCS = re.compile(f"(?<=[{HAN}{CHINESE_PUNCTUATION}])[\ue000-\uf848](?=[{HAN}{CHINESE_PUNCTUATION}]|$)")


def _is_traditional(text: str) -> bool:
    """Whether Big5 has more of the text's characters than GB 2312."""
    sample = text[:5000]
    return len(sample.encode("big5", "ignore")) > len(sample.encode("gb2312", "ignore"))


def invisible(text: str) -> tuple[str, int]:
    """Remove controls, zero-width spaces, direction marks, byte-order marks, placeholders of objects, tags, code
    points that are no characters, and joiners that join nothing."""
    text, controls = _INVISIBLE.subn("", text)
    tags = joiners = 0
    if _TAG.search(text):
        text, tags = _TAGS.subn("", text)
    if "\u200c" in text or "\u200d" in text:
        text, joiners = _JOINERS.subn("", text)
    return text, controls + tags + joiners


def spaces(text: str) -> tuple[str, int]:
    """No-break and typographic spaces, and fillers that show as blanks, to the plain space; U+3000 stays."""
    if not any(mark in text for mark in _FILLERS + "\u2800"):
        return _SPACES.subn(" ", text)
    changed = 0

    def blank(match: re.Match[str]) -> str:
        nonlocal changed
        own = _HANGUL if match[0] in _FILLERS else _BRAILLE if match[0] == "\u2800" else None
        around = text[max(match.start() - 1, 0) : match.end() + 1]
        if own is not None and own.search(around.replace(match[0], "")):
            return match[0]
        changed += 1
        return " "

    return _SPACES.sub(blank, text), changed


def composed_pinyin(text: str) -> tuple[str, int]:
    """Vowels of pinyin with a combining tone to one character: a + U+0301 to á."""
    changed = 0

    def compose(match: re.Match[str]) -> str:
        nonlocal changed
        composed = unicodedata.normalize("NFC", match[0])
        changed += composed != match[0]
        return composed

    return _PINYIN.sub(compose, text), changed


def small_and_vertical(text: str) -> tuple[str, int]:
    """Small punctuation and that of vertical text to the usual one; brackets only in pairs around words."""
    text, changed = _SMALL.subn(lambda match: SMALL_AND_VERTICAL[match[0]], text)
    for pattern in _BRACKETS:
        opening, closing = pattern.pattern[0], pattern.pattern[-1]
        usual = f"{VERTICAL_BRACKETS[opening]}\\1{VERTICAL_BRACKETS[closing]}"
        while opening in text and (found := pattern.subn(usual, text))[1]:
            text = found[0]
            changed += 2 * found[1]
    return text, changed


def katakana(text: str) -> tuple[str, int]:
    """Half-width katakana in words, and the punctuation beside them, to full width."""

    def word(match: re.Match[str]) -> str:
        return _ONE_KATAKANA.sub(_full_kana, match[0])

    text, words = _KATAKANA.subn(word, text)
    text, marks = _AFTER_EAST_ASIAN.subn(lambda match: HALF_WIDTH_PUNCTUATION[match[0]], text)
    text, quotes = _HALF_QUOTES.subn("「\\1」", text)
    return text, words + marks + 2 * quotes


def _full_kana(match: re.Match[str]) -> str:
    kana = match[0]
    return HALF_WIDTH_KATAKANA.get(kana) or HALF_WIDTH_KATAKANA[kana[0]] + kana[1:].translate(
        {0xFF9E: "゛", 0xFF9F: "゜"}
    )


def full_width(text: str) -> tuple[str, int]:
    """Full-width Latin letters and digits to ASCII, ．between two digits to a decimal point, and the punctuation of
    addresses (ａ＠ｂ．ｃｏｍ)."""
    text, letters = _latin(text)
    addresses = points = 0
    if "．" in text and _STOP.search(text) is None:
        text, points = _DECIMAL_POINT.subn(".", text)

    def plain(match: re.Match[str]) -> str:
        nonlocal addresses
        ascii_only = match[0].translate(_FULL_WIDTH_OF_ADDRESSES)
        addresses += ascii_only != match[0]
        return ascii_only

    if "．" in text or "＠" in text or "：／／" in text:
        text = _ADDRESS.sub(plain, text)
    return text, letters + points + addresses


def chinese_spaces(text: str) -> tuple[str, int]:
    """Close blanks between single characters, three or more in a row (中 文 字), and ASCII blanks beside Chinese
    punctuation. All other blanks between Chinese end a clause, a verse or a column, and stay; so do tabs."""
    closed = 0

    def close(match: re.Match[str]) -> str:
        nonlocal closed
        if len(_HAN.findall(match[0])) < MIN_SPACED_LETTERS:
            return match[0]
        letters = match[0].replace(" ", "").replace("\u3000", "")
        closed += len(match[0]) - len(letters)
        return letters

    for between, pattern in zip((_BETWEEN_BLANKS, _BETWEEN_WIDE_BLANKS), _SPACED_LETTERS, strict=True):
        if between.search(text):
            text = pattern.sub(close, text)
    text, blanks = _BLANKS_OF_PUNCTUATION.subn("", text)
    return text, closed + blanks


def trimmed_lines(max_blank_lines: int) -> Change:
    """Trim line ends, and cut runs of blank lines."""
    most = "\n" * (max_blank_lines + 1)
    blank_lines = re.compile(f"{most}\n+")

    def apply(text: str) -> tuple[str, int]:
        ends = runs = 0
        if " \n" in text or "\t\n" in text or "\u3000\n" in text:
            text, ends = _LINE_ENDS.subn("", text)
        if most + "\n" in text:
            text, runs = blank_lines.subn(most, text)
        return text, ends + runs

    return apply


def chinese_spaces_may_close(text: str, points: NDArray[np.uint32]) -> bool:  # noqa: ARG001
    """Whether a blank stands where `chinese_spaces` closes some: told of all code points at once, in a tenth of the
    time that the patterns take to find none."""
    kinds = _kinds()[points]
    blank, unit, mark = kinds == _BLANK, (kinds & _UNITS) > 0, kinds == _MARK
    if bool((blank[1:] & mark[:-1]).any() or (blank[:-1] & mark[1:]).any()):
        return True
    around = blank[1:-1] & unit[:-2]
    return bool((around & unit[2:]).any() or (around[:-1] & blank[2:-1] & unit[3:]).any())


_BLANK, _LETTER, _MARK = 1, 2, 4
_UNITS = _LETTER | _MARK


@cache
def _kinds() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, dtype=np.uint8)
    for kind, pattern in (
        (_LETTER, f"[{HAN}]"),
        (_MARK, f"[{CHINESE_PUNCTUATION}{SHARED_PUNCTUATION}]"),
        (_BLANK, "[ \u3000]"),
    ):
        table[members(pattern)] = kind
    return table


@cache
def members(pattern: str) -> NDArray[np.int64]:
    """The code points that a pattern of one character matches."""
    return np.array([ord(character) for character in re.findall(pattern, _everything())], dtype=np.int64)


@cache
def _everything() -> str:
    """All code points but those of planes that hold nothing but private use and the unassigned: of these the ends."""
    ends = (plane + end for plane in range(0x40000, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    return "".join(map(chr, (*range(0xD800), *range(0xE000, 0x40000), *range(0xE0000, 0xE1000), *ends)))
