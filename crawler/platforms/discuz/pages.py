"""Discuz! X2.5 to X3.5: threads of the PC template, the mobile ones and the archiver; articles, blogs, notices."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction import article
from crawler.extraction.dates import find
from crawler.extraction.page_contents import Article, Found, ThreadPage, View
from crawler.extraction.post_text import classes, first_of, one_line, post_text, skipping
from crawler.html.render import text_of
from crawler.platforms.discuz.archiver import archived_posts
from crawler.platforms.discuz.posts import not_own_words, posts_of
from pipeline.contract.drop import DropReason

_PATH = re.compile(r"/thread-(\d+)-(\d+)-\d+\.html$")
_ARCHIVED = re.compile(r"/archiver/(?:index\.php)?\??tid-(\d+)(?:-(\d+))?\.html(?=$|[?&])")
_ARTICLE = re.compile(r"/(?:article|blog)-\d+-\d+\.html$|/portal\.php\?mod=view&|/home\.php\?.*do=blog&(?:.*&)?id=\d")
_LOGIN = re.compile(
    r"需要登录|需要登錄|需要登入|请先登录|請先登[錄入]|没有权限|沒有權限|无权|無權|尚未登录|您所在的用户组|阅读权限|隐私提醒"
)


def read(view: View) -> Found:
    """The thread page; INDEX_PAGE for boards and all else, SOFT_404 and LOGIN_WALL for Discuz's messages."""
    tree = view.html
    number = _number(view.url)
    posts = tuple((archived_posts if _ARCHIVED.search(view.url) else posts_of)(view, number))
    if posts:
        return ThreadPage(first_page(view.url) or view.url, number, _title(tree), posts)
    if (body := tree.css_first("#article_content, #blog_article")) is not None:
        return _article(view, body)
    if (notices := _notices(tree) or _refusal(tree)) is not None:
        return notices
    known = _ARTICLE.search(view.url) or _ARCHIVED.search(view.url)  # in a style or of a version that is not
    return article.read(view) if known or _is_older(tree) else DropReason.INDEX_PAGE


def _refusal(tree: LexborHTMLParser) -> DropReason | None:
    """What a message in place of the page says."""
    message = tree.css_first("#messagetext, .alert_error, .alert_info, .jump_c, #messagelogin")
    if message is None:
        return None
    return DropReason.LOGIN_WALL if _LOGIN.search(message.text() or "") else DropReason.SOFT_404


def _article(view: View, body: LexborNode) -> Found:
    """A portal's article or a blog's text; in a style without their headings it is read the general way."""
    head = view.html.css_first("h1.ph")
    if head is None:
        return article.read(view)
    stamp = first_of(view.html, "h1.ph + p", "h1.ph ~ p")
    created = find(stamp.text() or "", view.fetched) if stamp is not None else None
    return Article(one_line(head), post_text(body, not_own_words(first=True)), created)


def _is_older(tree: LexborHTMLParser) -> bool:
    """Whether the page is of Discuz! 4 to 7 or of their archiver, whose posts only the general way finds."""
    node = tree.css_first("meta[name=generator]")
    generator = (node.attributes.get("content") or "") if node is not None else ""
    return generator.startswith("Discuz!") and not generator.startswith("Discuz! X")


def _title(tree: LexborHTMLParser) -> str | None:
    node = first_of(tree, "#thread_subject", "h1.ts")
    if node is None and (head := first_of(tree, ".view_tit", ".postlist > h2")) is not None:
        return _text_beside_elements(head)  # in elements stand its category and links
    if node is None and tree.css_first("p.author") is not None:  # the archiver's heading is its own name
        return (one_line(tree.css_first("title")) or "").partition(" - ")[0] or None
    title = one_line(node or first_of(tree, ".postlist h2", ".vtit h1", "h1", "h2"))
    return re.sub(r"\s*\[(复制|複製)链接\]$", "", title) if title else None


def _text_beside_elements(node: LexborNode) -> str | None:
    said = [child.text_content or "" for child in node.iter(include_text=True) if child.is_text_node]
    return " ".join("".join(said).split()) or None


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


def _elements_after(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        node = node.next
        if node is not None and node.is_element_node:
            yield node


def _notices(tree: LexborHTMLParser) -> Article | None:
    """All announcements of a site, which stand on one page, folded; the newest one's date."""
    lines = list[str]()
    created: str | None = None
    for before, box in pairwise(chain([None], _elements_after(tree.css_first("#annofilter")))):
        if box is None or not _is_notice(box):
            continue
        head = _head_of(box, before)
        if head is not None:
            created = created or find(head.text() or "")
            lines.append(text_of(head, lambda node, tag, attributes: tag == "em"))  # noqa: ARG005
        lines.append(text_of(box, skipping(frozenset(["mbn"]))))
    return Article("公告", "\n".join(filter(None, lines)), created) if lines else None


def _is_notice(box: LexborNode) -> bool:
    name = box.attributes.get("id") or ""
    return box.tag == "div" and name.startswith("announce") and "um" in classes(box.attributes)


def _head_of(box: LexborNode, before: LexborNode | None) -> LexborNode | None:
    """The announcement's heading, in the element right above it."""
    if before is None or before.attributes.get("id") != f"{box.attributes.get('id') or ''}_c":
        return None
    return before.css_first("h3")
