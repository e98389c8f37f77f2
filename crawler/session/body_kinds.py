"""Tell what a response's bytes are, whatever its header calls them."""

import hashlib
import re
from enum import Enum


class BodyKind(Enum):
    HTML = "html"
    XML = "xml"
    JSON = "json"
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


_BINARY_STARTS = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf",
    b"RIFF", b"OggS", b"ID3", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp", b"\x7fELF", b"MZ\x90",
    b"\xd0\xcf\x11\xe0", b"wOFF", b"FLV\x01", b"\xca\xfe\xba\xbe", b"\x00\x01\x00\x00", b"II*\x00",
    b"MM\x00*", b"SQLite format", b"BZh", b"\xfd7zXZ",
)  # fmt: skip
"""File signatures (the WHATWG MIME Sniffing Standard section 6, and common archives and programs)."""
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_SNIFFED = 1024
_SNIFFED_ROOT = 8192
_SNIFFED_TAG = 65536
_BLANK = b" \t\r\n\0"
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WIDE_TAGS = (b"<\0", b"\0<")
"""The start of a tag in UTF-16, either way round."""
_MARKUP = re.compile(rb"\s*(?:<!--|<!doctype html|</?[a-z][a-z0-9]*[\s>/])", re.I)
_XML = re.compile(rb"\s*<\?xml\b", re.I)
_ROOT = re.compile(rb"<(?:[a-z]+:)?(rss|feed|rdf|urlset|sitemapindex|html)\b", re.I)
_DIGITS = re.compile(rb"\d+")

NO_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|svg|ico|tiff?|mp[34]|m4[av]|avi|mov|wmv|flv|mkv|webm|og[gv]|wav|wma|flac|aac|"
    r"zip|rar|7z|gz|tgz|bz2|xz|tar|exe|msi|apk|dmg|iso|deb|rpm|jar|pdf|docx?|xlsx?|pptx?|epub|mobi|torrent|woff2?|"
    r"ttf|otf|eot|swf|psd|chm)(?:$|\?)",
    re.I,
)
"""Addresses that by their ending are no pages; they are not fetched."""


def kind_of(body: bytes) -> BodyKind:
    """By the bytes alone; servers call PDF files and images text/html."""
    head = body[:_SNIFFED]
    if not head.strip(_BLANK):
        return BodyKind.BINARY if body.strip(_BLANK) else BodyKind.EMPTY
    if head.startswith(_BINARY_STARTS) and not _MARKUP.match(head):
        return BodyKind.BINARY
    if head.startswith(_UTF_16_MARKS):
        return BodyKind.HTML if _has_wide_tag(head) else BodyKind.TEXT
    start = head.removeprefix(_UTF_8_MARK)
    return _kind_of_markup(body, start) or _kind_of_plain(body, head, start)


def _kind_of_markup(body: bytes, start: bytes) -> BodyKind | None:
    """What the first tag says; None if there is none."""
    if _XML.match(start):
        root = _ROOT.search(body[:_SNIFFED_ROOT])
        return BodyKind.HTML if root and _is_html(root) else BodyKind.XML
    root = _ROOT.match(start.lstrip())
    if root and not _is_html(root):
        return BodyKind.XML
    return BodyKind.HTML if _MARKUP.match(start) else None


def _is_html(root: re.Match[bytes]) -> bool:
    return root[1].lower() == b"html"


def _kind_of_plain(body: bytes, head: bytes, start: bytes) -> BodyKind:
    controls, nulls = len(_CONTROLS.findall(head)), head.count(0)
    if controls * 20 > len(head) or (nulls * 3 > len(head) and not _has_wide_tag(head)):
        return BodyKind.BINARY
    if start.lstrip()[:1] in (b"{", b"["):
        return BodyKind.JSON
    return BodyKind.HTML if b"<" in body[:_SNIFFED_TAG] else BodyKind.TEXT


def _has_wide_tag(head: bytes) -> bool:
    return any(tag in head for tag in _WIDE_TAGS)


def fold(body: bytes) -> str:
    """Fingerprint of the body without its digits: the days of a calendar without entries share one."""
    return hashlib.blake2b(_DIGITS.sub(b"", body), digest_size=12).hexdigest()
