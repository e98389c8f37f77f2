"""Render elements to text: a line a block, white space as browsers show it, Chinese lines joined without a space."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from crawler.html.class_names import names_of
from crawler.html.formulas import formula
from crawler.html.tree import TooComplex, is_hidden
from pipeline.text.characters import UNSPACED_ON_PAGES
from pipeline.text.superscripts import subscript, superscript

Skip = Callable[[LexborNode, str, dict[str, str | None]], bool]
"""Whether an element is left out, by node, tag and attributes."""

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
CELLS = frozenset(("td", "th"))
MAX_CELLS = 40
MAX_CELL_NODES = 12
"""A cell of data holds a few words, perhaps with links in them; one that holds more lays out the page."""
UNREAD = frozenset(
    [
        "applet",
        "audio",
        "button",
        "canvas",
        "datalist",
        "embed",
        "head",
        "iframe",
        "input",
        "map",
        "noframes",
        "noscript",
        "object",
        "option",
        "param",
        "rp",
        "rt",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "track",
        "video",
    ]
)
"""Elements that show no running text."""
_FORMULAS = frozenset(("div", "img", "math", "script", "span"))
_LINE_NUMBERS = frozenset(
    ("gutter", "lineno", "linenos", "line-numbers-rows", "hljs-ln-numbers", "blob-num", "copy-btn", "code-copy")
)
_CODE = frozenset(("blockcode", "codebox", "blob-code", "hljs-ln-code", "syntaxhighlighter"))
"""Classes of elements that hold code without <pre>, as forums, code hosts and highlighters write them."""
_PASSED = UNREAD - {"script"} | {"", "-comment", "-document", "!doctype"}
_ODD = frozenset(("img", "math", "script"))
"""What says something else than its text."""
_SCRIPTS = {"sup": superscript, "sub": subscript}
_EDGES_OF = BLOCKS | CELLS | {"a"} | _SCRIPTS.keys()
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_UNEVEN = re.compile(r"[\t\r\n\f\v]|  ")
_WRAPPED = re.compile(rf"(?<=[{UNSPACED_ON_PAGES}])[ \t]*[\r\n][ \t\r\n]*(?=[{UNSPACED_ON_PAGES}])")
"""A line break of the source inside a Chinese sentence: no space belongs there."""
MAX_LINES = 100_000
"""A text of more is a table of data in <pre>."""
CELL_EDGE = "\t"
"""Between two cells of a row in the text: a blank may stand in a cell, and 甲 乙 丙 may be one word set apart."""
_CELL_EDGE = "\x1f"
"""Between two cells of a line; a line break of the source beside it joins nothing."""
_EDGES = " \t\r\n\f\v\xa0\u3000\u200b\ufeff"


@dataclass(slots=True, eq=False)
class Element:
    """An element as the walk met it: to ask the parser again for a tag or an attribute takes longer."""

    node: LexborNode
    tag: str
    attributes: dict[str, str | None]
    parent: "Element | None"
    """None for that from which the walk began."""

    @property
    def names(self) -> str:
        return names_of(self.attributes)


@dataclass(slots=True)
class Block:
    """One line of text, with what tells running text from furniture."""

    text: str
    links: int
    """Characters inside links."""
    element: Element
    """The block that it stands in."""
    href: str
    """Where its first link leads to; empty without one."""
    is_code: bool = False
    """Whether its blanks are the author's own: a line of code or of other text set as it stands."""
    blank_lines: int = 0
    """Empty lines of code before it."""

    @property
    def lines(self) -> str:
        """Its text after its blank lines."""
        return "\n" * self.blank_lines + self.text


def text_of_lines(lines: Sequence[Block]) -> str:
    """The text of some lines of a page; code keeps its blank lines, but not those it would begin with."""
    return "\n".join(block.lines for block in lines).lstrip("\n")


def links_elsewhere(block: Block) -> bool:
    """Whether a line's first link leads to another page: `#` names a place on this one."""
    return not (block.href or "#").startswith("#")


def no_skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:  # noqa: ARG001
    return False


def text_of(node: LexborNode, skip: Skip = no_skip) -> str:
    """The text of an element, a line a block."""
    return text_of_lines(blocks(node, skip))


