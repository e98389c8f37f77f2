"""Reads a span of a dump: its pages in order, and what is damaged among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from pipeline.wiki.dump.content import UNREADABLE
from pipeline.wiki.dump.multistream_index import Entry, entries_between
from pipeline.wiki.dump.page_xml import Skipped, Unreadable, parse_page
from pipeline.wiki.dump.raw_pages import RAW_BYTES, Broken, raw_pages
from pipeline.wiki.dump.spans import Span

RAW_CHARS = 10_000
_TITLE = re.compile(rb"<(?:[\w.-]+:)?title>([^<]*)</")
_ID = re.compile(rb"<(?:[\w.-]+:)?id>(\d+)</")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it stands in the dump; of several revisions the last."""

    id: int
    title: str
    namespace: int
    redirect: str | None
    """Title of the page it leads to."""
    timestamp: str | None
    model: str
    text: str | None
    """Wiki text; None: deleted, or a dump without texts."""
    place: str
    """Where its `<page>` begins, for messages."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that could not be read: one page, where that can be told, or all up to the next page."""

    place: str
    page: str | None
    """`标题 (id 12)` is lost, or, where that cannot be told, `after 标题 (id 12)`; None: before any of the span."""
    cause: str
    raw: str
    """What was read of it, at most 10,000 characters."""


def read_pages(span: Span, namespaces: frozenset[int] | None = None) -> Iterator[Page | Damage]:
    """The pages that begin in the span, in order, and all damage up to the page that follows the last of them.

    Pages of other namespaces than those asked for are passed over before their text is decoded. Damage never raises;
    SourceError only where the multistream index, asked for lost pages' names, cannot be read.
    """
    last: str | None = None
    seen: set[int] = set()
    for item in raw_pages(span):
        if isinstance(item, Broken):
            yield from _damages(span, item, last, seen)
            last = (_name(item.raw) if item.is_page else None) or last
            continue
        try:
            fields = parse_page(item.raw, span.prefix, namespaces)
        except Unreadable as error:
            seen.add(_id(item.raw))
            last = _name(item.raw) or last
            yield Damage(item.place(error.inside), _name(item.raw), error.cause, _shown(item.raw))
            continue
        seen.add(fields.id)
        last = _told(fields.title, fields.id)
        if not isinstance(fields, Skipped):
            yield Page(
                fields.id,
                fields.title,
                fields.namespace,
                fields.redirect,
                fields.timestamp,
                fields.model,
                fields.text,
                item.place(0),
            )


def _damages(span: Span, broken: Broken, last: str | None, seen: set[int]) -> Iterator[Damage]:
    """One for each lost page that the index names; without an index one in all."""
    first, *others = broken.losses
    cause = first.cause + (f"; then {len(others)} more, at last: {others[-1].cause}" if others else "")
    broken_id = _id(broken.raw) if broken.is_page else 0
    entries = [entry for entry in _lost_entries(span, broken) if entry.id not in seen]
    if broken_id not in {entry.id for entry in entries}:
        after = f"after {last}" if last else None
        if broken.is_page or not entries:
            yield Damage(broken.place, _name(broken.raw) if broken.is_page else after, cause, _shown(broken.raw))
    for entry in entries:
        raw = broken.raw if entry.id == broken_id else b""
        yield Damage(span.place(entry.offset * 8, 0), _told(entry.title, entry.id), cause, _shown(raw))
        seen.add(entry.id)


def _lost_entries(span: Span, broken: Broken) -> list[Entry]:
    ranges = [loss.streams for loss in broken.losses if loss.streams != UNREADABLE]
    if span.index is None or not ranges:
        return []
    return entries_between(span.index, ranges[0][0], ranges[-1][1])


def _id(raw: bytes) -> int:
    """Of a page that is not whole; 0 if it is not told."""
    match = _ID.search(raw, 0, RAW_BYTES)
    return int(match[1]) if match else 0


def _name(raw: bytes) -> str | None:
    """Title and id of a page that is not whole."""
    title = _TITLE.search(raw, 0, RAW_BYTES)
    if not title:
        return None
    return _told(unescape(title[1].decode(errors="replace"), {"&quot;": '"'}), _id(raw) or "unknown")


def _told(title: str, id: int | str) -> str:
    """For messages, which have one line."""
    return f"{' '.join(title.split())} (id {id})"


def _shown(raw: bytes) -> str:
    return raw[:RAW_BYTES].decode(errors="replace")[:RAW_CHARS]
