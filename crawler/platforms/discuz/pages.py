"""Discuz! X2.5 to X3.5: threads of the PC template, the mobile ones and the archiver; articles, blogs, notices."""

import re
from collections.abc import Container, Iterator
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction import article
from crawler.extraction.dates import find
from crawler.extraction.page_contents import Article, Found, Post, ThreadPage, View
from crawler.extraction.post_text import (
    classes,
    first_of,
    masked,
    one_line,
    post_text,
    quote_of_another,
    skipping,
    writer_in,
)
from crawler.html.render import Skip, blocks, text_of
from crawler.html.tree import TooComplex, parse
from crawler.platforms.discuz.post_sources import post_sources
from pipeline.contract.drop import DropReason

MARKS = (
    "[id^=postmessage_], .plc[id^=pid] .message, #threadlisttableid, #nv_forum,"
    " meta[name=generator][content^='Discuz! X']"
)
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
        "poll",
        "reward",
        "activity",
        "debate",
        "trade_box",
        "viewsort",
        "rwdbst",
        "post_attlist",
        "img_one",
    ]
)
_TAGS = frozenset(("ignore_js_op",))
_WRITER = (".authi a.xw1", ".pls .authi a", ".authi .z a", ".authi a")
_FLOORS = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
_PATH = re.compile(r"/thread-(\d+)-(\d+)-\d+\.html$")
_ARCHIVED = re.compile(r"/archiver/(?:index\.php)?\??tid-(\d+)(?:-(\d+))?\.html(?=$|[?&])")
_ARTICLE = re.compile(r"/(?:article|blog)-\d+-\d+\.html$|/portal\.php\?mod=view&|/home\.php\?.*do=blog&(?:.*&)?id=\d")
_LOGIN = re.compile(
    r"需要登录|需要登錄|需要登入|请先登录|請先登[錄入]|没有权限|沒有權限|无权|無權|尚未登录|您所在的用户组|阅读权限|隐私提醒"
)
_EDITED = re.compile(r"^(?:\[i=s\] ?)?本帖最[后後]由 .{1,40} [于於] .{6,30} (?:编辑|編輯)(?: ?\[/i\])?(?:\n|$)")
_QUOTED = re.compile(r".{1,40} (?:发表于|發表於) [\d\-/ :]{8,20}$|原帖由 .{1,40} (?:发表|發表)")
_NO_WORDS = re.compile(r"^本主[题題]需向作者支付 |^回[复覆復] \d{1,6}# .{1,40}$")
_HIDDEN = re.compile(r"\*{4} Hidden Message \*{4,5}|^\[\*\]")
_ANSWER = re.compile(r"回[复覆復]")
_FROM = re.compile(r"^\D{0,4}[来來]自")
MAX_MESSAGES = 20
"""In a post: its words, what a buyer may read for nothing, the goods of a seller."""
MAX_CLIMB = 40
"""Discuz puts a dozen elements between a post's box and its words."""


def read(view: View) -> Found:
    """The thread page; INDEX_PAGE for boards and all else, SOFT_404 and LOGIN_WALL for Discuz's messages."""
    tree = view.html
    posts = tuple(_archived(view) if _ARCHIVED.search(view.url) else _posts(view))
    if posts:
        return ThreadPage(first_page(view.url) or view.url, _number(view.url), _title(tree), posts)
    if (body := tree.css_first("#article_content, #blog_article")) is not None:
        head = tree.css_first("h1.ph")
        stamp = first_of(tree, "h1.ph + p", "h1.ph ~ p")
        created = find(stamp.text() or "", view.fetched) if stamp is not None else None
        return (
            Article(one_line(head), post_text(body, _skip(first=True)), created)
            if head is not None
            else article.read(view)
        )
    notices = _notices(tree)
    if notices is not None:
        return notices
    message = tree.css_first("#messagetext, .alert_error, .alert_info, .jump_c, #messagelogin")
    if message is not None:
        return DropReason.LOGIN_WALL if _LOGIN.search(message.text() or "") else DropReason.SOFT_404
    known = _ARTICLE.search(view.url) or _ARCHIVED.search(view.url)  # in a style or of a version that is not
    return article.read(view) if known or _is_older(tree) else DropReason.INDEX_PAGE


