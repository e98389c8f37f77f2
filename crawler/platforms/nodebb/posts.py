"""A topic's posts: of the API's JSON, and of its HTML."""

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find, from_epoch
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import html_text, post_text
from crawler.html.tree import Bounds
from crawler.platforms.nodebb.quotes import Writers

MAX_DIGITS = 9
NEWEST_FIRST = '"sortOption":"newest_to_oldest"'
_NAMES = ("username", "userslug", "displayname")


def posts_of(view: View) -> Iterator[Post]:
    """Of a page."""
    last = _last(_data(view.html.css_first("script#ajaxify-data"))) if NEWEST_FIRST in view.text else None
    boxes = view.html.css("[component='post'][data-pid]")
    writers = Writers(box.attributes.get(name) for box in boxes for name in ("data-username", "data-userslug"))
    return (_post_of(box, writers, last) for box in boxes)


def _post_of(box: LexborNode, writers: Writers, last: int | None) -> Post:
    attributes, content = box.attributes, box.css_first("[component='post/content']")
    gone = content is None or "deleted" in (attributes.get("class") or "").split()
    text = "" if gone or content is None else post_text(content, writers.skip)
    index = attributes.get("data-index") or ""
    floor = _floor(int(index), last) if index.isdecimal() and len(index) <= MAX_DIGITS else None
    return Post(attributes.get("data-pid") or "", floor, _created(box), text, attributes.get("data-username"))


def _created(box: LexborNode) -> str | None:
    stamp = box.attributes.get("data-timestamp") or ""
    created = from_epoch(float(stamp)) if stamp.isdecimal() else None
    time = box.css_first("[title][datetime], time[datetime], meta[itemprop='datePublished']")
    if created is None and time is not None:
        return find(time.attributes.get("datetime") or time.attributes.get("content") or "")
    return created


def posts_in(topic: Any, bounds: Bounds) -> tuple[Post, ...]:
    """Of the API's answer; KeyError, TypeError, AttributeError or ValueError if it has another shape."""
    rows = [row for row in topic["posts"] if row]
    writers = Writers(str((row.get("user") or {}).get(name) or "") for row in rows for name in _NAMES)
    last = _last(topic)
    return tuple(_post(row, writers, last, bounds) for row in rows)


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


def _post(row: dict[str, Any], writers: Writers, last: int | None, bounds: Bounds) -> Post:
    text = "" if row.get("deleted") else html_text(str(row.get("content") or ""), writers.skip, bounds)
    created = find(str(row.get("timestampISO") or "")) or from_epoch(float(row.get("timestamp") or 0))
    index = row.get("index")
    floor = _floor(index, last) if isinstance(index, int) else None
    name = (row.get("user") or {}).get("username")
    return Post(str(row["pid"]), floor, created, text, name if isinstance(name, str) else None)
