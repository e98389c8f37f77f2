"""One archived page read: decoded, parsed within bounds, given to its page object, its variant and licence told."""

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses.roles import Role
from crawler.extraction.dates import page_clock
from crawler.extraction.licences import licence_of
from crawler.extraction.page_contents import Article, Found, Post, ThreadPage, View
from crawler.extraction.structured import lang_of
from crawler.html.tree import TooComplex, parse
from crawler.platforms import registry
from crawler.platforms.platform import Platform
from crawler.platforms.registry import ARTICLE, PLATFORMS
from crawler.warc.format import Capture
from crawler.warc.reader import Page
from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig, Superscripts
from pipeline.text.encoding import Decoded, decode
from pipeline.text.superscripts import with_carets

_MARKUP = re.compile(
    r"<\s*(!doctype|html|head|body|div|p|table|meta|title|br|a|span|h1|article|script|text)\b", re.IGNORECASE
)
SNIFFED_CHARS = 8192
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)"
)
_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}\Z")
MAX_POSTS = 1_000
"""Forums show at most some hundreds on a page."""
MAX_NESTED = 3
"""Posts in posts in posts: the text of inner ones would be read again for each outer one."""
MAX_FLOOR = 10_000_000
"""No thread has more posts."""


@dataclass(frozen=True, slots=True)
class Reading:
    decoded: Decoded
    kind: str
    """The page object that read it."""
    found: Found
    lang: str | None
    licence: str | None
    """What a mark in the page says."""
    host: str
    fault: str | None = None
    """The page object and the error that it could not read the page for."""


def unread(capture: Capture, reason: DropReason) -> Reading:
    """A page whose bytes could not be unpacked."""
    return _dropped(Decoded("", "none", None, 0), capture, "none", reason)


def read(capture: Capture, page: Page, config: ExtractConfig) -> Reading:
    """Everything that the page itself says."""
    decoded = decode(page.body, page.headers.get("content-type"))
    if not decoded.text.strip():
        return _dropped(decoded, capture, "none", DropReason.BLANK)
    if decoded.replaced > config.max_bad_share * len(decoded.text):
        return _dropped(decoded, capture, "none", DropReason.BROKEN_ENCODING)
    return (_read_answer if capture.role == Role.API else _read_page)(decoded, capture, config)


def _dropped(decoded: Decoded, capture: Capture, kind: str, reason: DropReason) -> Reading:
    """A page that no page object is given."""
    return Reading(decoded, kind, reason, None, None, _host(capture))


def _host(capture: Capture) -> str:
    return urlsplit(capture.url).hostname or ""


def _read_answer(decoded: Decoded, capture: Capture, config: ExtractConfig) -> Reading:
    """An answer of an API."""
    kind, text = capture.platform, _without_halves(decoded.text)
    if PLATFORMS.get(kind, ARTICLE).api is None:
        return _dropped(decoded, capture, Role.API, DropReason.NOT_A_PAGE)
    if len(text) > config.max_chars:
        return _dropped(decoded, capture, kind, DropReason.TOO_COMPLEX)
    if not _is_json(text):
        return _dropped(decoded, capture, kind, DropReason.BROKEN_BODY)
    found, fault = _found(kind, View(capture.url, text, None, capture.time, config))
    return Reading(decoded, kind, found, None, None, _host(capture), fault)


def _read_page(decoded: Decoded, capture: Capture, config: ExtractConfig) -> Reading:
    text = _without_halves(decoded.text)
    if not _MARKUP.search(decoded.text[:SNIFFED_CHARS]):
        return _dropped(decoded, capture, "none", DropReason.NOT_A_PAGE)
    try:
        tree = parse(text, config)
    except TooComplex:
        return _dropped(decoded, capture, "none", DropReason.TOO_COMPLEX)
    view = View(capture.url, text, tree, page_clock(text, capture.time), config)
    kind = registry.page_object_of(capture.platform, view)
    if _has_too_many_posts(PLATFORMS.get(kind, ARTICLE), tree):
        return _dropped(decoded, capture, kind, DropReason.TOO_COMPLEX)
    try:
        licence = licence_of(tree, text, lambda: view.lines)
    except TooComplex:
        return _dropped(decoded, capture, kind, DropReason.TOO_COMPLEX)
    found, fault = _found(kind, view)
    return Reading(decoded, kind, found, lang_of(tree), licence, _host(capture), fault)


def _has_too_many_posts(platform: Platform, tree: LexborHTMLParser) -> bool:
    """Whether looking around for each post would take minutes."""
    for selector in platform.post_boxes:
        posts = tree.css(selector)
        if len(posts) > MAX_POSTS or (not platform.reads_posts_apart and _count_nested(posts) > MAX_NESTED):
            return True
    return False


def _count_nested(posts: list[LexborNode]) -> int:
    """How many posts stand in two others or more."""
    known = {post.mem_id for post in posts}
    return sum(_posts_around(post, known) > 1 for post in posts)


def _posts_around(node: LexborNode, known: set[int]) -> int:
    """In how many posts it stands; no more than two are counted."""
    around, above = 0, node.parent
    while above is not None and around < 2:
        around += above.mem_id in known
        above = above.parent
    return around


def _found(kind: str, view: View) -> tuple[Found, str | None]:
    """What the page object reads, and its fault if it breaks: one odd page of millions must not stop the others."""
    try:
        return _sound(_written(registry.read(kind, view), view.config)), None
    except TooComplex:
        return DropReason.TOO_COMPLEX, None
    except Exception as error:  # whatever it is, it is in the ledger and counted
        return DropReason.UNREADABLE, f"{kind}: {type(error).__name__}"


def _written(found: Found, config: ExtractConfig) -> Found:
    """With superscripts as conf wants them."""
    if config.superscripts is not Superscripts.caret:
        return found
    if isinstance(found, Article):
        return replace(found, text=with_carets(found.text))
    if isinstance(found, ThreadPage):
        return replace(found, posts=tuple(replace(post, text=with_carets(post.text)) for post in found.posts))
    return found


def _sound(found: Found) -> Found:
    """What the tables can hold: texts that are Unicode, floors that are numbers."""
    if isinstance(found, Article):
        _check(found.title, found.text, found.created)
    elif isinstance(found, ThreadPage):
        _check(found.title, *(text for post in found.posts for text in (post.text, post.created, post.key)))
        return replace(found, posts=tuple(map(_with_floor, found.posts)))
    return found


def _check(*texts: str | None) -> None:
    for text in texts:
        if text is not None:
            text.encode()  # AttributeError if it is no text, UnicodeEncodeError if half a character stands in it


def _with_floor(post: Post) -> Post:
    return post if post.floor is None or 0 < post.floor <= MAX_FLOOR else replace(post, floor=None)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _without_halves(text: str) -> str:
    """JSON's escapes of half a character, as cut emoji leave them, are no text; pages have them in scripts."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda found: "\\ufffd" if _HALF.match(found.group()) else found.group(), text)
