"""Lines of text to blocks: headings, lists, preformatted lines, paragraphs, as in MediaWiki's BlockLevelPass."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.text.characters import UNSPACED_IN_WIKITEXT
from pipeline.wiki.control_marks import BLOCK, BREAK, PLAIN_LINE, escape_blanks
from pipeline.wiki.wikitext.html import ELEMENTS
from pipeline.wiki.wikitext.links import ADDRESS

_HEADING = re.compile(r"^(={1,6})(.+?)\1[ \t]*$")
_LIST = re.compile(r"^[*#:;]+")
_TERM = re.compile(r"^[*#:;]*+(?<=;)[^\n]*:[^\n]*", re.MULTILINE)
_TERM_TOKEN = re.compile(
    rf"-\{{|\}}-|\[\[?|\]\]?|<(?P<slash>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>|(?P<quotes>''+)|"
    rf"(?P<address>\b(?!//){ADDRESS})|://|(?P<colon>:)"
)
_RULE = re.compile(r"^-{4,}")
_UNSPACED = re.compile(f"[{UNSPACED_IN_WIKITEXT}]")
_VOID = ("wbr", "hr", "col")
"""Elements without an end."""
_ITALICS_AND_BOLD = {2: 1, 3: 2, 4: 2}
"""Apostrophes in a run -> what it switches: 1 italics, 2 bold; longer runs switch both."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a run of lines that belong together."""

    text: str
    level: int
    """Of a heading, 1 to 6; 0 for text."""


def to_blocks(text: str) -> list[Block]:
    """Lines of a paragraph are joined, list items and preformatted lines stand for themselves."""
    builder = _BlockBuilder()
    for source in text.split("\n"):
        line = source.removeprefix(PLAIN_LINE)
        if not line or line.isspace():
            builder.end_paragraph()
            continue
        first = line[0]  # behind PLAIN_LINE only a heading counts
        if first in _BY_FIRST_CHARACTER and (first == "=" or line is source):
            _BY_FIRST_CHARACTER[first](builder, line)
        else:
            builder.text(line)
    builder.end_paragraph()
    return builder.blocks


class _BlockBuilder:
    """The blocks that are whole, and the paragraph and the line that are not."""

    __slots__ = ("blocks", "paragraph", "pieces")

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.paragraph: list[str] = []
        self.pieces: list[str] = []
        """Of the line that is being joined."""

    def end_line(self) -> None:
        if self.pieces:
            self.paragraph.append("".join(self.pieces))
            self.pieces.clear()

    def end_paragraph(self) -> None:
        self.end_line()
        if self.paragraph:
            self.blocks.append(Block("\n".join(self.paragraph), 0))
            self.paragraph.clear()

    def heading(self, line: str) -> None:
        match = _HEADING.match(line)
        if match is None:
            self.text(line)
            return
        self.end_paragraph()
        self.blocks.append(Block(match.group(2).strip(), len(match.group(1))))

    def rule(self, line: str) -> None:
        """`----` ends a paragraph; what follows it on its line begins the next."""
        if _RULE.match(line):
            self.end_paragraph()
            line = line.lstrip("-")
        if line.strip():
            self.text(line)

    def item(self, line: str) -> None:
        self.end_line()
        self.paragraph += _item_lines(line)

    def preformatted(self, line: str) -> None:
        """One blank marks the line; those that follow it are indentation."""
        self.end_line()
        line = line[1:].rstrip()
        text = line.lstrip(" ")
        self.paragraph.append(escape_blanks(line[: len(line) - len(text)]) + text)

    def text(self, line: str) -> None:
        line = line.strip()
        if self.pieces and needs_blank(self.pieces[-1], line):
            self.pieces.append(" ")
        self.pieces.append(line)


_BY_FIRST_CHARACTER: dict[str, Callable[[_BlockBuilder, str], None]] = {
    "=": _BlockBuilder.heading,
    "-": _BlockBuilder.rule,
    **dict.fromkeys("*#:;", _BlockBuilder.item),
    " ": _BlockBuilder.preformatted,
}


def _item_lines(line: str) -> list[str]:
    match = _LIST.match(line)
    assert match is not None
    content = line[match.end() :]
    parts = content.split(BREAK) if match.group().endswith(";") else [content]
    return [part for part in map(str.strip, parts) if part]


def needs_blank(before: str, after: str) -> bool:
    """Whether two lines of one paragraph are joined by a blank: not next to Chinese, which has no use for it."""
    edges = before[-1:] + after[:1]
    return len(edges) == 2 and BLOCK not in edges and not _UNSPACED.search(edges)


def split_terms(text: str) -> str:
    """`;term:definition` with a break for its colon: the first outside of links, tags, quotes, addresses, `-{…}-`."""
    return _TERM.sub(_split_term, text)


def _split_term(match: re.Match[str]) -> str:
    line, depth, quotes = match.group(), 0, 0
    for token in _TERM_TOKEN.finditer(line, len(line) - len(line.lstrip("*#:;"))):
        depth = max(0, depth + _nesting(token))
        if token["quotes"]:
            quotes ^= _ITALICS_AND_BOLD.get(len(token["quotes"]), 3)
        elif depth == quotes == 0 and _is_colon(token):
            return f"{line[: token.end() - 1]}{BREAK}{line[token.end() :]}"
    return line


def _nesting(token: re.Match[str]) -> int:
    """How many brackets or elements the token opens, or, below 0, closes."""
    mark = token.group()
    if mark[0] in "[]":
        return len(mark) if mark[0] == "[" else -len(mark)
    if mark in ("-{", "}-"):
        return 1 if mark == "-{" else -1
    name = (token["tag"] or "").lower()
    if name not in ELEMENTS or name in _VOID or mark.endswith("/>"):
        return 0
    return -1 if token["slash"] else 1


def _is_colon(token: re.Match[str]) -> bool:
    return bool(token["colon"] or (token["address"] and token["address"].endswith(":")))
