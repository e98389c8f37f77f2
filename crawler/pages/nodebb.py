"""NodeBB: a topic as /api/topic/12/slug gives it, or as its HTML."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.dates import find, from_epoch
from crawler.pages.kinds import Found, Post, ThreadPage, View
from crawler.pages.posts import html_text, one_line, post_text, quote_of_another, skipping
from pipeline.contract.drop import DropReason

_SKIP = skipping(frozenset(("post-signature", "signature", "attachments", "deleted")), frozenset(), quote_of_another)
_TOPIC = re.compile(r"^(?P<base>.*?)(?:/api)?(?P<topic>/topic/\d+)(?:/[^/]*){0,2}$")


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view)
    tree = view.html
    posts = tuple(_posts(view))
    if posts:
        title = tree.css_first("[component='topic/title'], h1")
        return ThreadPage(first_page(view.url) or view.url, _number(view.url), one_line(title), posts)
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
    for box in view.html.css("[component='post'][data-pid]"):
        attributes = box.attributes
        content = box.css_first("[component='post/content']")
        index, stamp = attributes.get("data-index") or "", attributes.get("data-timestamp") or ""
        time = box.css_first("[title][datetime], time[datetime], meta[itemprop='datePublished']")
        created = from_epoch(float(stamp)) if stamp.isdecimal() else None
        if created is None and time is not None:
            created = find(time.attributes.get("datetime") or time.attributes.get("content") or "")
        gone = content is None or "deleted" in (attributes.get("class") or "").split()
        text = "" if gone or content is None else post_text(content, _SKIP)
        floor = int(index) + 1 if index.isdecimal() else None
        yield Post(attributes.get("data-pid") or "", floor, created, text)


def _read_json(view: View) -> Found:
    try:
        topic: Any = json.loads(view.text)
        rows = topic["posts"]
        posts = tuple(_post(row) for row in rows)
        number = int((topic.get("pagination") or {}).get("currentPage") or 1)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts or "tid" not in topic:
        return DropReason.INDEX_PAGE
    title = topic.get("titleRaw") or topic.get("title")
    return ThreadPage(first_page(view.url) or view.url, number, title if isinstance(title, str) else None, posts)


def _post(row: dict[str, Any]) -> Post:
    gone = row.get("deleted")
    text = "" if gone else html_text(str(row.get("content") or ""), _SKIP)
    created = find(str(row.get("timestampISO") or "")) or from_epoch(float(row.get("timestamp") or 0))
    index = row.get("index")
    return Post(str(row["pid"]), index + 1 if isinstance(index, int) else None, created, text)
