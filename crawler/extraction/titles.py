"""Choose a page's own title: its heading, what it tells to other sites, or <title> without site and column."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.dates import written
from crawler.extraction.furniture import is_furniture_line
from crawler.extraction.text_position import TextPosition
from crawler.html.render import Block
from pipeline.text.characters import UNIFIED

_SEPARATOR = re.compile(
    r"\s*(?:[|｜_»«]+|::|——?(?=[^—_|｜-]{2,8}[网網]$)|\s-{1,2}(?=\s|$)|^-{1,2}\s|\s[–—·•](?=\s)|--+"
    rf"|(?<=[{UNIFIED}？！”」》）)])-(?=\S)|(?<=\S)-(?=[{UNIFIED}])|(?<=[{UNIFIED}])[<>](?=\S))\s*"
)
_PLAIN = re.compile(r"[\W_]+")
_SITE = re.compile(
    r"(网|網|网站|網站|报|報|论坛|論壇|社区|社區|频道|頻道|博客|網誌|部落格|门户|官网|新闻|新聞|资讯|資訊|快资讯】|中心|在线|百科|百科全书"
    r"|百科全書|知乎|豆瓣|贴吧|中文站|读书|杂志|电台|电视台|客户端|头条|首页|主页|空间|知道|专栏|专题|官方|微博|哔哩哔哩|小组|学院|大学"
    r"|[Bb]log|BLOG|[Ff]orums?|[Cc]ommunity|[Ww]iki|Archiver|[Pp]owered by .*|[Nn]ews|null|undefined"
    r"|(\w[\w-]*\.)+(com|cn|net|org|tw|hk|edu|gov|info|io))$"
)
_NO_SITE = re.compile(
    r"(互联网|互聯網|物联网|电网|电力网|铁路网|高铁网|公路网|上网|联网|天网|落网|法网|喜报|预报|情报|海报|举报|回报|捷报|汇报|申报|公报|通报)$"
)
_LOOSE_SITE = re.compile(rf"\s[{UNIFIED}A-Za-z]{{2,8}}(网|網|日报|晚报|博客|论坛)$")
_HEADING_NAME = re.compile(r"title|heading|headline|subject|biaoti|(^|[\s_-])(bt|tit|topic)([\s_\d-]|$)")
_LABEL = re.compile(r"^(主题|主題|标题|標題|题目|題目|文章标题)\s*[:：]\s*")
_PAGE = re.compile(
    r"\s*([(（\[【_-]\s*(页|頁|第)\s*\d+\s*(页|頁)?\s*[)）\]】]?|\[(复制|複製)链接\]|(- -)+|[|｜_»«:·–—-]+)\s*$"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_UNSEEN = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ue000-\uf8ff\ufeff\ufffd]")
_PATH = re.compile(r"\s?[>»›→]|^[一二三四五六七八九十\d]{1,3}[、.．]")
_END = re.compile(r"[。；，,;：:]$")
MIN_CHARS = 2
MAX_CHARS = 150
LOGO_SHARE = 0.5
"""A logo or a section is in <title> too, but much shorter than what else stands there."""
COLUMN_CHARS = 12
SHORTEST_TOLD = 4
LINE_TITLE_CHARS = 5
"""Shorter lines above a text are names and buttons."""
LINK_SHARE, CLOSE_LINES = 0.3, 2
"""A title may be a link if it stands right above its text; farther up, links are menus."""
COUNTER_CHARS = 12
"""第二章 船长241: buttons and counters that stand in a heading."""
SITE_CHARS = 32
HEADING_CHARS = 80
ABOVE_LINES, BELOW_LINES = 14, 4
"""How far from the text's first line its title may stand."""
KNOWN_CHARS, KNOWN_SHARE = 6, 0.5
"""A title of which the text holds so much is the text's, though it is not shown."""
MAX_HEADINGS = 20


