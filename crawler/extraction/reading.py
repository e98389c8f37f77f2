"""One archived page read: decoded, parsed within bounds, given to its page object, its variant and licence told."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extraction.licences import licence_of
from crawler.pages.engines import READERS, engine_of
from crawler.pages.kinds import Found, View
from crawler.snapshot.encoding import Decoded, decode
from crawler.snapshot.reader import Capture, Page
from crawler.snapshot.tree import TooComplex, parse
from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig

API = "api"
_MARKUP = re.compile(
    r"<\s*(!doctype|html|head|body|div|p|table|meta|title|br|a|span|h1|article|script|text)\b", re.IGNORECASE
)
SNIFFED_CHARS = 8192


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


def read(capture: Capture, page: Page, config: ExtractConfig) -> Reading:
    """Everything that the page itself says."""
    decoded = decode(page.body, page.headers.get("content-type"))
    host = urlsplit(capture.url).hostname or ""

    def reading(kind: str, found: Found, lang: str | None = None, licence: str | None = None) -> Reading:
        return Reading(decoded, kind, found, lang, licence, host)

    if not decoded.text.strip():
        return reading("none", DropReason.BLANK)
    if decoded.replaced > config.max_bad_share * len(decoded.text):
        return reading("none", DropReason.BROKEN_ENCODING)
    if capture.role == API:
        view = View(capture.url, decoded.text, None, capture.time, config)
        if capture.platform not in ("discourse", "nodebb", "flarum"):
            return reading(API, DropReason.NOT_A_PAGE)
        return reading(capture.platform, READERS[capture.platform](view))
    if not _MARKUP.search(decoded.text[:SNIFFED_CHARS]):
        return reading("none", DropReason.NOT_A_PAGE)
    try:
        tree = parse(decoded.text, config)
    except TooComplex:
        return reading("none", DropReason.TOO_COMPLEX)
    view = View(capture.url, decoded.text, tree, capture.time, config)
    kind = engine_of(capture.platform, view)
    root = tree.css_first("html")
    lang = root.attributes.get("lang") or root.attributes.get("xml:lang") if root is not None else None
    return reading(kind, READERS[kind](view), lang, licence_of(tree))
