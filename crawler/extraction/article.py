"""Any page that no engine's page object knows: title, main text and date by its shape, or what it is instead."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extraction import topic_page
from crawler.extraction.around import Around
from crawler.extraction.authors import author_of, without_credits
from crawler.extraction.bylines import created_of
from crawler.extraction.clocks import as_shown
from crawler.extraction.letters import letters
from crawler.extraction.main_content import goodness, main_blocks
from crawler.extraction.page import Article, Found, Post, ThreadPage, View
from crawler.extraction.paging import place
from crawler.extraction.structured import told
from crawler.extraction.titles import head_of, title_of
from crawler.extraction.unknown_thread import posts_of
from crawler.html.render import Block, links_elsewhere
from pipeline.contract.drop import DropReason

_NOT_FOUND = re.compile(
    r"(?<!\d)404(?![\d.]|\s*[米个名人元页章篇条])|(页面|頁面|文章|内容)不存在"
    r"|找不到(您|你)?(要)?(访问)?的?(页面|網頁|网页|頁面)|not found|已被?(删除|刪除)|您访问的页面|出错了",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"请先?登[录陆入]|請先?登[錄入]|登录后(才能|可以|查看|阅读)|登入後(才能|可以|檢視)|需要登[录入]|需要登入"
)
_LISTS = re.compile(
    r"/(tags?|categor(y|ies)|archives?|author|page/\d+|topics?(?!/\d)"
    r"|search|links?|sitemap)(/[^/]*)?/?(index\.html?)?$"
    r"|^/?(index\.\w+)?$"
)
_HOME = re.compile(r"^/?(index\.\w+)?$|(^|/)page/\d+/?(index\.html?)?$")
_MORE = re.compile(
    r"(阅读全文|阅读更多|继续阅读|閱讀全文|閱讀更多|繼續閱讀|查看全文|全文阅读|[Rr]ead [Mm]ore|更多[>»])"
)
SHORT_PAGE = 600
"""Login walls say little else."""
REFUSAL_CHARS = 200
"""A page that has more text is about the words in its title, or asks to log in for something else."""
GONE_CHARS = 120
"""Nor do pages that say that there is none; in longer texts the words are about something else."""
TEASERS = 3
"""So many headings that are links, or `read more` links, and the page lists others' texts."""
SAME_CHARS = 20
"""A first post as long as this that stands on two pages is one; 顶 may be said twice."""
TITLE_LINES = 12
"""Where the title is looked for at the head of the text."""
ABOVE_CHARS = 30
"""So much running text above it is text."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))


def read(view: View, choose: Callable[[list[Block]], list[Block]] | None = None) -> Found:
    """`choose` gives the lines of the text, for those that are found by the page's shape: where marks tell more."""
    tree = view.html
    body = tree.body
    if body is None:
        return DropReason.NO_MAIN_TEXT
    everything, opening = view.lines, _opening(tree)
    posts = _posts(view, opening) if choose is None else ()
    if posts:
        first, number = place(view.url)
        around = Around(everything, next((post.text.split("\n")[0] for post in posts if post.text), None))
        title = title_of(tree, around)
        if number == 1 and posts[0].created is None:
            created = created_of(told(tree, view.fetched, False), view.text, view.url, view.fetched, title, around)
            posts = (replace(posts[0], created=created), *posts[1:])
        return ThreadPage(first, number, title, _numbered(posts, number))
    lines = main_blocks(everything, opening)
    if choose is not None:
        lines = choose(lines)
    around = Around(everything, lines[0], lines[-1]) if lines else Around(everything)
    title = title_of(tree, around)
    text_chars = sum(len(block.text) for block in lines)
    if text_chars < SHORT_PAGE:
        reason = _refusal(tree, everything, title or "", lines, view.config.min_chars)
        if reason is not None:
            return reason
    if _is_index(view, lines):
        return DropReason.INDEX_PAGE
    if text_chars < view.config.min_chars:
        return DropReason.INDEX_PAGE if _mostly_links(everything) else DropReason.NO_MAIN_TEXT
    lines = _without_title(lines, title)
    lines = without_credits(lines)
    facts = told(tree, view.fetched, view.config.authors)
    created = as_shown(created_of(facts, view.text, view.url, view.fetched, title, around), tree, view.url)
    author = author_of(facts, head_of(tree), around) if view.config.authors else None
    return Article(title, "\n".join(block.text for block in lines), created, author)