def title_of(tree: LexborHTMLParser, position: TextPosition) -> str | None:
    """The heading that <title> or og:title contains; else such a line near the text; else og:title or <title>.

    Where neither is about the text (a site's name, 显示), it is the heading, or else the line, above the text.
    """
    head = _cleaned(head_of(tree))
    shared = _shared(tree)
    site = _PLAIN.sub("", _meta(tree, "meta[property='og:site_name']"))
    told = _without_site(shared or head, site) or _without_site(head, site)
    known = [_PLAIN.sub("", head), _PLAIN.sub("", shared)]
    headings = list(_headings(tree, "h1"))
    chosen = _longest(headings, known, told, site)
    if chosen is None:
        chosen = _longest(_headings(tree, "h2, h3"), known, told, site)
    if chosen is None:
        chosen = _longest(_headings(tree, "[class*=title], [id*=title]"), known, told, site)
    if chosen is None:
        lines = [_cleaned(block.text) for block in _near(position) if block.links < len(block.text)]
        chosen = _longest(lines, known, told, site)
    if chosen is None:
        return _unconfirmed(told, headings, known, site, position)
    whole = _without_site(head, site)
    return whole if whole.startswith(f"{chosen}——") else chosen  # a heading of two lines


def _longest(candidates: Iterator[str] | list[str], known: list[str], told: str, site: str) -> str | None:
    """The longest candidate that <title> or og:title contains, unless it is but a logo."""
    fit = [
        candidate
        for candidate in candidates
        if (plain := _PLAIN.sub("", candidate))
        and not _is_site(candidate, site)
        and any(plain in text for text in known)
    ]
    longest = max(fit, key=len, default=None)
    return longest if longest and _weight(longest) >= LOGO_SHARE * _weight(told) else None


def _weight(text: str) -> float:
    """How much a title says: Latin letters less than Chinese characters."""
    plain = _PLAIN.sub("", text)
    return len(plain) - 0.7 * sum(character.isascii() for character in plain)


def _unconfirmed(told: str, headings: list[str], known: list[str], site: str, position: TextPosition) -> str | None:
    """The title of a page that does not show what it tells."""
    if not position.is_known:
        return told or next(iter(headings), None)
    near = list(_near(position))
    if not _is_site(told, site) and _is_of_text(told, [*headings, *(block.text for block in near)], position):
        return told
    lines = [block for block in near if _may_be_title(block, known)]
    found = _heading_among(lines, site) or _line_above(lines, near, bool(told), position)
    return (_cleaned(found.text) if found is not None else told) or None


def _is_of_text(told: str, shown: list[str], position: TextPosition) -> bool:
    """Whether the page shows it whole, perhaps with a counter beside it, or the text holds most of it."""
    if not told:
        return False
    plain = _PLAIN.sub("", told)
    texts = [_PLAIN.sub("", text) for text in shown if len(text) <= len(told) + HEADING_CHARS]
    is_whole = any(
        text.startswith(plain) or (plain in text and len(text) <= len(plain) + COUNTER_CHARS) for text in texts
    )
    return (is_whole and len(plain) >= KNOWN_CHARS) or _is_about_text(plain, position)


def _heading_among(lines: list[Block], site: str) -> Block | None:
    return next((block for block in lines if _is_heading(block) and not _is_site(block.text, site)), None)


def _line_above(lines: list[Block], near: list[Block], told: bool, position: TextPosition) -> Block | None:
    """The line most like a title among those near the text: rather no link, rather not the text's own first line,
    which may well be its author or its first sentence. Far lines count only where the page tells a title at all.
    """
    close = position.lines[max(0, position.start - CLOSE_LINES) : position.start + 1]
    fit = [
        block
        for block in lines
        if len(block.text) >= LINE_TITLE_CHARS and (block in close or (told and not _is_link(block)))
    ]
    return min(fit, key=lambda block: (_is_link(block), block.text == near[0].text), default=None)


def _is_link(block: Block) -> bool:
    return block.links >= LINK_SHARE * len(block.text)


def _near(position: TextPosition) -> Iterator[Block]:
    """Lines about the text's start, the nearest first."""
    if not position.is_known:
        return
    start = position.start
    yield from position.lines[start : start + 1]
    yield from reversed(position.lines[max(0, start - ABOVE_LINES) : start])
    yield from position.lines[start + 1 : start + BELOW_LINES]


