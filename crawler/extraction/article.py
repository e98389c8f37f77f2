"""Read any page that no engine's page object knows: title, main text and date by its shape, or what it is instead."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extraction import topic_page
from crawler.extraction.authors import author_of, without_credits
from crawler.extraction.bylines import as_shown, created_of
from crawler.extraction.main_content import goodness, main_blocks
from crawler.extraction.page_contents import Article, Found, Post, ThreadPage, View
from crawler.extraction.paging import place
from crawler.extraction.structured import structured_data
from crawler.extraction.text_position import TextPosition
from crawler.extraction.titles import head_of, title_of
from crawler.extraction.unknown_thread import posts_of
from crawler.html.render import Block, links_elsewhere, text_of_lines
from pipeline.contract.drop import DropReason
from pipeline.text.folding import letters_only

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
TEASER_CHARS = 30
"""A line with `read more` in it is no longer than this if it is a link to another text."""
TITLE_SHARE = 0.8
"""Of a heading's characters, those in links, if it is another text's title."""
LIST_CHARS, LIST_LINES = 40, 3
"""A page whose address is a list's is still a text if LIST_LINES of its lines are longer than LIST_CHARS."""
TEASERS = 3
"""A page with this many headings that are links, or `read more` links, is a list of other texts."""
SAME_CHARS = 20
"""A first post as long as this that stands on two pages is one; 顶 may be said twice."""
TITLE_LINES = 12
"""Where the title is looked for at the head of the text."""
ABOVE_CHARS = 30
"""So much running text above it is text."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))


def read(view: View, choose: Callable[[list[Block]], list[Block]] | None = None) -> Found:
    """`choose` gives the lines of the text, for those that are found by the page's shape: where marks tell more."""
    if view.html.body is None:
        return DropReason.NO_MAIN_TEXT
    opening = _opening(view.html)
    posts = _posts(view, opening) if choose is None else ()
    if posts:
        return _thread_page(view, posts)
    lines = main_blocks(view.lines, opening)
    return _article(view, lines if choose is None else choose(lines))


def _thread_page(view: View, posts: tuple[Post, ...]) -> ThreadPage:
    """One page of a thread whose engine is unknown; its first post may have the date of the page."""
    first, number = place(view.url)
    position = TextPosition(view.lines, next((post.text.split("\n")[0] for post in posts if post.text), None))
    title = title_of(view.html, position)
    if number == 1 and posts[0].created is None:
        facts = structured_data(view.html, view.fetched, False)
        created = created_of(facts, view.text, view.url, view.fetched, title, position)
        posts = (replace(posts[0], created=created), *posts[1:])
    return ThreadPage(first, number, title, _numbered(posts, number))


def _article(view: View, lines: list[Block]) -> Article | DropReason:
    tree = view.html
    position = TextPosition(view.lines, lines[0], lines[-1]) if lines else TextPosition(view.lines)
    title = title_of(tree, position)
    reason = _why_none(view, lines, title or "")
    if reason is not None:
        return reason
    lines = without_credits(_without_title(lines, title))
    facts = structured_data(tree, view.fetched, view.config.authors)
    created = as_shown(created_of(facts, view.text, view.url, view.fetched, title, position), tree, view.url)
    author = author_of(facts, head_of(tree), position) if view.config.authors else None
    return Article(title, _text(lines), created, author)


def _why_none(view: View, lines: list[Block], title: str) -> DropReason | None:
    """Why a page of such a text is no article."""
    chars = _chars(lines)
    if chars < SHORT_PAGE:
        reason = _refusal(view, lines, title)
        if reason is not None:
            return reason
    if _is_index(view, lines):
        return DropReason.INDEX_PAGE
    if chars < view.config.min_chars:
        return DropReason.INDEX_PAGE if _mostly_links(view.lines) else DropReason.NO_MAIN_TEXT
    return None


def _chars(lines: list[Block]) -> int:
    return sum(len(block.text) for block in lines)


def _text(lines: list[Block]) -> str:
    return text_of_lines(lines)


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


def _refusal(view: View, lines: list[Block], title: str) -> DropReason | None:
    """What a page with hardly any text says instead of one: that it is gone, or that one must log in."""
    head = view.html.css_first("title")
    names = f"{title} {head.text() if head is not None else ''}"
    chars = _chars(lines)
    if _NOT_FOUND.search(names) and chars < REFUSAL_CHARS:
        return DropReason.SOFT_404
    said = _text(lines) or _text(view.lines)[:SHORT_PAGE]
    if _asks_to_log_in(view, said, chars):
        return DropReason.LOGIN_WALL
    if _NOT_FOUND.search(said) and len(said) < GONE_CHARS:
        return DropReason.SOFT_404
    return None


def _asks_to_log_in(view: View, said: str, chars: int) -> bool:
    """Beside a form for it, the words may stand anywhere on the page."""
    if view.html.css_first("input[type=password]") is not None:
        return chars < REFUSAL_CHARS and _LOGIN.search(_text(view.lines)) is not None
    return chars < view.config.min_chars and _LOGIN.search(said) is not None


def _is_index(view: View, lines: list[Block]) -> bool:
    """Whether the page lists other texts: by their teasers, else by its address."""
    headings = [block for block in lines if block.element.tag in _HEADINGS]
    teasers, linked = sum(map(_is_teaser, lines)), sum(map(_is_linked, headings))
    if teasers >= TEASERS or (linked >= TEASERS and 2 * linked >= len(headings)):
        return True
    parts = urlsplit(view.url)
    if parts.query:  # /?p=1700 is an article of WordPress
        return False
    if _HOME.search(parts.path):
        return True
    has_text = sum(len(block.text) > LIST_CHARS for block in lines) >= LIST_LINES
    return _LISTS.search(parts.path) is not None and (teasers + linked > 0 or not has_text)


def _is_teaser(block: Block) -> bool:
    return len(block.text) < TEASER_CHARS and _MORE.search(block.text) is not None


def _is_linked(heading: Block) -> bool:
    return heading.links >= TITLE_SHARE * len(heading.text) and links_elsewhere(heading)


def _mostly_links(lines: list[Block]) -> bool:
    return sum(block.links for block in lines) > 0.5 * _chars(lines)


def _without_title(lines: list[Block], title: str | None) -> list[Block]:
    """The title stands apart; in the text it would be said twice. What stands above it is a section or a logo."""
    plain = letters_only(title or "")
    for number, block in enumerate(lines[:TITLE_LINES]):
        if plain and letters_only(block.text) == plain:
            above = lines[:number] if sum(map(goodness, lines[:number])) > ABOVE_CHARS else []
            return above + lines[number + 1 :]
    return lines
