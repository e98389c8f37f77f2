"""A page's HTML to a tree, in bounded time: pages that would take minutes are refused before they are parsed."""

import re
from typing import Protocol

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LONG_TAG = re.compile(r"<(\w[\w:-]*)[^<>]{4096,}>")
"""A tag as long as this holds data: URLs or hostile attributes; lexbor takes 17 s for 100,000 attributes."""
_DATA_URL = re.compile(r"""=\s*(["'])data:[^"'<>]*\1""", re.IGNORECASE)
_MANY_ATTRIBUTES = 200
_NESTING = re.compile(
    r"<(/?)(a|abbr|b|big|blockquote|center|cite|code|dir|div|em|fieldset|font|form|i|ins|del|main|article|section|menu|nobr"
    r"|object|ol|q|s|small|span|strike|strong|sub|sup|table|td|tr|tt|u|ul)\b",
    re.IGNORECASE,
)
"""Elements that stay open until they are closed."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)


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
    html = _LONG_TAG.sub(_shortened, html.replace("\0", ""))
    if tags > bounds.max_depth:
        depth = _depth(html)
        if depth > bounds.max_depth:
            raise TooComplex(f"{depth} elements open at once")
    return LexborHTMLParser(html)


def _shortened(found: re.Match[str]) -> str:
    tag = _DATA_URL.sub('=""', found.group())
    return tag if tag.count("=") <= _MANY_ATTRIBUTES and tag.count(" ") <= 4096 else f"<{found.group(1)}>"


def _depth(html: str) -> int:
    """The most elements that are open at once: lexbor's time grows with their square."""
    depth = most = 0
    for found in _NESTING.finditer(html):
        depth = max(0, depth - 1) if found.group(1) else depth + 1
        most = max(most, depth)
    return most


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value, empty where it has none."""
    return node.attributes.get(name) or ""


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether the element is not shown: jammers, templates, closed layers."""
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and _HIDDEN.search(style))
