"""Read the addresses in sitemaps (sitemaps.org protocol 0.9), their indexes, plain lists, RSS and Atom feeds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from lxml import etree

MAX_ADDRESSES = 50_000
"""The protocol's own limit for one sitemap."""


class ListingKind(StrEnum):
    NONE = ""
    SITEMAP = "sitemap"
    INDEX = "index"
    """A sitemap of sitemaps."""
    FEED = "feed"


@dataclass(slots=True)
class Listing:
    """What a file of addresses names."""

    kind: ListingKind = ListingKind.NONE
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


_ROOTS = {
    "urlset": ListingKind.SITEMAP,
    "sitemapindex": ListingKind.INDEX,
    "rss": ListingKind.FEED,
    "feed": ListingKind.FEED,
    "rdf": ListingKind.FEED,
}
"""Root element -> what the file is."""
_ENTRIES = frozenset({"url", "sitemap", "item", "entry"})
"""Elements that hold one address; they are emptied once they are read."""


def _take(events: Iterator[tuple[str, "etree._Element"]], listing: Listing) -> bool:
    """False once there is nothing more to read."""
    for event, element in events:
        if not isinstance(element.tag, str):
            continue
        name = _name(element)
        if event == "start":
            listing.kind = listing.kind or _ROOTS.get(name, ListingKind.NONE)
            if not listing.kind:
                return False
            continue
        if address := _address(name, element, listing.kind):
            (listing.sitemaps if listing.kind is ListingKind.INDEX else listing.pages).append(address)
            if len(listing.pages) + len(listing.sitemaps) >= MAX_ADDRESSES:
                listing.broken = f"more than {MAX_ADDRESSES} addresses"
                return False
        if name in _ENTRIES:
            element.clear()
    return True


def _name(element: "etree._Element") -> str:
    return str(etree.QName(element).localname).lower()


def _address(name: str, element: "etree._Element", kind: ListingKind) -> str:
    """The address that an element holds; empty if it holds none."""
    parent = element.getparent()
    inside = _name(parent) if parent is not None and isinstance(parent.tag, str) else ""
    read = (_OF_FEEDS if kind is ListingKind.FEED else _OF_SITEMAPS).get((inside, name))
    return read(element) if read else ""


def _text(element: "etree._Element") -> str:
    return (element.text or "").strip()


def _permalink(element: "etree._Element") -> str:
    """An RSS guid is the page's address unless isPermaLink is false; ids that are no URL are ignored."""
    if element.get("isPermaLink", "true") != "true":
        return ""
    text = _text(element)
    return text if text.startswith(_SCHEMES) else ""


def _alternate(element: "etree._Element") -> str:
    """A link of Atom; without `rel` it is the entry's page."""
    return (element.get("href") or "").strip() if element.get("rel", "alternate") == "alternate" else ""


_SCHEMES = ("http://", "https://")
_OF_SITEMAPS: dict[tuple[str, str], Callable[["etree._Element"], str]] = {
    ("url", "loc"): _text,
    ("sitemap", "loc"): _text,
}
"""Parent and element -> how its address is read."""
_OF_FEEDS: dict[tuple[str, str], Callable[["etree._Element"], str]] = {
    ("item", "link"): _text,
    ("item", "guid"): _permalink,
    ("entry", "link"): _alternate,
}


def read_text(body: bytes) -> Listing:
    """A sitemap as plain text: an address a line."""
    lines = body.decode("utf-8-sig", "replace").split("\n", MAX_ADDRESSES)
    pages = [line.strip() for line in lines[:MAX_ADDRESSES] if line.strip().startswith(_SCHEMES)]
    return Listing(ListingKind.SITEMAP if pages else ListingKind.NONE, pages)
