"""phpBB 3 (prosilver) and phpBB 2 (subSilver): the topic page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.pages.kinds import Found, Post, ThreadPage, View
from crawler.pages.posts import classes, first_of, one_line, post_text, skipping
from pipeline.contract.drop import DropReason

_FURNITURE = frozenset(
    [
        "signature",
        "notice",
        "attachbox",
        "inline-attachment",
        "codebox-head",
        "rules",
        "reported",
        "post-buttons",
        "quotetitle",
        "genmed",
        "gensmall",
        "quote",
        "responsive-hide",
        "author",
        "postdetails",
        "edited",
    ]
)
_LOGIN = re.compile(r"登录|登錄|登入|权限|權限|login", re.IGNORECASE)
ROW_LEVELS = 12
"""So far above a post's anchor its row is looked for."""
_ERROR = re.compile(r"不存在|没有找到|沒有找到|not exist|已删除|已刪除")


def read(view: View) -> Found:
    tree = view.html
    posts = tuple(_posts(view))
    if posts:
        start = _start(view.url)
        posts = tuple(replace(post, floor=start + place) for place, post in enumerate(posts, start=1))
        title = first_of(tree, "h2.topic-title", "h2 a[href*=viewtopic]", ".maintitle", "h2", "h1")
        return ThreadPage(first_page(view.url) or view.url, start + 1, one_line(title), posts)
    message = tree.css_first("#message, .panel .content, form#login")
    if message is not None:
        said = message.text() or ""
        if _ERROR.search(said):
            return DropReason.SOFT_404
        if message.tag == "form" or _LOGIN.search(said):
            return DropReason.LOGIN_WALL
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """The topic's first page, of any of its pages; None for other addresses."""
    parts = urlsplit(url)
    if not parts.path.endswith("/viewtopic.php"):
        return None
    query = dict(parse_qsl(parts.query))
    topic = query.get("t", "")
    kept = f"?t={topic}" if topic.isdecimal() else f"?p={query.get('p', '')}"
    return f"{parts.scheme}://{parts.netloc}{parts.path}{kept}"


def _start(url: str) -> int:
    """How many posts stand on the pages before this one."""
    start = dict(parse_qsl(urlsplit(url).query)).get("start", "")
    return int(start) if start.isdecimal() else 0


def _posts(view: View) -> Iterator[Post]:
    boxes = view.html.css("div.post[id^=p]")
    for box in boxes:
        content = box.css_first(".content, .postbody .entry-content")
        key = (box.attributes.get("id") or "").lstrip("p")
        if content is None or not key.isdecimal():
            continue
        author = box.css_first("p.author, .author")
        created = find(author.text() or "", view.fetched) if author is not None else None
        stamp = box.css_first("p.author time[datetime]")
        if created is None and stamp is not None:  # in UTC, while the page shows the board's own time
            created = find(stamp.attributes.get("datetime") or "")
        yield Post(key, None, created, _text(content))
    if not boxes:
        yield from _posts_of_phpbb2(view)


def _posts_of_phpbb2(view: View) -> Iterator[Post]:
    """A row of a table a post: an anchor with its number, details with the time, then the text."""
    for anchor in view.html.css("a[name]"):
        key = anchor.attributes.get("name") or ""
        row = _row_of(anchor) if key.isdecimal() else None
        body = row.css_first(".postbody") if row is not None else None
        if row is None or body is None:
            continue
        dates = (find(node.text() or "", view.fetched) for node in row.css(".postdetails, .gensmall, .date"))
        cell = body.parent if body.parent is not None and body.parent.tag == "td" else body
        yield Post(key, None, next(filter(None, dates), None), _before_signature(_text(cell)))


def _row_of(anchor: LexborNode) -> LexborNode | None:
    """The innermost row around the anchor that holds a text too."""
    node = anchor.parent
    for _ in range(ROW_LEVELS):
        if node is None or (node.tag == "tr" and node.css_first(".postbody") is not None):
            return node
        node = node.parent
    return None


def _before_signature(text: str) -> str:
    """phpBB 2 sets signatures off by a line of underscores."""
    return re.split(r"(?:^|\n)_{10,}", text)[0].strip()


def _text(content: LexborNode) -> str:
    return post_text(content, skipping(_FURNITURE, frozenset(), _quote))


def _quote(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    if tag == "blockquote":
        return "uncited" not in classes(attributes) or node.css_first("cite") is not None
    if tag == "a" and "codebox" in " ".join(classes(node.parent.attributes) if node.parent is not None else ()):
        return True
    return tag == "p" and node.parent is not None and "codebox" in classes(node.parent.attributes)
