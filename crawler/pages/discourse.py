"""Discourse: a topic as the JSON that /t/slug/12.json gives, or as the HTML that it shows to crawlers."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.dates import find
from crawler.pages.kinds import Found, Post, ThreadPage, View
from crawler.pages.posts import html_text, one_line, post_text, quote_of_another, skipping
from pipeline.contract.drop import DropReason

_SKIP = skipping(
    frozenset(["quote", "meta", "lightbox-wrapper", "onebox", "poll", "crawler-linkback-list", "post-likes"]),
    frozenset(("aside",)),
    quote_of_another,
)
_TOPIC = re.compile(r"^(?P<base>.*?)/t/(?:[^/]*[^/\d][^/]*/)?(?P<id>\d+)(?:/\d+)?(?:\.json|/posts\.json)?$")
REGULAR_POST = 1
"""post_type of posts; others are notices that a topic was closed or moved."""


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view)
    tree = view.html
    posts = tuple(_posts(view))
    if posts:
        number = re.search(r"[?&]page=(\d+)", view.url)
        title = tree.css_first("#topic-title h1 a, #topic-title h1, h1")
        return ThreadPage(first_page(view.url) or view.url, int(number[1]) if number else 1, one_line(title), posts)
    if tree.css_first(".login-page, #login-form, .page-not-found, .not-found-topics") is not None:
        return DropReason.SOFT_404
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """http://host/t/12 of any address of the topic, without its title; None for other pages."""
    parts = urlsplit(url)
    found = _TOPIC.match(parts.path)
    return f"{parts.scheme}://{parts.netloc}{found['base']}/t/{found['id']}" if found else None


def _posts(view: View) -> Iterator[Post]:
    for box in view.html.css(".crawler-post"):
        content = box.css_first(".post")
        key = (box.attributes.get("id") or "").removeprefix("post_")
        if content is None or not key.isdecimal():
            continue
        stamp = box.css_first("time[datetime]")
        created = find(stamp.attributes.get("datetime") or "") if stamp is not None else None
        yield Post(key, int(key), created, post_text(content, _SKIP))


def _read_json(view: View) -> Found:
    try:
        topic: Any = json.loads(view.text)
        rows = topic["post_stream"]["posts"]
        posts = tuple(_post(row) for row in rows if row.get("post_type", REGULAR_POST) == REGULAR_POST)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts:
        return DropReason.NO_MAIN_TEXT
    title = topic.get("title")
    return ThreadPage(
        first_page(view.url) or view.url, posts[0].floor or 1, title if isinstance(title, str) else None, posts
    )


def _post(row: dict[str, Any]) -> Post:
    gone = row.get("hidden") or row.get("deleted_at") or row.get("user_deleted")
    text = "" if gone else html_text(str(row["cooked"]), _SKIP)
    number = int(row["post_number"])
    return Post(str(number), number, find(str(row.get("created_at") or "")), text)