def _may_be_title(block: Block, known: list[str]) -> bool:
    """Whether it is a short line, no sentence, path, date or furniture; what <title> holds, too, behind its
    beginning, was found to be a logo or a column."""
    text = block.text
    if not MIN_CHARS <= len(text) <= HEADING_CHARS or _END.search(text) or _PATH.search(text) or written(text):
        return False
    plain = _PLAIN.sub("", text)
    if len(plain) < MIN_CHARS or any(other.find(plain) > 0 for other in known):
        return False
    return block.element.tag == "h1" or not is_furniture_line(text)


def _is_heading(block: Block) -> bool:
    return block.element.tag in ("h1", "h2", "h3", "h4") or _HEADING_NAME.search(block.element.names) is not None


def _is_about_text(plain: str, position: TextPosition) -> bool:
    """Whether the text's beginning holds most of the title's pairs of characters."""
    pairs = {plain[at : at + 2] for at in range(len(plain) - 1)}
    text = _PLAIN.sub("", "".join(block.text for block in position.lines[position.start : position.end])[:4000])
    return (
        bool(pairs) and sum(pair in text for pair in pairs) >= KNOWN_SHARE * len(pairs) and len(plain) > KNOWN_CHARS
    )


def _headings(tree: LexborHTMLParser, selector: str) -> Iterator[str]:
    for node in tree.css(selector)[:MAX_HEADINGS]:
        text = _cleaned(node.text() or "")
        if MIN_CHARS <= len(text) <= MAX_CHARS:
            yield text


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two separators of a title, and where."""

    text: str
    start: int
    end: int


def _pieces(title: str) -> list[_Piece]:
    """Those that say something."""
    pieces = []
    at = 0
    for found in _SEPARATOR.finditer(title):
        if found.end() > found.start():
            pieces.append(_Piece(title[at : found.start()], at, found.start()))
            at = found.end()
    pieces.append(_Piece(title[at:], at, len(title)))
    return [piece for piece in pieces if piece.text.strip()]


def _without_site(title: str, site: str) -> str:
    """Site and columns cut off its end, a site off its beginning; a title's own dashes stay."""
    pieces = _pieces(title)
    if not pieces:
        return title.strip()
    is_cut = False
    while len(pieces) > 1 and (_is_site(pieces[-1].text, site) or _is_column(title, pieces, is_cut)):
        pieces.pop()
        is_cut = True
    while len(pieces) > 1 and _is_site(pieces[0].text, site):
        pieces.pop(0)
    told = title[pieces[0].start : pieces[-1].end].strip()
    loose = _LOOSE_SITE.search(told)
    if loose and not _NO_SITE.search(told):
        told = told[: loose.start()]
    return _cleaned(told)


def _is_column(title: str, pieces: list[_Piece], is_cut: bool) -> bool:
    """Whether the last piece names a column: a short one before the site that was cut off, or one behind `_`."""
    last, before = pieces[-1], pieces[-2]
    rest = last.start - pieces[0].start
    if is_cut and len(last.text) <= min(COLUMN_CHARS, rest):
        return True
    return title[before.end : last.start].strip() == "_" and rest > SHORTEST_TOLD


def _is_site(part: str, site: str) -> bool:
    part = part.strip()
    if site and _PLAIN.sub("", part) == site:
        return True
    return len(part) <= SITE_CHARS and _SITE.search(part) is not None and not _NO_SITE.search(part)


def _cleaned(text: str) -> str:
    """One line without entities, tags, unseen characters, labels and page numbers."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
    text = " ".join(_UNSEEN.sub("", _TAG.sub(" ", text)).split())
    return _PAGE.sub("", _LABEL.sub("", text))


def head_of(tree: LexborHTMLParser) -> str:
    """What <title> says."""
    node = tree.css_first("head title, title")
    return (node.text() or "") if node is not None else ""


def _shared(tree: LexborHTMLParser) -> str:
    """What it tells to other sites; titles of two lines hold the second after a tag."""
    return _cleaned(_meta(tree, "meta[property='og:title'], meta[name='og:title'], meta[name='ArticleTitle']"))


def _meta(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return (node.attributes.get("content") or "") if node is not None else ""
