"""Discourse: a topic as the JSON that /t/slug/12.json gives, or as the HTML that it shows to crawlers."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.page_contents import Found, ThreadPage, View
from crawler.extraction.post_text import one_line
from crawler.platforms.discourse.posts import posts_in, posts_of
from pipeline.contract.drop import DropReason

_TOPIC = re.compile(r"^(?P<base>.*?)/t/(?:[^/]*[^/\d][^/]*/)?(?P<id>\d+)(?:/\d+)?(?:\.json|/posts\.json)?$")


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view)
    tree = view.html
    posts = tuple(posts_of(view))
    if posts:
        number = re.search(r"[?&]page=(\d+)", view.url)
        title = tree.css_first("#topic-title h1 a, #topic-title h1, h1")
        return ThreadPage(first_page(view.url) or view.url, int(number[1]) if number else 1, one_line(title), posts)
    if tree.css_first(".login-page, #login-form, .page-not-found, .not-found-topics") is not None:
        return DropReason.SOFT_404
    return DropReason.INDEX_PAGE


def _read_json(view: View) -> Found:
    try:
        topic: Any = json.loads(view.text)
        posts = posts_in(topic, view.config)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts:
        return DropReason.NO_MAIN_TEXT
    title = topic.get("title")
    return ThreadPage(
        first_page(view.url) or view.url, posts[0].floor or 1, title if isinstance(title, str) else None, posts
    )


def first_page(url: str) -> str | None:
    """http://host/t/12 of any address of the topic, without its title; None for other pages."""
    parts = urlsplit(url)
    found = _TOPIC.match(parts.path)
    return f"{parts.scheme}://{parts.netloc}{found['base']}/t/{found['id']}" if found else None
