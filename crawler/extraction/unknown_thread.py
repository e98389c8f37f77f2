"""Find the posts of a forum whose engine is unknown: siblings of one shape with writers, times or floors, and words.

The page's lines are weighed once and summed up the tree, so time grows with the page and not with its depth. An
article with comments is no thread: running text stands before the first block. Nor are boards, blogs and lists of
search results: their blocks link to the texts, or have one writer.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.ancestors import with_ancestors
from crawler.extraction.furniture import is_comments_name
from crawler.extraction.main_content import goodness
from crawler.extraction.page_contents import Post
from crawler.extraction.post_metadata import floor_of, is_head, stamp_of, words_of, writer_of
from crawler.extraction.post_text import post_text, quote_of_another
from crawler.html.class_names import names_of, naming
from crawler.html.render import Block, Element

_SKIPPED = naming(
    r"quote\w*|sign|signature|sig|qianming|edited|edit-?(info|time|notice)|avatar|user-?info|tool-?bar"
    r"|actions?|buttons?|operations?|attach\w*"
)
_RULE = re.compile(r"^[-_=—＿]{6,}$")
_DESCENDED = frozenset(("article", "center", "dd", "div", "li", "main", "section", "table", "tbody", "td", "tr"))
MIN_WRITERS = 2
"""A blog's month has one."""
MIN_CHARS = 30
"""Of running text in all posts."""
ARTICLE_CHARS = 60
"""So much running text before the first block is an article, and the blocks its comments."""
COMMENTED_CHARS = 20
"""The same where the blocks are called comments."""
OUTSIDE_SHARE = 0.5
"""Of the posts' running text, all that stands around them: more, and the page is about something else."""
TITLE_CHARS = 8
"""A link of so many characters that names no writer is another text's title."""
TEXT_SHARE = 0.7
"""An element with so much of the blocks' running text, in every one of them, holds what their writers say."""
BARE_TEXT_SHARE = 0.95
"""The same for a <div> without a class."""
COMMENTS_ABOVE = 3
"""So many elements, the block's own among them, may be called comments."""
Way = tuple[str, str, int]
"""Tag and class of a child element, and its place among those alike."""
Mark = TypeVar("Mark", bound=tuple[object, ...])
NEAR = 8
"""A link's block stands so few elements above it."""


@dataclass(slots=True, eq=False)
class Holder:
    """What lies below one element: characters of running text, and the first mark of each sort."""

    element: Element
    parent: "Holder | None"
    first: int = sys.maxsize
    """Its first line."""
    good: float = 0.0
    writer: tuple[int, str] | None = None
    """Its place among the page's links, and the name."""
    stamp: tuple[bool, int, str] | None = None
    """Whether it lacks a time of day, its line, and the date."""
    floor: tuple[int, int] | None = None
    """Its line, and the number."""
    titled: bool = False
    """It links to another text by a title."""

    @property
    def name(self) -> str:
        return self.writer[1] if self.writer else ""

    @property
    def shape(self) -> tuple[str, str]:
        return self.element.tag, self.element.attributes.get("class") or ""


def posts_of(tree: LexborHTMLParser, lines: Sequence[Block], fetched: str | None) -> tuple[Post, ...]:
    """The posts in their order; none where the page is no thread. `lines` are all of the page's; `fetched` is what
    昨天 is counted from.
    """
    links = tree.css("body a, body span[class], body cite[class]")
    writers = {link.mem_id: name for link in links if (name := writer_of(link))}
    if len(set(writers.values())) < MIN_WRITERS:
        return ()
    weights = [goodness(line) for line in lines]
    holders = _collect(lines, weights, fetched)
    _mark(links, writers, holders)
    for holder in reversed(holders.values()):
        _add(holder.parent, holder)
    thread = max(_groups(holders.values()), key=_good, default=[])
    return _posts(thread, holders, fetched) if thread and _is_thread(thread, weights) else ()


def _posts(thread: list[Holder], holders: dict[int, Holder], fetched: str | None) -> tuple[Post, ...]:
    contents = _contents(thread, holders)
    texts = _without_signatures([_said(holder, node, fetched) for holder, node in zip(thread, contents, strict=True)])
    floors = _floors(thread)
    stamps = [holder.stamp[2] if holder.stamp else None for holder in thread]
    rows = zip(thread, floors, stamps, texts, strict=True)
    return tuple(
        Post(str(place), floor, stamp, text, holder.name or None)
        for place, (holder, floor, stamp, text) in enumerate(rows, start=1)
    )


def _floors(thread: list[Holder]) -> list[int | None]:
    """The numbers that the posts show, if they rise."""
    floors = [holder.floor[1] if holder.floor else 0 for holder in thread]
    if floors[0] > 0 and all(a < b for a, b in pairwise(floors)):
        return [*floors]
    return [None] * len(floors)


def _collect(lines: Sequence[Block], weights: list[float], fetched: str | None) -> dict[int, Holder]:
    """Every element above a line by its mem_id, outer ones before inner ones, with what its own lines say."""
    own, holders = with_ancestors(lines, Holder)
    for number, (line, weight, holder) in enumerate(zip(lines, weights, own, strict=True)):
        holder.first = min(holder.first, number)
        holder.good += weight
        stamp, floor = stamp_of(line.text, fetched), floor_of(line.text)
        holder.stamp = _first(holder.stamp, ("T" not in stamp, number, stamp) if stamp else None)
        holder.floor = _first(holder.floor, (number, floor) if floor else None)
    return {holder.element.node.mem_id: holder for holder in holders}


