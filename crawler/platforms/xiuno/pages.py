"""Xiuno BBS 4: the thread page. What opens a thread stands on its first page only, the replies in a list below it."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Found, Post, ThreadPage, View
from crawler.extraction.post_text import classes, post_text, quote_of_another, skipping, writer_in
from crawler.html.render import text_of
from pipeline.contract.drop import DropReason

MARKS = ".card-thread .message[isfirst], .postlist .post[data-pid] .message, .threadlist li.thread[data-tid]"
_ADDRESS = re.compile(
    r"(?P<thread>[^?]*/(?:(?:index\.php)?\?)?thread-[0-9]+)(?:-(?P<page>[0-9]+))?(?:-[^&?]*)?\.htm(?:[&?].*)?"
)
_FURNITURE = frozenset(("alert", "bbs-copyright-notice", "lucky_floor", "signature"))
_LABELS = skipping(frozenset(("badge", "bbs-thread-detail-label")))
_LOGIN = re.compile(r"权限|權限|登录|登錄|会员|會員|管理员可|管理員可")
_MONTHS = re.compile(r"(?<=\d)月前")
"""Six months ago; other software says 6个月前."""


def read(view: View) -> Found:
    posts = tuple(_posts(view))
    if posts:
        found = _ADDRESS.fullmatch(view.url)
        title = view.html.css_first(".card-thread h4")
        said = text_of(title, _LABELS) if title is not None else ""
        number = int(found["page"] or 1) if found else 1
        return ThreadPage(first_page(view.url) or view.url, number, " ".join(said.split()) or None, posts)
    warning = view.html.css_first(".card-title .icon-warning-sign")
    if warning is not None and warning.parent is not None:
        return DropReason.LOGIN_WALL if _LOGIN.search(warning.parent.text() or "") else DropReason.SOFT_404
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """The thread's first page, of any of its pages; None for other addresses."""
    found = _ADDRESS.fullmatch(url)
    return f"{found['thread']}.htm" if found else None


def _posts(view: View) -> Iterator[Post]:
    opening = view.html.css_first(".message[isfirst]")
    number = _ADDRESS.fullmatch(view.url)
    if opening is not None and (number is None or (number["page"] or "1") == "1"):  # later pages have a link there
        yield Post(
            "first",
            1,
            _created(view, view.html.css_first(".card-thread .date")),
            _text(opening),
            writer_in(view.html, ".card-thread .username"),
        )
    for box in view.html.css(".post[data-pid]"):
        message = box.css_first(".message")
        if message is None:
            continue
        floor = box.css_first(".floor")
        place = "".join((floor.text() or "").split()) if floor is not None else ""
        text = "" if "deleted" in classes(box.attributes) else _text(message)
        created = _created(view, box.css_first(".date"))
        shown = int(place) if place.isdecimal() else None
        yield Post(box.attributes.get("data-pid") or "", shown, created, text, writer_in(box, ".username"))


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