def _posts(view: View, opening: str) -> tuple[Post, ...]:
    """Those of a page that its address calls a topic, else those that are told by their shape."""
    found = topic_page.posts_of(view.lines, view.fetched, opening) if topic_page.is_topic(view.url) else ()
    return found or posts_of(view.html, view.lines, view.fetched)


def _numbered(posts: tuple[Post, ...], number: int) -> tuple[Post, ...]:
    """Posts with keys of their own on each page; the first is known by its text: some forums repeat it on each."""
    return tuple(
        replace(post, key=post.text if at == 0 and len(post.text) >= SAME_CHARS else f"{number}.{at}")
        for at, post in enumerate(posts)
    )


def _opening(tree: LexborHTMLParser) -> str:
    """The description in the page's head: on most sites the first words of its text."""
    for selector in ("meta[name=description]", "meta[property='og:description']"):
        node = tree.css_first(selector)
        if node is not None and node.attributes.get("content"):
            return node.attributes["content"] or ""
    return ""


def _refusal(
    tree: LexborHTMLParser, everything: list[Block], title: str, lines: list[Block], min_chars: int
) -> DropReason | None:
    """What a page with hardly any text says instead of one: that it is gone, or that one must log in."""
    head = tree.css_first("title")
    names = f"{title} {head.text() if head is not None else ''}"
    chars = sum(len(block.text) for block in lines)
    if _NOT_FOUND.search(names) and chars < REFUSAL_CHARS:
        return DropReason.SOFT_404
    said = "\n".join(block.text for block in lines) or "\n".join(block.text for block in everything)[:SHORT_PAGE]
    form = tree.css_first("input[type=password]") is not None
    all_said = "\n".join(block.text for block in everything) if form else said
    if _LOGIN.search(all_said) and chars < (REFUSAL_CHARS if form else min_chars):
        return DropReason.LOGIN_WALL
    if _NOT_FOUND.search(said) and len(said) < GONE_CHARS:
        return DropReason.SOFT_404
    return None


def _is_index(view: View, lines: list[Block]) -> bool:
    parts = urlsplit(view.url)
    teasers = sum(_MORE.search(block.text) is not None and len(block.text) < 30 for block in lines)
    headings = [block for block in lines if block.element.tag in _HEADINGS]
    linked = sum(block.links >= 0.8 * len(block.text) and links_elsewhere(block) for block in headings)
    many = teasers >= TEASERS or (linked >= TEASERS and 2 * linked >= len(headings))
    if many or (_HOME.search(parts.path) and not parts.query):
        return True
    if _LISTS.search(parts.path) and not parts.query:  # /?p=1700 is an article of WordPress
        return teasers + linked > 0 or sum(len(block.text) > 40 for block in lines) < 3
    return False


def _mostly_links(lines: list[Block]) -> bool:
    return sum(block.links for block in lines) > 0.5 * sum(len(block.text) for block in lines)


def _without_title(lines: list[Block], title: str | None) -> list[Block]:
    """The title stands apart; in the text it would be said twice. What stands above it is a section or a logo."""
    plain = letters(title or "")
    for number, block in enumerate(lines[:TITLE_LINES]):
        if plain and letters(block.text) == plain:
            above = lines[:number] if sum(map(goodness, lines[:number])) > ABOVE_CHARS else []
            return above + lines[number + 1 :]
    return lines
