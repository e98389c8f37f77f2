"""Sitemaps (sitemaps.org protocol 0.9), their indexes, plain lists, and RSS and Atom feeds: addresses only."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

MAX_ADDRESSES = 50_000
"""The protocol's own limit for one sitemap."""


@dataclass(slots=True)
class Listing:
    """What a file of addresses names."""

    kind: str = ""
    """sitemap, index, feed; empty if the file is none of them."""
    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    broken: str = ""
    """Why reading stopped before the end; what stands before is used."""


def read_xml(body: bytes) -> Listing:
    """A sitemap, an index of sitemaps, RSS (0.9x, 1.0, 2.0) or Atom. No entity is expanded, nothing is fetched."""
    listing = Listing()
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for start in range(0, len(body), 1 << 16):
            parser.feed(body[start : start + (1 << 16)])
            if not _take(parser.read_events(), listing):
                return listing
    except etree.XMLSyntaxError as error:
        listing.broken = str(error)
    return listing


def _take(events: Iterator[tuple[str, "etree._Element"]], listing: Listing) -> bool:
    """False once there is nothing more to read."""
    for event, element in events:
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname.lower()
        if event == "start":
            if not listing.kind:
                listing.kind = {
                    "urlset": "sitemap",
                    "sitemapindex": "index",
                    "rss": "feed",
                    "feed": "feed",
                    "rdf": "feed",
                }.get(name, "")
                if not listing.kind:
                    return False
            continue
        address = _address(name, element, listing.kind)
        if address:
            (listing.sitemaps if listing.kind == "index" else listing.pages).append(address)
            if len(listing.pages) + len(listing.sitemaps) >= MAX_ADDRESSES:
                listing.broken = f"more than {MAX_ADDRESSES} addresses"
                return False
        if name in ("url", "sitemap", "item", "entry"):
            element.clear()
    return True


def _address(name: str, element: "etree._Element", kind: str) -> str:
    parent = element.getparent()
    inside = etree.QName(parent).localname.lower() if parent is not None and isinstance(parent.tag, str) else ""
    if kind in ("sitemap", "index"):
        return (element.text or "").strip() if name == "loc" and inside in ("url", "sitemap") else ""
    if inside == "item" and name == "link":
        return (element.text or "").strip()
    if inside == "item" and name == "guid" and element.get("isPermaLink", "true") == "true":
        text = (element.text or "").strip()
        return text if text.startswith(("http://", "https://")) else ""
    if inside == "entry" and name == "link" and element.get("rel", "alternate") == "alternate":
        return (element.get("href") or "").strip()
    return ""


def read_text(body: bytes) -> Listing:
    """A sitemap as plain text: an address a line."""
    lines = body.decode("utf-8-sig", "replace").split("\n", MAX_ADDRESSES)
    pages = [line.strip() for line in lines[:MAX_ADDRESSES] if line.strip().startswith(("http://", "https://"))]
    return Listing("sitemap" if pages else "", pages)
