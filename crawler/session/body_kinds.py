"""What a response's bytes are, whatever its header calls them."""

import hashlib
import re

HTML, XML, JSON, TEXT, BINARY, EMPTY = "html", "xml", "json", "text", "binary", "empty"

_BINARY_STARTS = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf",
    b"RIFF", b"OggS", b"ID3", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp", b"\x7fELF", b"MZ\x90",
    b"\xd0\xcf\x11\xe0", b"wOFF", b"FLV\x01", b"\xca\xfe\xba\xbe", b"\x00\x01\x00\x00", b"II*\x00",
    b"MM\x00*", b"SQLite format", b"BZh", b"\xfd7zXZ",
)  # fmt: skip
"""File signatures (the WHATWG MIME Sniffing Standard section 6, and common archives and programs)."""
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_SNIFFED = 1024
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


def kind(body: bytes) -> str:
    """html, xml, json, text, binary or empty, by the bytes alone; servers call PDF files and images text/html."""
    head = body[:_SNIFFED]
    if not head.strip(b" \t\r\n\0"):
        return EMPTY if not body.strip(b" \t\r\n\0") else BINARY
    if head.startswith(_BINARY_STARTS) and not _MARKUP.match(head):
        return BINARY
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return HTML if b"<\0" in head or b"\0<" in head else TEXT
    start = head.removeprefix(b"\xef\xbb\xbf")
    if _XML.match(start):
        root = _ROOT.search(body[:8192])
        return HTML if root and root[1].lower() == b"html" else XML
    root = _ROOT.match(start.lstrip())
    if root and root[1].lower() != b"html":
        return XML
    if _MARKUP.match(start):
        return HTML
    controls = len(_CONTROLS.findall(head))
    nulls = head.count(0)
    if controls * 20 > len(head) or (nulls * 3 > len(head) and b"<\0" not in head and b"\0<" not in head):
        return BINARY
    if start.lstrip()[:1] in (b"{", b"["):
        return JSON
    return HTML if b"<" in body[:65536] else TEXT


def fold(body: bytes) -> str:
    """Fingerprint of the body without its digits: the days of a calendar without entries share one."""
    return hashlib.blake2b(_DIGITS.sub(b"", body), digest_size=12).hexdigest()
