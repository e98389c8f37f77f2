"""A thread's posts: what opens it in a card of its own on the first page, the replies in a list below it."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import classes, post_text, quote_of_another, skipping, writer_in

_FURNITURE = frozenset(("alert", "bbs-copyright-notice", "lucky_floor", "signature"))
_MONTHS = re.compile(r"(?<=\d)月前")
"""Six months ago; other software says 6个月前."""


def posts_of(view: View, page: int) -> Iterator[Post]:
    """Those of the thread's `page`-th page."""
    opening = view.html.css_first(".message[isfirst]")
    if opening is not None and page == 1:  # later pages have a link there
        yield Post(
            "first",
            1,
            _created(view, view.html.css_first(".card-thread .date")),
            _text(opening),
            writer_in(view.html, ".card-thread .username"),
        )
    for box in view.html.css(".post[data-pid]"):
        message = box.css_first(".message")
        if message is not None:
            yield _reply(view, box, message)


def _reply(view: View, box: LexborNode, message: LexborNode) -> Post:
    floor = box.css_first(".floor")
    shown = "".join((floor.text() or "").split()) if floor is not None else ""
    return Post(
        box.attributes.get("data-pid") or "",
        int(shown) if shown.isdecimal() else None,
        _created(view, box.css_first(".date")),
        "" if "deleted" in classes(box.attributes) else _text(message),
        writer_in(box, ".username"),
    )


def _created(view: View, stamp: LexborNode | None) -> str | None:
    return find(_MONTHS.sub("个月前", stamp.text() or ""), view.fetched) if stamp is not None else None


def _text(message: LexborNode) -> str:
    return post_text(message, skipping(_FURNITURE, frozenset(), _not_said))


def _not_said(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    """Quotes, lists of attachments and edit notices."""
    if tag == "blockquote":
        return node.css_first("a.user") is not None or quote_of_another(node, tag, attributes)
    if tag == "fieldset":
        return node.css_first(".attachlist") is not None
    return {"text-muted", "font-italic", "small"} <= classes(attributes)
