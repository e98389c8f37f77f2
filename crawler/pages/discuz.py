"""Discuz! X2.5 to X3.5: the thread page of the PC template, of the mobile one and of the archiver."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.render import Skip
from crawler.pages import article
from crawler.pages.kinds import Found, Post, ThreadPage, View
from crawler.pages.posts import classes, first_of, one_line, post_text, quote_of_another, skipping
from pipeline.contract.drop import DropReason

_FURNITURE = frozenset(
    [
        "pstatus",
        "jammer",
        "attach_nopermission",
        "locked",
        "tip",
        "aimg_tip",
        "tip_4",
        "a_pr",
        "a_pb",
        "a_p",
        "a_pt",
        "sign",
        "rate",
        "cm",
        "psth",
        "modact",
        "pattl",
        "tattl",
        "attnm",
        "t_attach",
        "attach",
        "mag_viewthread",
        "vt_ad",
        "pcht",
        "ratl",
        "tns",
        "plhin_ad",
        "y_attach",
        "pob",
        "po",
        "postactions",
        "signature",
        "editinfo",
        "edit_status",
        "bm_c_ad",
        "hide_reply",
        "posttip",
        "pls",
        "quote_from",
    ]
)
_TAGS = frozenset(("ignore_js_op",))
_FLOORS = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
_PATH = re.compile(r"/thread-(\d+)-(\d+)-\d+\.html$")
_LOGIN = re.compile(
    r"需要登录|需要登錄|需要登入|请先登录|請先登[錄入]|没有权限|沒有權限|无权|無權|尚未登录|您所在的用户组|阅读权限|隐私提醒"
)


def read(view: View) -> Found:
    """The thread page; INDEX_PAGE for boards and all else, SOFT_404 and LOGIN_WALL for Discuz's messages."""
    tree = view.html
    posts = tuple(_posts(view))
    if posts:
        title = first_of(tree, "#thread_subject", "h1.ts", ".view_tit", ".postlist h2", ".vtit h1", "h1", "h2")
        return ThreadPage(first_page(view.url) or view.url, _number(view.url), _title(title), posts)
    if tree.css_first("#article_content, #blog_article") is not None:
        return article.read(view)
    message = tree.css_first("#messagetext, .alert_error, .alert_info, .jump_c, #messagelogin")
    if message is not None:
        return DropReason.LOGIN_WALL if _LOGIN.search(message.text() or "") else DropReason.SOFT_404
    return DropReason.INDEX_PAGE


def _title(node: LexborNode | None) -> str | None:
    title = one_line(node)
    return re.sub(r"\s*\[(复制|複製)链接\]$", "", title) if title else None


def first_page(url: str) -> str | None:
    """The thread's first page, of any of its pages; None for other addresses."""
    parts = urlsplit(url)
    if _PATH.search(parts.path):
        return re.sub(r"(/thread-\d+)-\d+-\d+\.html.*$", r"\1-1-1.html", url)
    tid = parse_qs(parts.query).get("tid", [""])[0]
    if tid.isdecimal() and parts.path.endswith(("/forum.php", "/viewthread.php")):
        mod = "mod=viewthread&" if parts.path.endswith("/forum.php") else ""
        return f"{parts.scheme}://{parts.netloc}{parts.path}?{mod}tid={tid}"
    return None


def _number(url: str) -> int:
    found = _PATH.search(urlsplit(url).path) or re.search(r"([?&])page=(\d+)", url)
    return int(found[2]) if found else 1


def _posts(view: View) -> Iterator[Post]:
    tree = view.html
    messages = tree.css("[id^=postmessage_]")
    if messages:
        for message in messages:
            key = (message.attributes.get("id") or "").removeprefix("postmessage_")
            yield _pc_post(view, message, key)
        seen = {message.attributes.get("id") for message in messages}
        # A blocked or deleted post has no message, only a notice.
        for box in tree.css("div[id^=post_] .locked"):
            holder = _holder(box)
            key = (holder.attributes.get("id") or "").removeprefix("post_") if holder is not None else ""
            if holder is not None and key.isdecimal() and f"postmessage_{key}" not in seen:
                yield Post(key, _floor(holder), _created(view, holder, key), "")
        return
    for box in tree.css(".plc[id^=pid]"):
        yield _mobile_post(view, box)


def _pc_post(view: View, message: LexborNode, key: str) -> Post:
    holder = view.html.css_first(f"#post_{key}") or view.html.css_first(f"#pid{key}") or message
    floor = _floor(holder)
    return Post(key, floor, _created(view, holder, key), post_text(message, _skip(floor)))


def _mobile_post(view: View, box: LexborNode) -> Post:
    floor = _floor(box)
    message = box.css_first(".message") or box
    stamp = box.css_first(".rela, .mtime, .authi .grey:last-child, .authi")
    created = find(stamp.text() or "", view.fetched) if stamp is not None else None
    key = (box.attributes.get("id") or "").removeprefix("pid")
    return Post(key, floor, created, post_text(message, _skip(floor)))


def _skip(floor: int | None) -> Skip:
    def quote(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
        names = classes(attributes)
        if "quote" in names or ("grey" in names and "quote" in (attributes.get("id") or "")):
            # In the first post a quote without a head is the author's own choice: a poem, a source.
            return floor != 1 or quote_of_another(node.css_first("blockquote") or node, "blockquote", {})
        if tag in ("h4", "h5") and node.parent is not None and "showhide" in classes(node.parent.attributes):
            return True
        return tag == "em" and "copycode" in (attributes.get("onclick") or "")

    return skipping(_FURNITURE, _TAGS, quote)


def _holder(node: LexborNode) -> LexborNode | None:
    holder: LexborNode | None = node
    while holder is not None and not (holder.attributes.get("id") or "").startswith("post_"):
        holder = holder.parent
    return holder


def _floor(holder: LexborNode) -> int | None:
    mark = holder.css_first("[id^=postnum], .authi em, .pi strong")
    text = "".join((mark.text() or "").split()) if mark is not None else ""
    for name, number in _FLOORS.items():
        if text.startswith(name):
            return number
    found = re.match(r"(\d+)", text)
    return int(found[1]) if found else None


def _created(view: View, holder: LexborNode, key: str) -> str | None:
    stamp = view.html.css_first(f"#authorposton{key}") or holder.css_first(".authi em, .posttime")
    if stamp is None:
        return None
    exact = stamp.css_first("span[title]")  # today's posts show 3小时前 and hold the time in the title
    said = (exact.attributes.get("title") or "") if exact is not None else ""
    return find(said) or find(stamp.text() or "", view.fetched)
