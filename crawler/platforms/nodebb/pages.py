"""NodeBB: a topic as /api/topic/12/slug gives it, or as its HTML."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.page_contents import Found, ThreadPage, View
from crawler.extraction.post_text import first_of, one_line
from crawler.platforms.nodebb.posts import posts_in, posts_of
from pipeline.contract.drop import DropReason

_ID = r"(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
"""A number; of topics that came from another server, a UUID."""
_TOPIC = re.compile(rf"^(?P<base>.*?)(?:/api)?(?P<topic>/topic/{_ID})(?:/[^/]*){{0,2}}$")


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view)
    tree = view.html
    posts = tuple(posts_of(view))
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


def _read_json(view: View) -> Found:
    try:
        topic: Any = json.loads(view.text)
        posts = posts_in(topic, view.config)
        number = int((topic.get("pagination") or {}).get("currentPage") or 1)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts or "tid" not in topic:
        return DropReason.INDEX_PAGE
    title = topic.get("titleRaw") or unescape(str(topic.get("title") or "")) or None
    return ThreadPage(first_page(view.url) or view.url, number, title if isinstance(title, str) else None, posts)
