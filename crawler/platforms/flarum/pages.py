"""Flarum: a discussion from its JSON:API, from the payload in its HTML, or from its HTML without scripts."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.extraction.page_contents import Found, ThreadPage, View
from crawler.extraction.post_text import one_line
from crawler.platforms.flarum.posts import posts_in, posts_of
from pipeline.contract.drop import DropReason

_DISCUSSION = re.compile(r"^(?P<base>.*?)(?:/api/discussions/|/d/)(?P<id>\d+)(?:-[^/]*)?(?:/(?:\d+|reply))?$")


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view, view.text)
    payload = view.html.css_first("#flarum-json-payload")
    if payload is not None:
        try:
            found = _read_json(view, json.dumps(json.loads(payload.text() or "")["apiDocument"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            found = DropReason.INDEX_PAGE
        if isinstance(found, ThreadPage):
            return found
    return _read_html(view)


def _read_html(view: View) -> Found:
    if "/d/" not in view.url:
        return DropReason.INDEX_PAGE
    number = re.search(r"[?&]page=(\d+)", view.url)
    page = int(number[1]) if number else 1
    posts = tuple(posts_of(view, page))
    if not posts:
        return DropReason.NO_MAIN_TEXT
    title = view.html.css_first("#flarum-content h1, h1")
    return ThreadPage(first_page(view.url) or view.url, page, one_line(title), posts)


def _read_json(view: View, text: str) -> Found:
    try:
        document: Any = json.loads(text)
        data, included = document["data"], document.get("included", [])
        thread = first_page(view.url) or view.url
        number = str(data["id"]) if isinstance(data, dict) else thread.rpartition("/d/")[2]
        posts = posts_in(document, number, view.config)
        titles = [row["attributes"].get("title") for row in (data, *included) if _is_discussion(row, number)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts or first_page(view.url) is None:
        return DropReason.INDEX_PAGE
    title = next((title for title in titles if isinstance(title, str)), None)
    return ThreadPage(thread, min(post.floor or 1 for post in posts), title, posts)


def _is_discussion(row: Any, number: str) -> bool:
    return isinstance(row, dict) and row["type"] == "discussions" and str(row["id"]) == number


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