def blocks(root: LexborNode, skip: Skip = no_skip) -> list[Block]:
    """The lines below an element in document order, without hidden ones; walks without recursion."""
    inside = Element(root, root.tag or "", root.attributes, None)
    writer = _Writer(inside)
    gate = _Gate(skip, writer)
    node = root.first_child
    while True:
        while node is None:
            if inside.parent is None:
                writer.end()
                return writer.blocks
            if inside.tag in _EDGES_OF:
                writer.leave(inside)
            node, inside = inside.node.next, inside.parent
        if node.is_text_node:
            writer.write(node.text_content or "")
        elif (entered := gate.enter(node, inside)) is not None:
            inside = entered
            if inside.tag in _EDGES_OF:
                writer.enter(inside)
            node = node.first_child
            continue
        node = node.next


class _Gate:
    """Decides which elements the walk goes into."""

    def __init__(self, skip: Skip, writer: "_Writer") -> None:
        self.skip, self.writer = skip, writer
        self.usual = set[str | None]((None,))
        """Classes that tell of no formula and no numbers of lines; most elements bear one that was met before."""

    def enter(self, node: LexborNode, around: Element) -> Element | None:
        """The element as the walk meets it; None where it is left out."""
        tag = node.tag or ""
        if tag in _PASSED:
            return None
        attributes = node.attributes
        shown = "style" not in attributes and "hidden" not in attributes and tag not in _ODD and self.skip is no_skip
        if not (shown and attributes.get("class") in self.usual):
            if not self._opens(node, tag, attributes):
                return None
            if shown:
                self.usual.add(attributes.get("class"))
        return Element(node, tag, attributes, around)

    def _opens(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
        """False for what is hidden or skipped, and for formulas and images, which are written here."""
        if tag in _FORMULAS and (tex := formula(node, tag, attributes)) is not None:
            if not is_hidden(attributes) and not self.skip(node, tag, attributes):
                self.writer.write(tex)
            return False
        if tag == "img":
            self.writer.write(_emoji(attributes))
            return False
        if tag == "script" or self._is_left_out(node, tag, attributes):
            if tag in BLOCKS:
                self.writer.end()
            return False
        return True

    def _is_left_out(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
        return is_hidden(attributes) or _is_line_numbers(attributes) or self.skip(node, tag, attributes)


def _is_line_numbers(attributes: dict[str, str | None]) -> bool:
    """The column of numbers beside code, as Hexo, Pygments and Prism write it."""
    name = attributes.get("class")
    return bool(name) and not _LINE_NUMBERS.isdisjoint((name or "").split())


def _emoji(attributes: dict[str, str | None]) -> str:
    """WordPress and others show emoji as images: the character is in `alt`."""
    alt = attributes.get("alt") or ""
    return alt if "emoji" in (attributes.get("class") or "") and alt and not alt.isascii() else ""


class _Writer:
    """Collects pieces of a line and closes it at every edge of a block."""

    def __init__(self, root: Element) -> None:
        self.blocks: list[Block] = []
        self.holders = [root]
        self.pieces: list[str] = []
        self.links = self.in_pre = self.in_code = self.blank_lines = 0
        self.href = ""
        """Of the line's first link."""
        self.open = list[str]()
        """Where the links lead to that the text stands in; they go on over edges of blocks."""
        self.scripts = list[tuple[int, int]]()
        """Pieces and lines that there were before each superscript or subscript that is open."""
        self.rows: dict[int, bool] = {}
        """Row -> whether it is one line; asked at every edge of its cells."""

    def enter(self, element: Element) -> None:
        tag = element.tag
        if tag == "a":
            if "href" in element.attributes:  # old pages put whole texts into <a name>
                self.open.append(element.attributes["href"] or "")
                self.href = self.href or self.open[-1]
        elif tag in _SCRIPTS:
            self.scripts.append((len(self.pieces), len(self.blocks)))
        elif tag in CELLS and not _holds_code(element) and self.in_data_row(element):
            self.pieces.append(_CELL_EDGE)
            self.holders.append(element)
        else:
            self.edge(tag)
            self.holders.append(element)
            self.in_pre += tag == "pre"
            self.in_code += _holds_code(element)

    def leave(self, element: Element) -> None:
        tag = element.tag
        if tag == "a":
            if "href" in element.attributes:
                self.open.pop()
        elif tag in _SCRIPTS:
            pieces, lines = self.scripts.pop()
            if lines == len(self.blocks) and pieces < len(self.pieces):
                self.pieces[pieces:] = [_SCRIPTS[tag]("".join(self.pieces[pieces:]))]
        elif tag in CELLS and not _holds_code(element) and self.in_data_row(element):
            self.holders.pop()
        else:
            self.edge()
            self.holders.pop()
            self.in_pre -= tag == "pre"
            self.in_code -= _holds_code(element)

    def edge(self, tag: str = "") -> None:
        """The edge of a block; <br> after nothing is an empty line of code."""
        if self.pieces or self.href:
            self.end()
        elif tag == "br" and self.in_code:
            self.blank_lines += 1

    def in_data_row(self, cell: Element) -> bool:
        row = cell.node.parent
        if row is None:
            return False
        known = self.rows.get(row.mem_id)
        if known is None:
            known = self.rows[row.mem_id] = _is_data_row(row)
        return known

    def write(self, text: str) -> None:
        if self.in_pre:
            lines = text.replace("\r\n", "\n").split("\n")
            for line in lines[:-1]:
                self.pieces.append(line)
                self.end(keep_indent=True)
            text = lines[-1]
        elif self.in_code:
            text = "" if text.isspace() and "\n" in text else text.strip("\r\n")
        elif not self.pieces and not text.strip(_EDGES):
            return
        if not text:
            return
        self.pieces.append(text)
        if self.open:
            self.links += len(text.strip())

    def end(self, keep_indent: bool = False) -> None:
        if self.pieces:
            text = "".join(self.pieces)
            is_code = keep_indent or self.in_pre > 0 or self.in_code > 0
            if is_code:
                text = text.replace("\xa0", " ").rstrip(_EDGES)
            elif _CELL_EDGE in text:
                text = CELL_EDGE.join(map(_one_line, text.split(_CELL_EDGE))).strip(_EDGES)
            else:
                text = _one_line(text)
            if text.strip(_EDGES):
                self.add(text, is_code)
            elif is_code:
                self.blank_lines += 1
            self.pieces.clear()
        self.links = 0
        self.href = next(filter(None, self.open), "") if self.open else ""

    def add(self, text: str, is_code: bool) -> None:
        within_code = is_code and bool(self.blocks) and self.blocks[-1].is_code
        blank_lines = self.blank_lines if within_code else 0
        self.blank_lines = 0
        links = min(self.links, len(text))
        self.blocks.append(Block(text, links, self.holders[-1], self.href, is_code, blank_lines))
        if len(self.blocks) > MAX_LINES:
            raise TooComplex(f"more than {MAX_LINES} lines")


def _holds_code(element: Element) -> bool:
    """Whether blanks and lines of an element other than <pre> are those of code."""
    if "class" not in element.attributes:
        return False
    names = element.names.split()
    return not _CODE.isdisjoint(names) or (element.tag in CELLS and "code" in names)


def _one_line(text: str) -> str:
    text = text.strip(_EDGES)
    return _SPACE.sub(" ", _WRAPPED.sub("", text)) if _UNEVEN.search(text) else text


def _is_data_row(row: LexborNode) -> bool:
    """Whether the row is one line of a table, `甲\\t乙\\t丙`, and not a means of layout."""
    if row.tag != "tr":
        return False
    cells = 0
    cell = row.first_child
    while cell is not None:
        if cell.is_element_node:
            cells += 1
            if cells > MAX_CELLS or not _is_data_cell(cell):
                return False
        cell = cell.next
    return cells > 1


def _is_data_cell(cell: LexborNode) -> bool:
    nodes = 0
    child = cell.first_child
    while child is not None:
        nodes += 1
        if nodes > MAX_CELL_NODES or (child.is_element_node and (child.tag in BLOCKS or child.tag == "img")):
            return False
        child = child.next
    return True