def _is_older(tree: LexborHTMLParser) -> bool:
    """Whether the page is of Discuz! 4 to 7 or of their archiver, whose posts only the general way finds."""
    node = tree.css_first("meta[name=generator]")
    generator = (node.attributes.get("content") or "") if node is not None else ""
    return generator.startswith("Discuz!") and not generator.startswith("Discuz! X")


def _title(tree: LexborHTMLParser) -> str | None:
    node = first_of(tree, "#thread_subject", "h1.ts")
    if node is None and (head := first_of(tree, ".view_tit", ".postlist > h2")) is not None:
        # Beside the title stand its category and links.
        said = [child.text_content or "" for child in head.iter(include_text=True) if child.is_text_node]
        return " ".join("".join(said).split()) or None
    if node is None and tree.css_first("p.author") is not None:  # the archiver's heading is its own name
        return (one_line(tree.css_first("title")) or "").partition(" - ")[0] or None
    title = one_line(node or first_of(tree, ".postlist h2", ".vtit h1", "h1", "h2"))
    return re.sub(r"\s*\[(复制|複製)链接\]$", "", title) if title else None


def first_page(url: str) -> str | None:
    """The thread's first page, of any of its pages; None for other addresses."""
    parts = urlsplit(url)
    if _PATH.search(parts.path):
        return re.sub(r"(/thread-\d+)-\d+-\d+\.html.*$", r"\1-1-1.html", url)
    if found := _ARCHIVED.search(url):
        return f"{url[: found.start()]}/archiver/tid-{found[1]}.html"
    tid = parse_qs(parts.query).get("tid", [""])[0]
    if tid.isdecimal() and parts.path.endswith(("/forum.php", "/viewthread.php")):
        mod = "mod=viewthread&" if parts.path.endswith("/forum.php") else ""
        return f"{parts.scheme}://{parts.netloc}{parts.path}?{mod}tid={tid}"
    return None


def _number(url: str) -> int:
    found = _PATH.search(urlsplit(url).path) or re.search(r"([?&])page=(\d+)", url) or _ARCHIVED.search(url)
    return int(found[2] or 1) if found else 1


def _posts(view: View) -> Iterator[Post]:
    """Posts in the order of the page. One is a box with a number, and all up to the next box is its own: words may
    stand beside their box (mobile=1), and what a buyer may read for nothing bears another post's number (X3.5)."""
    stamps = {stamp.attributes.get("id"): stamp for stamp in reversed(view.html.css("[id^=authorposton]"))}
    posts = dict[str, Post]()
    is_thread = view.html.css_first("[id^=post_] .locked") is not None
    for key, source in post_sources(view.text):
        box = parse(source, view.config)
        messages = _messages(box)
        is_thread = is_thread or bool(messages)
        floor = _floor(box)
        if posts and key != next(iter(posts)):
            posts.pop(key, None)  # a reply shown on top of the first page and again in its place
        skip = _skip(first=floor == 1 or (floor is None and not posts and _number(view.url) == 1))
        pieces = [_EDITED.sub("", post_text(message, skip)) for message in messages]
        stamp = stamps.get(f"authorposton{key}") or first_of(box, ".mtime", ".rela", ".authi em", ".posttime")
        created = _created(stamp, view.fetched) if stamp is not None else None
        text = "\n".join(filter(None, pieces))
        posts.setdefault(key, Post(key, floor, created, text, writer_in(box, *_WRITER)))
    if is_thread:
        yield from posts.values()


def _messages(box: LexborHTMLParser) -> list[LexborNode]:
    """What holds a post's words."""
    found = box.css("[id^=postmessage_], .postmessage, .plc[id^=pid] .message")
    messages = {message.mem_id: message for message in found}  # one that matches twice is given twice
    if len(messages) > MAX_MESSAGES:
        raise TooComplex(f"{len(messages)} messages in one post")
    around = set[int]()
    for message in messages.values():
        outer = _holder(message, messages)
        if outer is not None and (message.text() or "").strip():
            around.add(outer.mem_id)  # beside the words it holds the options of a poll, the goods of a seller
    return [message for message in messages.values() if message.mem_id not in around]


def _holder(node: LexborNode, ids: Container[int]) -> LexborNode | None:
    """The nearest of these elements that the node stands in."""
    holder = node.parent
    for _ in range(MAX_CLIMB):
        if holder is None or holder.mem_id in ids:
            return holder
        holder = holder.parent
    return None


