"""Parse a page's HTML to a tree in bounded time: pages that would take minutes are refused before they are parsed."""

import re
from typing import Protocol

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html.nesting import tamed

_BODY = re.compile(r"<body\b", re.IGNORECASE)
_DATA_URL = re.compile(r"""=\s*(["'])data:[^"'<>]{4096,}\1""", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_INVISIBLE = re.compile(r"visibility\s*:\s*hidden", re.IGNORECASE)
MAX_FIRST_NODES = 100
"""Below an element whose first words are asked for."""
MAX_PIECE = 4096
"""Characters taken of one text."""


class Bounds(Protocol):
    """What a page may have at most."""

    max_chars: int
    max_nodes: int
    """Tags."""
    max_depth: int
    """Elements open at once."""


class TooComplex(Exception):
    """The page has more characters or elements, or deeper ones, than its bounds."""


def parse(html: str, bounds: Bounds) -> LexborHTMLParser:
    """The HTML5 tree of a page; TooComplex where a bound is passed."""
    if len(html) > bounds.max_chars:
        raise TooComplex(f"{len(html)} characters")
    tags = html.count("<")
    if tags > bounds.max_nodes:
        raise TooComplex(f"{tags} tags")
    html = _without_noscript(_DATA_URL.sub('=""', html.replace("\0", "")))
    tame = tamed(html, bounds.max_depth)
    if tame is None:
        raise TooComplex("more elements open at once, or misnested, than can be parsed in time")
    return LexborHTMLParser(tame)


def _without_noscript(html: str) -> str:
    """Without what the head says to browsers that run no scripts: an element for the body ends the head there, and
    the page would begin with `抱歉，您的浏览器无法访问本站`."""
    body = _BODY.search(html)
    if body is None or "<noscript" not in html[: body.start()]:
        return html
    pieces, position = [], 0
    while (start := html.find("<noscript", position, body.start())) >= 0:
        end = html.find("</noscript>", start, body.start())
        if end < 0:
            break
        pieces.append(html[position:start])
        position = end + len("</noscript>")
    return "".join((*pieces, html[position:]))


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value, empty where it has none."""
    return node.attributes.get(name) or ""


def beginning(node: LexborNode, chars: int) -> str:
    """An element's text up to so many characters that are no space, or a piece more; of its first nodes only, since
    elements may stand in each other, each with the page's whole text."""
    pieces, stack = list[str](), [node]
    for _ in range(MAX_FIRST_NODES):
        if not stack or chars < 0:
            break
        inner = stack.pop()
        if inner.is_text_node:
            pieces.append((inner.text_content or "")[:MAX_PIECE])
            chars -= len("".join(pieces[-1].split()))
        stack += [
            after for after in (inner.next if inner is not node else None, inner.first_child) if after is not None
        ]
    return "".join(pieces)


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether the element is not shown: jammers, templates, closed layers.

    What is `visibility: hidden` and has an id is shown by a script as soon as it is laid out: WeChat's articles.
    """
    if not attributes:
        return False
    style = attributes.get("style")
    if "hidden" in attributes or (style and _HIDDEN.search(style)):
        return True
    return bool(style and "id" not in attributes and _INVISIBLE.search(style))
