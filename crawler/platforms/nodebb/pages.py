"""NodeBB: a topic as /api/topic/12/slug gives it, or as its HTML."""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find, from_epoch
from crawler.extraction.page_contents import Found, Post, ThreadPage, View
from crawler.extraction.post_text import element_before, first_of, html_text, one_line, post_text, skipping
from crawler.html.tree import Bounds
from pipeline.contract.drop import DropReason

MARKS = "[component='post'][data-pid], [component='category'], [component='topic']"
MAX_DIGITS = 9
NEWEST_FIRST = '"sortOption":"newest_to_oldest"'
QUOTE_HEAD_CHARS = 400
"""`@某人 在 某主题 中说：`, with a title of at most 255 characters."""
_ID = r"(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
"""A number; of topics that came from another server, a UUID."""
_TOPIC = re.compile(rf"^(?P<base>.*?)(?:/api)?(?P<topic>/topic/{_ID})(?:/[^/]*){{0,2}}$")
_LINE_BREAK = re.compile(r"\s*\n\s*")
_SAID = re.compile(r"(说|說|写道|寫道|wrote|said( in .*)?)\s*[:：]$", re.IGNORECASE)
_LEFT_OUT = frozenset(("post-signature", "signature", "attachments", "deleted", "link-preview"))
_NAMES = ("username", "userslug", "displayname")
_OF_FORUM = "a[href*='/topic/'], a[href*='/user/'], a[href*='/uid/']"


class _Writers:
    """Who writes in a topic, and what of a post is therefore somebody else's."""

    def __init__(self, names: Iterable[str | None]) -> None:
        self.names = tuple(sorted({name for name in names if name and len(name) > 1}))
        self.skip = skipping(_LEFT_OUT, frozenset(), self.is_of_another)

    def is_of_another(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:  # noqa: ARG002
        """What somebody else wrote, and the line that says who: the composer of NodeBB 4 writes that line into the
        quote, those before it right above. Other blockquotes are the writer's own choice and stay."""
        if tag == "blockquote":
            first, before = _element(node.first_child), element_before(node)
            return self.is_head(first, 0) or self.is_head(before, -1)
        if tag != "p" or not self.is_head(node, 0) or not self.is_head(node, -1):
            return False
        after = _element(node.next)
        return after is not None and after.tag == "blockquote"

    def is_head(self, node: LexborNode | None, line: int) -> bool:
        """`某人 说:` with a link to the post, or `@某人 说：`, or with a link to writer or topic, or of who writes
        here: the first line of a paragraph, or its last. `孔子说：` is none."""
        if node is None or node.tag != "p":
            return False
        text = _LINE_BREAK.split((node.text() or "").strip())[line]
        if len(text) > QUOTE_HEAD_CHARS or not text.endswith((":", "：")):
            return False
        if node.css_first("a[href*='/post/']") is not None:
            return True
        if _SAID.search(text) is None:
            return False
        return text.startswith(("@", *self.names)) or node.css_first(_OF_FORUM) is not None


def _element(node: LexborNode | None) -> LexborNode | None:
    """The node itself or the next element after it, where no text stands between."""
    while node is not None and not node.is_element_node and not (node.text_content or "").strip():
        node = node.next
    return node if node is not None and node.is_element_node else None


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view)
    tree = view.html
    posts = tuple(_posts(view))
    if posts:
        title = one_line(first_of(tree, "[component='topic/title']", "h1"))
        return ThreadPage(first_page(view.url) or view.url, _number(view.url), title, posts)
    if tree.css_first("form#login-form, [component='login']") is not None:
        return DropReason.LOGIN_WALL
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """http://host/topic/12 of any address of the topic, without its title; None for other pages."""
    parts = urlsplit(url)
    found = _TOPIC.match(parts.path)
    return f"{parts.scheme}://{parts.netloc}{found['base']}{found['topic']}" if found else None


def _number(url: str) -> int:
    found = re.search(r"[?&]page=(\d+)", url)
    return int(found[1]) if found else 1


def _posts(view: View) -> Iterator[Post]:
    last = None
    if NEWEST_FIRST in view.text:
        last = _last(_data(view.html.css_first("script#ajaxify-data")))
    boxes = view.html.css("[component='post'][data-pid]")
    writers = _Writers(box.attributes.get(name) for box in boxes for name in ("data-username", "data-userslug"))
    for box in boxes:
        attributes = box.attributes
        content = box.css_first("[component='post/content']")
        index, stamp = attributes.get("data-index") or "", attributes.get("data-timestamp") or ""
        time = box.css_first("[title][datetime], time[datetime], meta[itemprop='datePublished']")
        created = from_epoch(float(stamp)) if stamp.isdecimal() else None
        if created is None and time is not None:
            created = find(time.attributes.get("datetime") or time.attributes.get("content") or "")
        gone = content is None or "deleted" in (attributes.get("class") or "").split()
        text = "" if gone or content is None else post_text(content, writers.skip)
        floor = _floor(int(index), last) if index.isdecimal() and len(index) <= MAX_DIGITS else None
        yield Post(attributes.get("data-pid") or "", floor, created, text, attributes.get("data-username"))


def _data(script: LexborNode | None) -> Any:
    """What a page says of itself in JSON, or as `window._ajaxifyData={…}`: for a topic the same as its API."""
    text = (script.text() or "") if script is not None else ""
    try:
        return json.JSONDecoder().raw_decode(text, max(0, text.find("{")))[0]
    except (ValueError, RecursionError):
        return None


def _last(topic: Any) -> int | None:
    """The last floor of a topic whose newest posts are shown first, right below its very first one."""
    if not isinstance(topic, dict) or topic.get("sortOption") != "newest_to_oldest":
        return None
    count = topic.get("postcount")
    return count if isinstance(count, int) else None


def _floor(index: int, last: int | None) -> int:
    """From 1, by the place among the posts as they are shown, from 0."""
    return index + 1 if last is None or index == 0 else last + 1 - index


def _read_json(view: View) -> Found:
    try:
        topic: Any = json.loads(view.text)
        rows = [row for row in topic["posts"] if row]
        writers = _Writers(str((row.get("user") or {}).get(name) or "") for row in rows for name in _NAMES)
        posts = tuple(_post(row, writers, _last(topic), view.config) for row in rows)
        number = int((topic.get("pagination") or {}).get("currentPage") or 1)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts or "tid" not in topic:
        return DropReason.INDEX_PAGE
    title = topic.get("titleRaw") or unescape(str(topic.get("title") or "")) or None
    return ThreadPage(first_page(view.url) or view.url, number, title if isinstance(title, str) else None, posts)


def _post(row: dict[str, Any], writers: _Writers, last: int | None, bounds: Bounds) -> Post:
    text = "" if row.get("deleted") else html_text(str(row.get("content") or ""), writers.skip, bounds)
    created = find(str(row.get("timestampISO") or "")) or from_epoch(float(row.get("timestamp") or 0))
    index = row.get("index")
    floor = _floor(index, last) if isinstance(index, int) else None
    name = (row.get("user") or {}).get("username")
    return Post(str(row["pid"]), floor, created, text, name if isinstance(name, str) else None)
