"""Flarum: a discussion from its JSON:API, from the payload in its HTML, or from its HTML without scripts."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Found, Post, ThreadPage, View
from crawler.extraction.post_text import MASK, html_text, one_line, quote_of_another, skipping
from crawler.html.tree import Bounds
from pipeline.contract.drop import DropReason

MARKS = "#flarum-content, #flarum-json-payload"
_DISCUSSION = re.compile(r"^(?P<base>.*?)(?:/api/discussions/|/d/)(?P<id>\d+)(?:-[^/]*)?(?:/(?:\d+|reply))?$")
_USER = re.compile(r"""<(a|span)\b(?=[^<>]*\bclass="UserMention\b)[^<>]*>[^<]*</\1>""")
"""A member's name as he shows it, which may hold spaces and points: no pattern of text knows where it ends."""
PER_PAGE = 20


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
        yield Post(f"floor{floor}", floor, None, _text(body.html or "", view.config))


def _read_json(view: View, text: str) -> Found:
    try:
        document: Any = json.loads(text)
        data, included = document["data"], document.get("included", [])
        thread = first_page(view.url) or view.url
        number = str(data["id"]) if isinstance(data, dict) else thread.rpartition("/d/")[2]
        rows = [row for row in (included if isinstance(data, dict) else data) if row["type"] == "posts"]
        names = _names(included)
        posts = tuple(_post(row, names, view.config) for row in rows if _is_comment_in(row, number))
        titles = [row["attributes"].get("title") for row in (data, *included) if _is_discussion(row, number)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts or first_page(view.url) is None:
        return DropReason.INDEX_PAGE
    title = next((title for title in titles if isinstance(title, str)), None)
    return ThreadPage(thread, min(post.floor or 1 for post in posts), title, posts)


def _is_comment_in(row: dict[str, Any], number: str) -> bool:
    """No event (renamed, locked, tagged), and no post of another discussion that mentions one of this."""
    of = ((row.get("relationships") or {}).get("discussion") or {}).get("data") or {}
    return row["attributes"].get("contentType") == "comment" and str(of.get("id", number)) == number


def _is_discussion(row: Any, number: str) -> bool:
    return isinstance(row, dict) and row["type"] == "discussions" and str(row["id"]) == number


def _names(included: list[dict[str, Any]]) -> dict[str, Any]:
    users = (row for row in included if row.get("type") == "users")
    return {str(row["id"]): (row.get("attributes") or {}).get("displayName") for row in users}


def _post(row: dict[str, Any], names: dict[str, Any], bounds: Bounds) -> Post:
    values = row["attributes"]
    gone = values.get("isHidden") or values.get("renderFailed") or values.get("isApproved") is False
    text = "" if gone else _text(str(values.get("contentHtml") or ""), bounds)
    number = int(values["number"])
    user = ((row.get("relationships") or {}).get("user") or {}).get("data") or {}
    name = names.get(str(user.get("id")))
    return Post(
        str(number), number, find(str(values.get("createdAt") or "")), text, name if isinstance(name, str) else None
    )


def _text(html: str, bounds: Bounds) -> str:
    return html_text(_USER.sub(MASK, html), _SKIP, bounds)


def _quoted(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    """`> @某人 …`: a quote begins with a mention of the quoted post."""
    of_post = tag == "blockquote" and node.css_first(".PostMention") is not None
    return of_post or quote_of_another(node, tag, attributes)


_SKIP = skipping(frozenset(("PostMention", "flarum-signature")), frozenset(), _quoted)
