"""Xiuno BBS 4: the thread page, or the message that stands in its place."""

import re

from crawler.extraction.page_contents import Found, ThreadPage, View
from crawler.extraction.post_text import skipping
from crawler.html.render import text_of
from crawler.platforms.xiuno.posts import posts_of
from pipeline.contract.drop import DropReason

_ADDRESS = re.compile(
    r"(?P<thread>[^?]*/(?:(?:index\.php)?\?)?thread-[0-9]+)(?:-(?P<page>[0-9]+))?(?:-[^&?]*)?\.htm(?:[&?].*)?"
)
_LABELS = skipping(frozenset(("badge", "bbs-thread-detail-label")))
_LOGIN = re.compile(r"权限|權限|登录|登錄|会员|會員|管理员可|管理員可")


def read(view: View) -> Found:
    found = _ADDRESS.fullmatch(view.url)
    number = int(found["page"] or 1) if found else 1
    posts = tuple(posts_of(view, number))
    if posts:
        title = view.html.css_first(".card-thread h4")
        said = text_of(title, _LABELS) if title is not None else ""
        return ThreadPage(first_page(view.url) or view.url, number, " ".join(said.split()) or None, posts)
    warning = view.html.css_first(".card-title .icon-warning-sign")
    if warning is not None and warning.parent is not None:
        return DropReason.LOGIN_WALL if _LOGIN.search(warning.parent.text() or "") else DropReason.SOFT_404
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """The thread's first page, of any of its pages; None for other addresses."""
    found = _ADDRESS.fullmatch(url)
    return f"{found['thread']}.htm" if found else None
