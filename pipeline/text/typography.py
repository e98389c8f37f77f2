"""Rewriting of what an author wrote, by switches that are off by default: wrapped lines, marks, quotes, blanks, 妳.

Each rule leaves code, formulas, addresses, tables and lists in shape; `cleaning_rules` keeps lines of code from them.
"""

import re
from collections.abc import Callable
from unicodedata import east_asian_width

from pipeline.text.characters import HAN

Change = Callable[[str], tuple[str, int]]

_KEPT = re.compile(
    r"\$\$?[^$\n]+\$\$?|\\\([^\n]*?\\\)|\\\[[^\n]*?\\\]|`[^`\n]+`"  # formulas and code in a line
    r"|[A-Za-z][A-Za-z0-9+.-]*://[!-~]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # addresses
)
_SENTENCE_ENDS = "。！？；：…”」』）!?;:"
_LIST_OR_TABLE = re.compile(
    r"\s*(?:[-*+·•●○■□◆◇▪>#|]|[0-9]{1,3}[.、)）．]|[（(]?[一二三四五六七八九十0-9]{1,3}[)）、]|第.{1,4}[章节節回条條])|.*(?:\t|\s\|\s)"
)
MIN_WRAPPED_COLUMNS = 40
"""Lines of verse are shorter; a Chinese character takes two columns."""
MIN_WRAPPED_LINES = 3
MAX_RAGGED_COLUMNS = 4
"""How much shorter than the widest a wrapped line may be: a character and a mark that may not begin a line."""
_HALF = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_HAN_MARK = f"[{HAN}”’」』）》]"
_HALF_MARK = re.compile(
    f"(?<={_HAN_MARK})[,;:?!](?=[{HAN}“‘「『（《]|$)|(?<={_HAN_MARK})\\.(?=[{HAN}“「]|$)", re.MULTILINE
)
_HALF_BRACKETS = re.compile(f"(?<=[{HAN}])\\(((?=[^()\n]*[{HAN}])[^()\n]*)\\)|\\(([{HAN}][^()\n]*)\\)(?=[{HAN}])")
_CURLY = str.maketrans("“”‘’", "「」『』")
_CORNER = str.maketrans("「」『』", "“”‘’")
_PAIR = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_STOPS = re.compile("。{2,}")
_DOTS = re.compile("…{3,}")
_DRAWL = re.compile("([～~—])\\1{2,}")
_BETWEEN = re.compile(f"(?<=[{HAN}]) ?(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%℃]) ?(?=[{HAN}])")
_BLANK_BETWEEN = re.compile(f"(?<=[{HAN}]) (?=[A-Za-z0-9])|(?<=[A-Za-z0-9%℃]) (?=[{HAN}])")


def _outside(change: Change) -> Change:
    """The change on all of a text but formulas, code and addresses in its lines."""

    def apply(text: str) -> tuple[str, int]:
        pieces, after, count = [], 0, 0
        for kept in _KEPT.finditer(text):
            piece, changed = change(text[after : kept.start()])
            pieces += [piece, kept[0]]
            after, count = kept.end(), count + changed
        piece, changed = change(text[after:])
        return "".join((*pieces, piece)), count + changed

    return apply


def joined_lines(text: str) -> tuple[str, int]:
    """Join lines that were broken at a fixed width: three or more as wide as each other, of 20 characters and more,
    that end within a sentence. Verse is narrower, lists and tables begin and look otherwise; all of these stay."""
    paragraphs, joined = re.split("(\n{2,})", text), 0
    for number in range(0, len(paragraphs), 2):
        lines = paragraphs[number].split("\n")
        if _is_wrapped(lines):
            paragraphs[number] = _joined(lines)
            joined += len(lines) - 1
    return "".join(paragraphs), joined


def _is_wrapped(lines: list[str]) -> bool:
    if len(lines) < MIN_WRAPPED_LINES or any(map(_LIST_OR_TABLE.match, lines)):
        return False
    if any(line[:1] in (" ", "\u3000") for line in lines[1:]):
        return False
    widths = [_columns(line) for line in lines]
    widest = max(widths[:-1])
    if widest < MIN_WRAPPED_COLUMNS or min(widths[:-1]) < widest - MAX_RAGGED_COLUMNS or widths[-1] > widest:
        return False
    within = sum(line[-1] not in _SENTENCE_ENDS for line in lines[:-1])
    return 2 * within >= len(lines) - 1 and re.search(f"[{HAN}]", lines[0]) is not None


def _columns(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


def _joined(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        is_latin = text[-1:].isascii() and line[:1].isascii()
        text += (" " if is_latin else "") + line
    return text


def _chinese_punctuation(text: str) -> tuple[str, int]:
    changed, brackets, marks = 0, 1, 0
    while brackets or marks:  # the outer ones of a nest come after the inner ones, and let marks beside them change
        text, brackets = _HALF_BRACKETS.subn(lambda match: f"（{match[1] or match[2]}）", text)
        text, marks = _HALF_MARK.subn(lambda match: _HALF[match[0]], text)
        changed += marks + 2 * brackets
    return text, changed


chinese_punctuation = _outside(_chinese_punctuation)
"""Half-width , ; : ? ! . ( ) between Chinese characters to their own: 你好,世界 to 你好，世界; 3.5 and 10:30 stay."""


def corner_quotes(text: str) -> tuple[str, int]:
    """“…” and ‘…’ to 「…」 and 『…』, in pairs that hold Chinese; an apostrophe stays."""
    return _quotes(text, "“‘", _CURLY)


def curly_quotes(text: str) -> tuple[str, int]:
    """「…」 and 『…』 to “…” and ‘…’."""
    return _quotes(text, "「『", _CORNER)


def _quotes(text: str, openings: str, table: dict[int, int]) -> tuple[str, int]:
    changed = 0
    for opening in openings:
        closing = _PAIR[opening]
        pattern = re.compile(f"{opening}((?=[^{opening}{closing}]*[{HAN}])[^{opening}{closing}\n]*){closing}")
        written = f"{opening.translate(table)}\\1{closing.translate(table)}"
        count = 1
        while count:  # the outer ones of a nest come after the inner ones
            text, count = pattern.subn(written, text)
            changed += 2 * count
    return text, changed


def repeated_marks(most: int) -> Change:
    """Cut runs of ！ and ？ to `most`, 。。。 to ……, …………… to ……; ！？, …… and —— stay."""
    runs = re.compile(rf"([！？!?，、；])\1{{{most},}}")

    def change(text: str) -> tuple[str, int]:
        text, stops = _STOPS.subn(lambda match: "……" if len(match[0]) > 2 else "。", text)
        text, marks = runs.subn(lambda match: match[1] * most, text)
        text, dots = _DOTS.subn("……", text)
        text, drawls = _DRAWL.subn(lambda match: match[1] * 2, text)
        return text, stops + marks + dots + drawls

    return _outside(change)


def _spaced(text: str) -> tuple[str, int]:
    added = 0

    def space(match: re.Match[str]) -> str:
        nonlocal added
        added += match[0] == ""
        return " "

    return _BETWEEN.sub(space, text), added


spaced_latin = _outside(_spaced)
"""A blank between Chinese characters and Latin letters or digits: 学习Python3 to 学习 Python3."""
unspaced_latin = _outside(lambda text: _BLANK_BETWEEN.subn("", text))
"""None between them."""


def neutral_you(text: str) -> tuple[str, int]:
    """妳, which Simplified text does not use, to 你."""
    return text.replace("妳", "你"), text.count("妳")