def _skip(*, first: bool) -> Skip:
    def skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
        names, above = classes(attributes), node.parent
        beside = classes(above.attributes) if above is not None else frozenset()
        if "quote" in names or ("grey" in names and "quote" in (attributes.get("id") or "")):
            # In the first post a quote without a head is the author's own choice: a poem, a source. Without a
            # blockquote it is a notice: that the author is banned, was warned.
            inner = node.css_first("blockquote")
            return not first or inner is None or quote_of_another(inner, "blockquote", {})
        if tag in ("h4", "h5"):
            return "showhide" in beside
        if tag == "h2":  # a reply's own title, on mobile pages inside its words
            return "message" in beside
        if tag in ("strong", "b"):
            return _is_answer(node)
        if tag == "p" and above is not None and above.parent is not None:  # 代码: of the oldest mobile pages
            return "blockcode" in classes(above.parent.attributes)
        return tag == "em" and "copycode" in (attributes.get("onclick") or "")

    return skipping(_FURNITURE, _TAGS, skip)


def _is_answer(node: LexborNode) -> bool:
    """`回复 2# 某人`, the head of an answer without a quote."""
    link = node.css_first("a")
    if link is None or not re.search(r"findpost|redirect\.php|#pid\d", link.attributes.get("href") or ""):
        return False
    return _ANSWER.match((node.text() or "").strip()) is not None


def _floor(holder: LexborHTMLParser) -> int | None:
    mark = first_of(holder, "[id^=postnum]", ".mtit .y", ".pi > strong", ".authi em", ".bm_user")
    text = "".join((mark.text() or "").split()) if mark is not None else ""
    text = _FROM.sub("", text)  # a reply on top of the first page: 来自 12#
    for name, number in _FLOORS.items():
        if text.startswith(name):
            return number
    found = re.match(r"(\d+)", text)
    return int(found[1]) if found else None


def _no_counts(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:  # noqa: ARG001
    """Views and replies, buttons: beside the date of a mobile page."""
    return "y" in classes(attributes) or tag in ("em", "b", "a")


def _created(stamp: LexborNode, fetched: str | None) -> str | None:
    exact = stamp.css_first("span[title]")  # today's posts show 3小时前 and hold the time in the title
    said = (exact.attributes.get("title") or "") if exact is not None else ""
    plain = stamp.text() if stamp.tag == "em" else text_of(stamp, _no_counts)
    return find(said) or find(plain or "", fetched)


def _archived(view: View) -> Iterator[Post]:
    """Of the archiver, which has neither numbers nor boxes: a line with writer and date, then the words."""
    content = view.html.css_first("#content")
    if content is None:
        return
    posts: list[tuple[str, list[str]]] = []
    for block in blocks(content):
        if "author" in classes(block.element.attributes):
            posts.append((block.text, []))
        elif posts and block.element.tag != "h3" and "page" not in classes(block.element.attributes):
            posts[-1][1].append(block.text)
    page = _number(view.url)
    for place, (stamp, lines) in enumerate(posts, start=1):
        yield Post(f"{page}-{place}", None, find(stamp, view.fetched), "\n".join(_own_lines(lines)))


def _own_lines(lines: list[str]) -> Iterator[str]:
    """Lines of the archiver without notices and quotes; how long a quote is it does not show, most are one line."""
    quoted = False
    for line in lines:
        head = _QUOTED.match(line) is not None
        own = _HIDDEN.sub("", line).strip()
        if own and not (head or quoted or _EDITED.match(line) or _NO_WORDS.search(line)):
            yield masked(own)
        quoted = head


def _elements_after(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        node = node.next
        if node is not None and node.is_element_node:
            yield node


def _notices(tree: LexborHTMLParser) -> Article | None:
    """All announcements of a site, which stand on one page, folded; the newest one's date."""
    lines = list[str]()
    created: str | None = None
    before: LexborNode | None = None
    for box in _elements_after(tree.css_first("#annofilter")):
        name = box.attributes.get("id") or ""
        if box.tag == "div" and name.startswith("announce") and "um" in classes(box.attributes):
            of_box = before is not None and before.attributes.get("id") == f"{name}_c"
            head = before.css_first("h3") if before is not None and of_box else None
            if head is not None:
                created = created or find(head.text() or "")
                lines.append(text_of(head, lambda node, tag, attributes: tag == "em"))  # noqa: ARG005
            lines.append(text_of(box, skipping(frozenset(["mbn"]))))
        before = box
    return Article("公告", "\n".join(filter(None, lines)), created) if lines else None
