"""Unicode clean-up: pure rules, text in, text and number of changed characters out, in a fixed order.

Never NFKC (it turns ， into a comma and … into three dots) and never NFC (it rewrites the compatibility
ideographs of U+F900…). Kept: ZWJ and variation selectors of emoji and ideographs, 〇, ·, the ideographic
space that indents verse.
"""

import re
from collections.abc import Callable

from pipeline.text.characters import (
    CHINESE_PUNCTUATION,
    FULL_WIDTH,
    HAN,
    PRIVATE_USE,
    RADICALS,
    SHARED_PUNCTUATION,
)

Rule = Callable[[str], tuple[str, int]]

_REFERENCES = re.compile(r"&#(?:(\d{3,7})|[xX]([0-9a-fA-F]{2,6}));")
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
# What later rules turn into a plain character counts as plain, so that a second clean-up finds nothing to do.
_MAPPED = "".join([*FULL_WIDTH, *RADICALS, *PRIVATE_USE])
_PLAIN = f"[\\s!-~{HAN}{CHINESE_PUNCTUATION}{SHARED_PUNCTUATION}{_MAPPED}]"
# A joiner between plain characters joins nothing; in emoji and in scripts that need it it stays.
_JOINERS = re.compile(f"(?:(?<={_PLAIN})|^)[\u200c\u200d]+|[\u200c\u200d]+(?={_PLAIN}|$)")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_CHINESE_SPACES = re.compile(
    f"(?<=[{HAN}])[ \t]+(?=[{HAN}{CHINESE_PUNCTUATION}{SHARED_PUNCTUATION}])"
    f"|(?<=[{CHINESE_PUNCTUATION}{SHARED_PUNCTUATION}])[ \t]+(?=[{HAN}])"
    f"|(?<=[{SHARED_PUNCTUATION}])[ \t]+(?=[{CHINESE_PUNCTUATION}])"
    f"|(?<=[{CHINESE_PUNCTUATION}])[ \t]+(?=[{CHINESE_PUNCTUATION}{SHARED_PUNCTUATION}])"
)
_LINE_ENDS = re.compile("[ \t\u3000]+(?=\n|$)")
_DECIMAL_POINT = re.compile(r"(?<=[0-9])．(?=[0-9])")


def _mapper(table: dict[str, str]) -> Rule:
    pattern = re.compile("[" + "".join(map(re.escape, table)) + "]")

    def apply(text: str) -> tuple[str, int]:
        return pattern.subn(lambda match: table[match[0]], text)

    return apply


def character_references(text: str) -> tuple[str, int]:
    """Numeric references of HTML (&#183; &#20013;) to their character, where that lies beyond ASCII.

    Named and ASCII ones stay: in a text on programming they are what it speaks of.
    """
    resolved = 0

    def resolve(match: re.Match[str]) -> str:
        nonlocal resolved
        code = int(match[1]) if match[1] else int(match[2], 16)
        if not 0xA0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            return match[0]
        resolved += 1
        return chr(code)

    return _REFERENCES.sub(resolve, text), resolved


line_breaks: Rule = lambda text: _LINE_BREAKS.subn("\n", text)  # noqa: E731
map_radicals: Rule = _mapper(RADICALS)
map_private_use: Rule = _mapper(PRIVATE_USE)
_latin: Rule = _mapper(FULL_WIDTH)


def invisible(text: str) -> tuple[str, int]:
    """Remove controls, zero-width spaces, direction marks, byte-order marks and joiners that join nothing."""
    text, controls = _INVISIBLE.subn("", text)
    text, joiners = _JOINERS.subn("", text)
    return text, controls + joiners


def full_width(text: str) -> tuple[str, int]:
    """Full-width Latin letters and digits to ASCII; ．between two digits is a decimal point."""
    text, letters = _latin(text)
    text, points = _DECIMAL_POINT.subn(".", text)
    return text, letters + points


def spaces(text: str) -> tuple[str, int]:
    """No-break and typographic spaces to the plain space; U+3000 stays."""
    return _SPACES.subn(" ", text)


def chinese_spaces(text: str) -> tuple[str, int]:
    """Remove spaces between two Chinese characters or their punctuation; next to Latin they stay."""
    return _CHINESE_SPACES.subn("", text)


def white_space(max_blank_lines: int) -> Rule:
    """Trim line ends and the text's ends, and cut runs of blank lines."""
    blank_lines = re.compile(f"\n{{{max_blank_lines + 2},}}")

    def apply(text: str) -> tuple[str, int]:
        text, ends = _LINE_ENDS.subn("", text)
        text, runs = blank_lines.subn("\n" * (max_blank_lines + 1), text)
        stripped = text.strip("\n").rstrip().lstrip(" \t")
        return stripped, ends + runs + (stripped != text)

    return apply


def cleaning_rules(full_width_latin: bool, spaces_in_chinese: bool, max_blank_lines: int) -> dict[str, Rule]:
    """The rules by their name in the ledger, in the order in which they are applied."""
    rules: dict[str, Rule] = {
        "REFERENCES": character_references,
        "LINE_BREAKS": line_breaks,
        "INVISIBLE": invisible,
        "PRIVATE_USE": map_private_use,
        "RADICALS": map_radicals,
        "SPACES": spaces,
    }
    if full_width_latin:
        rules["FULL_WIDTH"] = full_width
    if spaces_in_chinese:
        rules["CHINESE_SPACES"] = chinese_spaces
    rules["WHITE_SPACE"] = white_space(max_blank_lines)
    return rules
