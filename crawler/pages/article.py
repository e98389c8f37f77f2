"""Any page that no engine's page object knows: title, main text and date by its shape, or what it is instead."""

import json
import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.dates import find, in_url
from crawler.extraction.main_content import main_blocks
from crawler.extraction.render import Block, blocks
from crawler.extraction.titles import title_of
from crawler.extraction.unknown_thread import posts_of
from crawler.pages.kinds import Article, Found, ThreadPage, View
from pipeline.contract.drop import DropReason

_META_DATES = (
    "meta[property='article:published_time']",
    "meta[itemprop='datePublished']",
    "meta[name='publishdate'], meta[name='PubDate'], meta[name='pubdate'], meta[name='publish-date']",
    "meta[property='og:release_date'], meta[name='weibo: article:create_at'], meta[name='date'], meta[name='Date']",
    "meta[name='dc.date'], meta[name='DC.date.issued'], meta[property='og:published_time']",
)
_NOT_FOUND = re.compile(
    r"404|(页面|頁面|文章|内容)不存在|找不到(您|你)?(要)?(访问)?的?(页面|網頁|网页|頁面)|not found|已被?(删除"
    r"|刪除)|您访问的页面|出错了",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"请先?登[录陆入]|請先?登[錄入]|登录后(才能|可以|查看|阅读)|登入後(才能|可以|檢視)|需要登[录入]|需要登入"
)
_LISTS = re.compile(
    r"/(tags?|categor(y|ies)|archives?|author|page/\d+|topics?|search|links?|sitemap)(/[^/]*)?/?(index\.html?)?$"
    r"|^/?(index\.\w+)?$"
)
_MORE = re.compile(
    r"(阅读全文|阅读更多|继续阅读|閱讀全文|閱讀更多|繼續閱讀|查看全文|全文阅读|[Rr]ead [Mm]ore|更多[>»])"
)
SHORT_PAGE = 600
"""Login walls say little else."""
GONE_CHARS = 120
"""Nor do pages that say that there is none; in longer texts the words are about something else."""
TEASERS = 3
"""So many headings that are links, or `read more` links, and the page lists others' texts."""
_DATED = re.compile("发布|發布|发表|發表|更新|时间|日期|時間|于|於|编辑|20")
_COPYRIGHT = re.compile("©|Copyright|版权|版權|ICP")
TAIL_LINES = 40
"""Where a date at the end of the text is looked for."""
BYLINE_CHARS = 40
"""Longer lines may speak of 昨天 without telling when they were written."""
HEAD_CHARS = 400
"""A byline stands within so many characters before or after the text's start."""


def read(view: View) -> Found:
    tree = view.html
    body = tree.body
    if body is None:
        return DropReason.NO_MAIN_TEXT
    title = title_of(tree)
    posts = posts_of(tree, view.fetched)
    if posts:
        return ThreadPage(view.url, 1, title, posts)
    lines = main_blocks(body)
    text_chars = sum(len(block.text) for block in lines)
    if text_chars < SHORT_PAGE:
        reason = _refusal(tree, body, title or "", lines, view.config.min_chars)
        if reason is not None:
            return reason
    if _is_index(view, lines):
        return DropReason.INDEX_PAGE
    if text_chars < view.config.min_chars:
        return DropReason.INDEX_PAGE if _mostly_links(body) else DropReason.NO_MAIN_TEXT
    lines = _without_title(lines, title)
    created = date_of(tree, view, lines)
    return Article(title, "\n".join(block.text for block in lines), created)


