"""Read the links and directives of a page.

By an HTML5 parser: lxml's loses what stands after </html>, as it does on real pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html.tree import TooComplex, parse

MAX_LINKS = 5_000
"""Links of one page that are looked at; a real site map page has some thousands."""
VISIBLE_CHARS = 4_000


@dataclass
class _Bounds:
    max_chars: int
    max_nodes: int
    max_depth: int


BOUNDS = _Bounds(max_chars=16_000_000, max_nodes=200_000, max_depth=400)
"""Lexbor's time grows with the square of the nesting: 200,000 open elements took 99 s."""
_REFRESH = re.compile(r"^\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s][^\"']*?)[\"']?\s*$", re.I)
_HREF = re.compile(r"""<a\s[^<>]{0,2000}?\bhref\s*=\s*(["']?)([^"'<>\s]{1,2000})\1""", re.I)
_FEED = re.compile(r"application/(?:rss|atom)\+xml", re.I)
_TOKENS = re.compile(r"[\s,]+")


@dataclass(slots=True)
class Html:
    title: str = ""
    base: str | None = None
    canonical: str | None = None
    robots: set[str] = field(default_factory=set)
    """Directives of meta robots: noindex, nofollow."""
    refresh: str | None = None
    """Where a meta refresh leads."""
    generator: str = ""
    links: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    """Those of the links with rel=next or rel=prev."""
    unread: int = 0
    """Links beyond MAX_LINKS."""
    nofollow: int = 0
    """Links with rel=nofollow, which are not followed."""
    visible: str = ""
    """The first characters that a reader sees, spaces joined."""
    plain: str = ""
    """The same without the text of links."""
    ids: frozenset[str] = frozenset()
    """Names of those marks (see `read`) that match an element of the page."""


def read(text: str, agent: str, marks: dict[str, str]) -> Html:
    """Links and directives of a page; of one that would take minutes to parse only its links. `agent` is the
    crawler's name in meta elements for it alone; `marks` are CSS selectors to try, by name."""
    page = Html()
    try:
        tree = parse(text, BOUNDS)
    except TooComplex:
        page.links = [unescape(found[2]) for found in islice(_HREF.finditer(text), MAX_LINKS)]
        return page
    if tree.head is not None:
        _read_head(tree, page, agent)
    nodes = tree.css("a[href], area[href], frame[src], iframe[src], link[href]")
    for number, node in enumerate(nodes, start=1):
        _read_link(node, page)
        if len(page.links) >= MAX_LINKS:
            page.unread = len(nodes) - number
            break
    page.ids = frozenset(name for name, selector in marks.items() if tree.css_first(selector) is not None)
    body = tree.body
    if body is not None:
        page.visible = visible(body, VISIBLE_CHARS)
        page.plain = visible(body, VISIBLE_CHARS, _UNSEEN | {"a"})
    return page


def _read_head(tree: LexborHTMLParser, page: Html, agent: str) -> None:
    title = tree.css_first("title")
    page.title = " ".join(title.text().split())[:300] if title is not None else ""
    base = tree.css_first("base[href]")
    page.base = base.attributes.get("href") if base is not None else None
    for meta in tree.css("meta"):
        _read_meta(meta, page, agent)


def _read_meta(meta: LexborNode, page: Html, agent: str) -> None:
    attributes = meta.attributes
    content = attributes.get("content") or ""
    name = (attributes.get("name") or "").lower()
    if name in ("robots", agent):
        page.robots |= directives(content)
    elif name == "generator":
        page.generator = content[:200]
    elif page.refresh is None and _refreshes(meta, attributes):
        match = _REFRESH.match(content)
        page.refresh = match[1] if match else None


def _refreshes(meta: LexborNode, attributes: dict[str, str | None]) -> bool:
    """One in <noscript> is for readers without scripts; the page itself is whole."""
    if (attributes.get("http-equiv") or "").lower() != "refresh":
        return False
    return meta.parent is None or meta.parent.tag != "noscript"


def _read_link(node: LexborNode, page: Html) -> None:
    attributes = node.attributes
    href = attributes.get("href") or attributes.get("src")
    if not href:
        return
    rel = (attributes.get("rel") or "").lower().split()
    if node.tag == "link":
        _read_head_link(href, rel, attributes.get("type") or "", page)
    elif "nofollow" in rel:
        page.nofollow += 1
    else:
        page.links.append(href)
        if _is_in_series(rel):
            page.series.append(href)


def _read_head_link(href: str, rel: list[str], kind: str, page: Html) -> None:
    """Of <link> elements only those to a feed and to the next and previous page are followed."""
    if "canonical" in rel and page.canonical is None:
        page.canonical = href
    elif "alternate" in rel and _FEED.match(kind):
        page.feeds.append(href)
    elif _is_in_series(rel):
        page.links.append(href)
        page.series.append(href)


def _is_in_series(rel: list[str]) -> bool:
    return "next" in rel or "prev" in rel


def directives(content: str) -> set[str]:
    """noindex and nofollow of a meta element or an X-Robots-Tag; `none` means both."""
    words = set(_TOKENS.split(content.lower().strip()))
    return (words & {"noindex", "nofollow"}) | ({"noindex", "nofollow"} if "none" in words else set())


_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
"""Directives that have a colon of their own."""


def header_directives(values: list[str], agent: str) -> set[str]:
    """Those of X-Robots-Tag headers that are for everyone or for us: `googlebot: noindex` is for neither."""
    found: set[str] = set()
    for value in values:
        name, colon, rest = value.partition(":")
        if not colon or "," in name or name.strip().lower() in _VALUED:
            found |= directives(value)
        elif name.strip().lower() == agent:
            found |= directives(rest)
    return found


_UNSEEN = frozenset({"script", "style", "noscript", "template", "textarea", "select", "svg", "iframe"})


def visible(root: LexborNode, limit: int, unseen: frozenset[str] = _UNSEEN) -> str:
    """Text outside scripts, styles and the like, at most `limit` characters."""
    pieces: list[str] = []
    length = 0
    for text in _texts(root, unseen):
        piece = " ".join(text.split())
        if piece:
            pieces.append(piece)
            length += len(piece) + 1
            if length > limit:
                break
    return " ".join(pieces)[:limit]


def _texts(root: LexborNode, unseen: frozenset[str]) -> Iterator[str]:
    node: LexborNode | None = root.child
    while node is not None:
        if node.is_text_node:
            yield node.text_content or ""
        elif node.child is not None and node.tag not in unseen:
            node = node.child
            continue
        node = _after(node, root)


def _after(node: LexborNode, root: LexborNode) -> LexborNode | None:
    """What follows a node with all that is in it, below `root`."""
    above: LexborNode | None = node
    while above is not None and above.next is None:
        above = above.parent
        if above is None or above.mem_id == root.mem_id:
            return None
    return above.next if above is not None else None