def _mark(links: list[LexborNode], writers: dict[int, str], holders: dict[int, Holder]) -> None:
    """Tells the elements around links whose names and titles these show."""
    for place, link in enumerate(links):
        holder = _holder_of(link, holders)
        if holder is None:
            continue
        if link.mem_id in writers:
            holder.writer = _first(holder.writer, (place, writers[link.mem_id]))
        elif not holder.titled:
            holder.titled = _is_title(link)


def _holder_of(link: LexborNode, holders: dict[int, Holder]) -> Holder | None:
    node: LexborNode | None = link
    for _ in range(NEAR):
        if node is None or node.mem_id in holders:
            break
        node = node.parent
    return holders.get(node.mem_id) if node is not None else None


def _is_title(link: LexborNode) -> bool:
    """Whether a link that names no writer leads to another text by its title."""
    if (link.attributes.get("href") or "#").startswith("#"):
        return False
    text = words_of(link)
    return len(text) >= TITLE_CHARS and not text.isascii() and stamp_of(text, None) is None


def _add(outer: Holder | None, inner: Holder) -> None:
    if outer is not None:
        outer.first = min(outer.first, inner.first)
        outer.good += inner.good
        outer.writer = _first(outer.writer, inner.writer)
        outer.stamp = _first(outer.stamp, inner.stamp)
        outer.floor = _first(outer.floor, inner.floor)
        outer.titled = outer.titled or inner.titled


def _first(one: Mark | None, other: Mark | None) -> Mark | None:
    return other if one is None or (other is not None and other < one) else one


def _good(group: list[Holder]) -> float:
    return sum(holder.good for holder in group)


def _groups(holders: Iterable[Holder]) -> list[list[Holder]]:
    """Siblings of one shape that bear a post's marks; a few may be a guest's, without a link to a profile."""
    groups: dict[tuple[Holder, str, str], list[Holder]] = defaultdict(list)
    for holder in holders:
        if holder.parent is not None and (holder.stamp or holder.floor):
            groups[holder.parent, *holder.shape].append(holder)
    return [group for group in groups.values() if _have_writers(group)]


def _have_writers(group: list[Holder]) -> bool:
    names = [holder.name for holder in group if holder.name]
    return len(set(names)) >= MIN_WRITERS and 2 * len(names) >= len(group)


def _is_thread(group: list[Holder], weights: list[float]) -> bool:
    """Whether the page is about these posts: little stands before and around them, and most say something of their
    own and link to no other text."""
    inside, before = _good(group), sum(weights[: group[0].first])
    return (
        inside >= MIN_CHARS
        and before < (COMMENTED_CHARS if _are_comments(group[0]) else ARTICLE_CHARS)
        and sum(weights) - inside <= OUTSIDE_SHARE * inside
        and 2 * sum(holder.titled for holder in group) < len(group)
        and 2 * sum(holder.good > 0 for holder in group) >= len(group)
    )


def _are_comments(first: Holder) -> bool:
    """Whether the block, or one of the two elements around it, is called comments."""
    holder: Holder | None = first
    for _ in range(COMMENTS_ABOVE):
        if holder is None:
            return False
        if is_comments_name(holder.element):
            return True
        holder = holder.parent
    return False


def _contents(group: list[Holder], holders: dict[int, Holder]) -> list[LexborNode]:
    """The element of each post that holds its text: the same way down from each, as long as one way holds it."""
    nodes = [holder.element.node for holder in group]
    while True:
        children = [_children(node) for node in nodes]
        total = sum(_weight(node, holders) for node in nodes)
        best, weight = _heaviest(children, holders)
        if best is None or weight < _share_of_text(best) * total:
            return nodes
        nodes = [each[best] for each in children]


def _heaviest(children: list[dict[Way, LexborNode]], holders: dict[int, Holder]) -> tuple[Way | None, float]:
    """The way that leads down from every post to most running text, and how much that is."""
    shared = [way for way in children[0] if way[0] in _DESCENDED and all(way in each for each in children)]
    weights = {way: sum(_weight(each[way], holders) for each in children) for way in shared}
    best = max(shared, key=weights.__getitem__, default=None)
    return best, weights[best] if best is not None else 0.0


def _share_of_text(way: Way) -> float:
    """Of the blocks' running text: an element without a class may hold the post's head as well."""
    tag, name, _ = way
    return TEXT_SHARE if tag != "div" or name else BARE_TEXT_SHARE


def _weight(node: LexborNode, holders: dict[int, Holder]) -> float:
    holder = holders.get(node.mem_id)
    return holder.good if holder is not None else 0.0


def _children(node: LexborNode) -> dict[Way, LexborNode]:
    """Child elements by tag, class and place among those alike."""
    found: dict[Way, LexborNode] = {}
    seen: dict[tuple[str, str], int] = defaultdict(int)
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            key = (child.tag or "", child.attributes.get("class") or "")
            found[*key, seen[key]] = child
            seen[key] += 1
        child = child.next
    return found


def _said(holder: Holder, content: LexborNode, fetched: str | None) -> list[str]:
    """The lines of a post without its head, buttons, edit notices and quotes."""
    lines = post_text(content, _skip).split("\n")
    return [line for line in lines if line != holder.name and not is_head(line, fetched)]


def _skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    named = bool(attributes) and _SKIPPED.search(names_of(attributes)) is not None
    return named or quote_of_another(node, tag, attributes)


def _without_signatures(posts: list[list[str]]) -> list[str]:
    """Where most posts have a ruled line, signatures follow the last one."""
    rules = [max((at for at, line in enumerate(post) if _RULE.match(line)), default=-1) for post in posts]
    if 2 * sum(rule >= 0 for rule in rules) > len(posts):
        posts = [post[:rule] if rule >= 0 else post for post, rule in zip(posts, rules, strict=True)]
    return ["\n".join(post).strip("\n").rstrip() for post in posts]
