"""A discussion's posts: of its JSON:API, and of the HTML that readers without scripts are shown."""

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import MASK, html_text, quote_of_another, skipping
from crawler.html.tree import Bounds

_USER = re.compile(r"""<(a|span)\b(?=[^<>]*\bclass="UserMention\b)[^<>]*>[^<]*</\1>""")
"""A member's name as he shows it, which may hold spaces and points: no pattern of text knows where it ends."""
PER_PAGE = 20


def posts_of(view: View, page: int) -> Iterator[Post]:
    """Of the discussion's `page`-th page."""
    for place, body in enumerate(view.html.css(".Post-body")):
        floor = (page - 1) * PER_PAGE + place + 1
        yield Post(f"floor{floor}", floor, None, _text(body.html or "", view.config))


def posts_in(document: Any, number: str, bounds: Bounds) -> tuple[Post, ...]:
    """Of the API's answer, those of the discussion of this number; KeyError, TypeError, AttributeError or ValueError
    if it has another shape."""
    data, included = document["data"], document.get("included", [])
    rows = [row for row in (included if isinstance(data, dict) else data) if row["type"] == "posts"]
    names = _names(included)
    return tuple(_post(row, names, bounds) for row in rows if _is_comment_in(row, number))


def _is_comment_in(row: dict[str, Any], number: str) -> bool:
    """No event (renamed, locked, tagged), and no post of another discussion that mentions one of this."""
    of = ((row.get("relationships") or {}).get("discussion") or {}).get("data") or {}
    return row["attributes"].get("contentType") == "comment" and str(of.get("id", number)) == number


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
