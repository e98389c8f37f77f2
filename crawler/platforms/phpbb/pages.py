"""phpBB 3 (prosilver, subsilver2) and phpBB 2 (subSilver): the topic page."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from crawler.extraction.page_contents import Found, ThreadPage, View
from crawler.extraction.post_text import first_of, one_line
from crawler.platforms.phpbb.posts import posts_of
from pipeline.contract.drop import DropReason

_LOGIN = re.compile(r"登录|登錄|登入|权限|權限|授权|授權|login|authori[sz]ed", re.IGNORECASE)
_ERROR = re.compile(r"不存在|没有找到|沒有找到|not exist|已删除|已刪除")
_REWRITTEN = re.compile(r"(?P<topic>.*(?:/topic|-t)[0-9]+)(?:-(?P<start>[0-9]+))?\.html")
"""linux-f2/title-t31-10.html, topic31-10.html, as the add-ons for search engines write it."""


def read(view: View) -> Found:
    tree = view.html
    posts = tuple(posts_of(view))
    if posts:
        start = _start(view.url)
        posts = tuple(replace(post, floor=start + place) for place, post in enumerate(posts, start=1))
        title = first_of(tree, "h2.topic-title", "h2 a[href*=viewtopic]", "#page-body h2", "a.maintitle", "h2", "h1")
        return ThreadPage(first_page(view.url) or view.url, start + 1, one_line(title), posts)
    message = tree.css_first("#message, .panel .content, form#login, td.row1 > p.gen, td.row1 > span.gen")
    if message is not None:
        said = message.text() or ""
        if _ERROR.search(said):
            return DropReason.SOFT_404
        if message.attributes.get("id") == "login" or _LOGIN.search(said):
            return DropReason.LOGIN_WALL
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """The topic's first page, of any of its pages; None for other addresses."""
    parts = urlsplit(url)
    if rewritten := _REWRITTEN.fullmatch(parts.path):
        return f"{parts.scheme}://{parts.netloc}{rewritten['topic']}.html"
    if not parts.path.endswith("/viewtopic.php"):
        return None
    query = dict(parse_qsl(parts.query))
    topic = query.get("t", "")
    kept = f"?t={topic}" if topic.isdecimal() else f"?p={query.get('p', '')}"
    return f"{parts.scheme}://{parts.netloc}{parts.path}{kept}"


def _start(url: str) -> int:
    """How many posts stand on the pages before this one."""
    parts = urlsplit(url)
    rewritten = _REWRITTEN.fullmatch(parts.path)
    start = (rewritten["start"] or "") if rewritten else dict(parse_qsl(parts.query)).get("start", "")
    return int(start) if start.isdecimal() else 0
