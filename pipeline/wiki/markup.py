"""Wikitext without templates to lines of text: tags, tables, links, quotes, headings, lists, paragraphs.

The order of the steps is MediaWiki's (Parser::internalParse, BlockLevelPass). Variants, entities that could be taken
for markup, and literals come later, see article.py. Every step is linear in the length of the text.
"""

import re
from dataclasses import dataclass
from html.entities import html5

from pipeline.wiki.expansion import APART
from pipeline.wiki.functions import SILENT
from pipeline.wiki.links import ADDRESS, Links, apart, external_links
from pipeline.wiki.tables import html_tables, wiki_tables

BREAK = "\x03"
"""A line break that joins no paragraph: <br>, a row of a table."""
BLOCK = "\x04"
"""The edge of a block element: a paragraph ends here."""
CODE, CODE_END = "\x05", "\x06"
"""Around text that no variant's dictionary may touch: <code>."""
_PLAIN = "\x07"
"""Begins a line whose `*`, `#`, `:`, `;` or blank comes only after markup and marks nothing: `''# 1''`."""

_INLINE = frozenset([
    "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "onlyinclude", "noinclude", "includeonly",
])  # fmt: skip
_BLOCKS = frozenset([
    "blockquote", "caption", "center", "col", "colgroup", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "li", "ol", "p", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "section",
])  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*|/[^<>]*)?)>")
_RP = re.compile(r"<rp\b[^<>]*>[^<>]*(?:</rp\s*>|(?=<))", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_REFERENCE_LEFT = re.compile(r"</?ref(?:erences)?\b", re.IGNORECASE)
_WORD = re.compile(r"__([^\W_]+)__")
_QUOTES = re.compile(r"''+")
_HEADING = re.compile(r"^(={1,6})(.+?)\1[ \t]*$")
_LIST = re.compile(r"^[*#:;]+")
_PLAIN_LINE = re.compile(r"^(?=(?>(?:<[^<>\n]*+>|'+|\[\[(?:[^\[\]|\n]*+\|)?)+)[*#:; ])", re.MULTILINE)
_TERM = re.compile(r"^[*#:;]*+(?<=;)[^\n]*:[^\n]*", re.MULTILINE)
_TERM_TOKEN = re.compile(
    rf"-\{{|\}}-|\[\[?|\]\]?|<(?P<slash>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>|(?P<quotes>''+)|"
    rf"(?P<address>\b(?!//){ADDRESS})|://|(?P<colon>:)"
)
_RULE = re.compile(r"^-{4,}")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_WIDE = re.compile(
    "[\u2e80-\ud7a3\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff\u2018\u2019\u201c\u201d\u2026\u2014]"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a run of lines that belong together."""

    text: str
    level: int
    """Of a heading, 1 to 6; 0 for text."""


def to_blocks(text: str, links: Links, keep_tables: bool) -> list[Block]:
    """The page's headings and paragraphs in order; `-{…}-`, entities and literals still in them."""
    if ";" in text:
        text = _TERM.sub(_term, text)
    text = _PLAIN_LINE.sub(_PLAIN, text)
    if "<" in text:
        text = _hide(text)
        if "<table" in text.lower():
            text = html_tables(text, keep_tables)
        text = _tags(text)
    text = wiki_tables(text, keep_tables)
    if "__" in text:
        text = _WORD.sub(lambda match: "" if match.group(1).upper() in SILENT else match.group(), text)
    text = links.resolve(text)
    text = external_links(text)
    if "''" in text:
        text = _quotes(text)
    text = text.replace(APART, "")
    return _lines(text)


def _hide(text: str) -> str:
    """Elements that a style hides (`display:none`) go with all that is in them."""
    if "display" not in text:
        return text
    pieces, position, depth, name = [], 0, 0, ""
    for match in _TAG.finditer(text):
        slash, tag, attributes = match.group(1), match.group(2).lower(), match.group(3)
        if depth:
            if tag == name and not attributes.endswith("/"):
                depth += -1 if slash else 1
                if depth == 0:
                    position = match.end()
        elif not slash and _HIDDEN.search(attributes) and not attributes.endswith("/"):
            pieces.append(text[position : match.start()])
            position, depth, name = match.start(), 1, tag
    # One that is never closed hides nothing: too much would go with it.
    pieces.append(text[position:])
    return "".join(pieces)


def _tags(text: str) -> str:
    if "rp>" in text or "rp " in text:
        ruby = _RP.search(text)
        if ruby:
            text = _RP.sub("", text)
    text = _TAG.sub(_tag, text)
    return _REFERENCE_LEFT.sub("", text) if "<" in text else text


def _tag(match: re.Match[str]) -> str:
    """HTML that MediaWiki knows becomes what it does to text; anything else is text."""
    slash, name = match.group(1), match.group(2).lower()
    if name == "br":
        return BREAK
    if name == "code":
        return CODE_END if slash else CODE
    if name == "rt":
        return "）" if slash else "（"
    if name in _INLINE:
        return apart(match)
    if name in _BLOCKS:
        return BLOCK
    return "" if name in ("ref", "references") else match.group()


def _quotes(text: str) -> str:
    """'' and ''' are italics and bold: MediaWiki's doQuotes, which leaves apostrophes where a run does not match."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "''" in line:
            lines[number] = _line_quotes(line)
    return "\n".join(lines)


def _line_quotes(line: str) -> str:
    pieces = _QUOTES.split(line)
    runs = [match.end() - match.start() for match in _QUOTES.finditer(line)]
    bold = italics = 0
    for index, run in enumerate(runs):
        if run == 4:
            pieces[index] += "'"
            runs[index] = 3
        elif run > 5:
            pieces[index] += "'" * (run - 5)
            runs[index] = 5
        bold += runs[index] in (3, 5)
        italics += runs[index] in (2, 5)
    if bold % 2 and italics % 2:
        # One ''' is ' before '': after a word of one letter, else after a longer word, else after a space.
        candidates: list[int | None] = [None, None, None]
        for index, run in enumerate(runs):
            if run == 3:
                before = pieces[index]
                kind = 2 if before[-1:] == " " else 0 if before[-2:-1] == " " else 1
                if candidates[kind] is None:
                    candidates[kind] = index
        chosen = next((index for index in candidates if index is not None), None)
        if chosen is not None:
            pieces[chosen] += "'"
    return "".join(pieces)


def _lines(text: str) -> list[Block]:
    """Lines to blocks: lines of a paragraph are joined, list items and preformatted lines stand for themselves."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    pieces: list[str] = []
    """Of the line that is being joined."""

    def end_line() -> None:
        if pieces:
            paragraph.append("".join(pieces))
            pieces.clear()

    def end_paragraph() -> None:
        end_line()
        if paragraph:
            blocks.append(Block("\n".join(paragraph), 0))
            paragraph.clear()

    for source in text.split("\n"):
        line = source.removeprefix(_PLAIN)
        if not line or line.isspace():
            end_paragraph()
            continue
        first = line[0] if line is source or line[0] == "=" else ""
        if first == "=":
            heading = _HEADING.match(line)
            if heading:
                end_paragraph()
                blocks.append(Block(heading.group(2).strip(), len(heading.group(1))))
                continue
        if first == "-" and _RULE.match(line):
            end_paragraph()
            line = line.lstrip("-")
            if not line.strip():
                continue
        if first and first in "*#:;":
            end_line()
            paragraph += _item(line)
        elif first == " ":
            end_line()
            paragraph.append(line.strip())
        else:
            line = line.strip()
            if pieces and needs_blank(pieces[-1], line):
                pieces.append(" ")
            pieces.append(line)
    end_paragraph()
    return blocks


def _item(line: str) -> list[str]:
    match = _LIST.match(line)
    assert match is not None
    content = line[match.end() :]
    parts = content.split(BREAK) if match.group().endswith(";") else [content]
    return [part for part in map(str.strip, parts) if part]


def _term(match: re.Match[str]) -> str:
    """`;term:definition` with a break for its colon: the first outside of links, tags, quotes, addresses, `-{…}-`."""
    line, depth, quotes = match.group(), 0, 0
    for token in _TERM_TOKEN.finditer(line, len(line) - len(line.lstrip("*#:;"))):
        mark = token.group()
        name = (token["tag"] or "").lower()
        if mark in ("-{", "[", "[["):
            depth += len(mark) if mark[0] == "[" else 1
        elif mark in ("}-", "]", "]]"):
            depth = max(0, depth - (len(mark) if mark[0] == "]" else 1))
        elif (name in _INLINE or name in _BLOCKS) and not mark.endswith("/>") and name not in ("wbr", "hr", "col"):
            depth = max(0, depth - 1) if token["slash"] else depth + 1
        elif token["quotes"]:
            quotes ^= {2: 1, 3: 2, 4: 2}.get(len(mark), 3)  # italics, bold
        elif (token["colon"] or (token["address"] and mark.endswith(":"))) and depth == quotes == 0:
            return f"{line[: token.end() - 1]}{BREAK}{line[token.end() :]}"
    return line


def needs_blank(before: str, after: str) -> bool:
    """Whether two lines of one paragraph are joined by a blank: not next to Chinese, which has no use for it."""
    edges = before[-1:] + after[:1]
    return len(edges) == 2 and BLOCK not in edges and not _WIDE.search(edges)


def entities(text: str) -> str:
    """HTML's character references; blanks that do not break become blanks, marks of direction go."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return text


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name[0] == "#":
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        # What XML 1.0 does not allow is no character: controls, surrogates, noncharacters.
        allowed = code in (9, 10) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
        return chr(code) if allowed and not 0x7F <= code < 0xA0 else ""
    return html5.get(name + ";", match.group())
