"""Flarum: a discussion from its JSON:API, from the payload in its HTML, or from its HTML without scripts."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.extraction.dates import find
from crawler.pages.kinds import Found, Post, ThreadPage, View
from crawler.pages.posts import html_text, one_line, post_text, quote_of_another, skipping
from pipeline.contract.drop import DropReason

_SKIP = skipping(
    frozenset(("PostMention", "PostMention--deleted", "flarum-signature")), frozenset(), quote_of_another
)
_DISCUSSION = re.compile(r"^(?P<base>.*?)(?:/api/discussions/|/d/)(?P<id>\d+)(?:-[^/]*)?(?:/\d+)?$")
PER_PAGE = 20


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view, view.text)
    payload = view.html.css_first("#flarum-json-payload")
    if payload is not None:
        try:
            document = json.loads(payload.text() or "")["apiDocument"]
            found = _read_json(view, json.dumps(document))
        except (ValueError, KeyError, TypeError, RecursionError):
            found = DropReason.INDEX_PAGE
        if isinstance(found, ThreadPage):
            return found
    return _read_html(view)


def first_page(url: str) -> str | None:
    """http://host/d/12 of any address of the discussion, without its title; None for other pages."""
    parts = urlsplit(url)
    found = _DISCUSSION.match(parts.path)
    if found:
        return f"{parts.scheme}://{parts.netloc}{found['base']}/d/{found['id']}"
    number = dict(parse_qsl(parts.query)).get("filter[discussion]", "")
    if number.isdecimal() and parts.path.endswith("/api/posts"):
        return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/api/posts')}/d/{number}"
    return None


def _read_html(view: View) -> Found:
    if "/d/" not in view.url:
        return DropReason.INDEX_PAGE
    number = re.search(r"[?&]page=(\d+)", view.url)
    page = int(number[1]) if number else 1
    posts = tuple(_html_posts(view, page))
    if not posts:
        return DropReason.NO_MAIN_TEXT
    title = view.html.css_first("#flarum-content h1, h1")
    return ThreadPage(first_page(view.url) or view.url, page, one_line(title), posts)


def _html_posts(view: View, page: int) -> Iterator[Post]:
    for place, body in enumerate(view.html.css(".Post-body")):
        floor = (page - 1) * PER_PAGE + place + 1
        yield Post(f"floor{floor}", floor, None, post_text(body, _SKIP))


def _read_json(view: View, text: str) -> Found:
    try:
        document: Any = json.loads(text)
        data = document["data"]
        rows = [*(data if isinstance(data, list) else [data]), *document.get("included", [])]
        comments = [
            row for row in rows if row["type"] == "posts" and row["attributes"].get("contentType") == "comment"
        ]
        posts = tuple(_post(row) for row in comments)
        titles = [row for row in rows if row["type"] == "discussions"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts or len(titles) > 1:
        return DropReason.INDEX_PAGE
    title = titles[0]["attributes"].get("title") if titles else None
    number = min(post.floor or 1 for post in posts)
    return ThreadPage(first_page(view.url) or view.url, number, title, posts)


def _post(row: dict[str, Any]) -> Post:
    values = row["attributes"]
    text = "" if values.get("isHidden") else html_text(str(values.get("contentHtml") or ""), _SKIP)
    number = int(values["number"])
    return Post(str(number), number, find(str(values.get("createdAt") or "")), text)