def _refusal(
    tree: LexborHTMLParser, body: LexborNode, title: str, lines: list[Block], min_chars: int
) -> DropReason | None:
    """What a page with hardly any text says instead of one: that it is gone, or that one must log in."""
    head = tree.css_first("title")
    names = f"{title} {head.text() if head is not None else ''}"
    if _NOT_FOUND.search(names):
        return DropReason.SOFT_404
    said = "\n".join(block.text for block in lines) or "\n".join(block.text for block in blocks(body))[:SHORT_PAGE]
    form = tree.css_first("input[type=password]") is not None
    everything = "\n".join(block.text for block in blocks(body)) if form else said
    if _LOGIN.search(everything) and (form or sum(len(block.text) for block in lines) < min_chars):
        return DropReason.LOGIN_WALL
    if _NOT_FOUND.search(said) and len(said) < GONE_CHARS:
        return DropReason.SOFT_404
    return None


def _is_index(view: View, lines: list[Block]) -> bool:
    parts = urlsplit(view.url)
    teasers = sum(_MORE.search(block.text) is not None and len(block.text) < 30 for block in lines)
    linked = sum(_is_linked_heading(block) for block in lines)
    if max(teasers, linked) >= TEASERS:
        return True
    if _LISTS.search(parts.path) and not parts.query:  # /?p=1700 is an article of WordPress
        return teasers + linked > 0 or sum(len(block.text) > 40 for block in lines) < 3 or parts.path in ("", "/")
    return False


def _is_linked_heading(block: Block) -> bool:
    return (block.node.tag or "") in ("h1", "h2", "h3", "h4") and block.links >= 0.8 * len(block.text)


def _mostly_links(body: LexborNode) -> bool:
    lines = blocks(body)
    return sum(block.links for block in lines) > 0.5 * sum(len(block.text) for block in lines)


def _without_title(lines: list[Block], title: str | None) -> list[Block]:
    """The title stands apart; in the text it would be said twice."""
    if title:
        plain = re.sub(r"\W", "", title)
        for number, block in enumerate(lines[:3]):
            if re.sub(r"\W", "", block.text) == plain:
                return lines[number + 1 :]  # what stands above it is a section or a logo
    return lines


def date_of(tree: LexborHTMLParser, view: View, lines: list[Block]) -> str | None:
    """When the text was published: meta elements, JSON-LD, <time>, the byline near the text, the address."""
    for selector in _META_DATES:
        node = tree.css_first(selector)
        date = find(node.attributes.get("content") or "") if node is not None else None
        if date:
            return date
    return _json_ld(tree) or _time_element(tree) or _byline(tree, view, lines) or in_url(urlsplit(view.url).path)


def _json_ld(tree: LexborHTMLParser) -> str | None:
    for node in tree.css("script[type='application/ld+json']")[:5]:
        text = node.text() or ""
        found = re.search(r'"datePublished"\s*:\s*("(?:[^"\\]|\\.){0,100}")', text)
        if found:
            try:
                return find(str(json.loads(found[1])))
            except ValueError:
                continue
    return None


def _time_element(tree: LexborHTMLParser) -> str | None:
    for node in tree.css("article time[datetime], .post time[datetime], time[datetime][pubdate], time[datetime]")[:3]:
        date = find(node.attributes.get("datetime") or "")
        if date:
            return date
    return None


def _byline(tree: LexborHTMLParser, view: View, lines: list[Block]) -> str | None:
    """The nearest date before the text's first line, else in what follows shortly."""
    body = tree.body
    if body is None:
        return None
    everything = blocks(body)
    start = next((n for n, block in enumerate(everything) if lines and block.text == lines[0].text), len(everything))
    chars = 0
    for block in reversed(everything[:start]):
        today = view.fetched if len(block.text) <= BYLINE_CHARS else None
        date = find(block.text, today) if len(block.text) < 200 and block.links < len(block.text) else None
        if date:
            return date
        chars += len(block.text)
        if chars > HEAD_CHARS:
            break
    for block in [*everything[start : start + 3], *everything[-TAIL_LINES:]]:
        dated = len(block.text) < 80 and _DATED.search(block.text) and not _COPYRIGHT.search(block.text)
        date = find(block.text) if dated else None
        if date:
            return date
    return None
