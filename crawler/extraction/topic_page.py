"""Read a page whose address calls it a topic or a question: the text that opens it and what others say below.

The general rule for threads (unknown_thread) asks for posts of one shape, the first among them. Newer forums and
question pages show the opening text in another shape than the replies, as a blog shows its article and the comments.
Which of the two it is, only the address tells: `/topic/12`, `/question/7`, `bbs.…`.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.ancestors import with_ancestors
from crawler.extraction.furniture import is_furniture_line
from crawler.extraction.main_content import main_blocks
from crawler.extraction.page_contents import Post
from crawler.extraction.post_metadata import NAME_CHARS, floor_of, is_head, stamp_of
from crawler.extraction.post_text import masked, post_text, quote_of_another
from crawler.html.class_names import naming
from crawler.html.render import Block, Element, blocks

_TOPIC = re.compile(
    r"/(topics?|threads?|questions?|discussions?|discuss|ask|faq|bbs|forum|tieba|luntan)/(?!\d{4}[/-]\d)"
    r"(detail/|show/|view/)?[^/]*\d"
    r"|/[tq]/\d+([/.]|$)",
    re.IGNORECASE,
)
_FORUM_HOST = re.compile(r"(^|\.)(\w*bbs\w*|forums?|luntan|ask|tieba|discuss|wenda)\d*\.", re.IGNORECASE)
_REPLY = naming(r"comments?|repl(y|ies)|answers?|floors?|respond|posts?|huifu|pinglun")
_MARKS = naming(
    r"user-?(name|title|card|link|avatar)?|nick\w*|author\w*|avatar\w*|meta\w*|time|date|actions?"
    r"|tool-?bar|btns?|buttons?|operat\w*|likes?\w*|support\w*|floor\w*|base-?info|signature|sign|sig"
    r"|level|badge|tags?|vote\w*"
    r"|quote\w*|edited|edit-?\w*|attach\w*"
)
_WORDS = naming(r"(\w+-)?(content|detail|text|message|body|markdown\w*|rich-?text\w*)")
_INNER = "p, pre, blockquote, [class*=content], [class*=detail], [class*=text], [class*=markdown]"
_GONE = re.compile(r"^该?(评论|回复|帖子|回答|内容)(已|被)(被)?(删除|屏蔽|折叠)")
HEAD_LINES = 6
"""A reply's time is looked for in so many."""
NAMED_ABOVE = 3
"""So many elements, the reply's own among them, may bear the name."""
_ANSWERED = re.compile(r"^\S{1,20}\s*(回复|回覆)\s*@?\S{1,20}\s*[:：]\s*")
"""石头 回复 小美："""
ARTICLE_CHARS, ARTICLE_SHARE = 1000, 3
"""An opening text of more characters that is so many times as long as all replies is an article with comments."""
MIN_CHARS = 4
"""Of words in all replies."""
MOST_SHARE = 0.6
"""Of the words in the best neighbours: with so many, the neighbours who are most in number are the replies."""


def is_topic(url: str) -> bool:
    """Whether the address says that the page is a topic with replies, or a question with answers."""
    parts = urlsplit(url)
    deep = any(char.isdigit() for char in parts.path + parts.query)
    return deep and (_TOPIC.search(parts.path) is not None or _FORUM_HOST.search(parts.hostname or "") is not None)


@dataclass(slots=True, eq=False)
class Holder:
    """What lies below one element."""

    element: Element
    parent: "Holder | None"
    chars: int = 0
    """Of words that are neither links nor buttons nor times."""
    marked: bool = False
    """A line in it says when something was written, or on which floor."""


def posts_of(lines: Sequence[Block], fetched: str | None, opening: str) -> tuple[Post, ...]:
    """The opening text and the replies, in order, of all lines of a page; none where the page has no replies, or
    where what they are said to is an article.
    """
    group = _replies(lines, fetched)
    if not group:
        return ()
    above = main_blocks(lines, opening, frozenset(group))
    first = "\n".join(masked(line.text) for line in above)
    posts = [Post("1", None, None, first)] if first else []
    for element in group:
        shown = blocks(element.node)
        stamp = next((date for line in shown[:HEAD_LINES] if (date := stamp_of(line.text, fetched))), None)
        posts.append(Post(str(len(posts) + 1), None, stamp, _said(element.node, shown, fetched)))
    replied = sum(len(post.text) for post in posts[1:])
    return () if len(first) > max(ARTICLE_CHARS, ARTICLE_SHARE * replied) else tuple(posts)


def _replies(lines: Sequence[Block], fetched: str | None) -> list[Element]:
    """The neighbours of one shape, each with a time or a floor, that hold most words."""
    groups = [group for group in _neighbours(_collect(lines, fetched)) if _are_replies(group[0].element)]
    said = [sum(holder.chars for holder in group) for group in groups]
    most = max(said, default=0)
    if most < MIN_CHARS:
        return []
    near = [group for group, own in zip(groups, said, strict=True) if own >= MOST_SHARE * most]
    return [holder.element for holder in max(near, key=len)]


def _neighbours(holders: list[Holder]) -> list[list[Holder]]:
    """Marked elements of one shape below one element."""
    groups: dict[tuple[Holder, str, str], list[Holder]] = defaultdict(list)
    for holder in holders:
        if holder.marked and holder.parent is not None:
            element = holder.element
            groups[holder.parent, element.tag, element.attributes.get("class") or ""].append(holder)
    return list(groups.values())


def _collect(lines: Sequence[Block], fetched: str | None) -> list[Holder]:
    """Every element above a line, outer ones before inner ones, with what lies below it."""
    own, holders = with_ancestors(lines, Holder)
    for line, holder in zip(lines, own, strict=True):
        marked = stamp_of(line.text, fetched) is not None or floor_of(line.text) is not None
        holder.marked = holder.marked or marked
        holder.chars += 0 if marked or is_furniture_line(line.text) else len(line.text) - line.links
    for holder in reversed(holders):
        if holder.parent is not None:
            holder.parent.chars += holder.chars
            holder.parent.marked = holder.parent.marked or holder.marked
    return holders


def _are_replies(first: Element) -> bool:
    """Whether the elements' name, or that of what holds their list, is one for replies."""
    element: Element | None = first
    for _ in range(NAMED_ABOVE):
        if element is None:
            return False
        if _REPLY.search(element.names):
            return True
        element = element.parent
    return False


def _said(node: LexborNode, shown: list[Block], fetched: str | None) -> str:
    """A reply without its writer's name, its time and its buttons, as far as anything is left then."""
    lines = [_ANSWERED.sub("", line) for line in post_text(node, _skip).split("\n")]
    heads = _heads([line.text for line in shown[:HEAD_LINES]], fetched)
    own = [line for line in lines if not line or (not _GONE.search(line) and stamp_of(line, fetched) is None)]
    told = [line for line in own if line not in heads]
    kept = [line for line in told if not is_head(line, fetched)]
    return "\n".join(kept if any(kept) else list(filter(None, told))[:1]).strip("\n").rstrip()


def _heads(shown: list[str], fetched: str | None) -> frozenset[str]:
    """The short lines above the time: the writer's name and rank."""
    for at, text in enumerate(shown):
        if stamp_of(text, fetched) is not None:
            return frozenset(shown[:at]) if max(map(len, shown[:at]), default=0) <= NAME_CHARS else frozenset()
    return frozenset()


def _skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    name = (attributes.get("class") or "").lower()
    if name and _MARKS.search(name) and not _WORDS.search(name) and node.css_first(_INNER) is None:
        return True
    return quote_of_another(node, tag, attributes)
