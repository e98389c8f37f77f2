"""Cuts a span's bytes into the pages that begin in it, and tells what is broken between them.

What lies between a `<page>` and the next belongs to the span in which the former begins: damage too, so that each is
told once. A `<page>` cannot stand inside a text: `<` is escaped there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pipeline.wiki.dump.content import UNREADABLE, Loss, Piece, pieces
from pipeline.wiki.dump.spans import Span

MAX_PAGE_BYTES = 64 << 20
"""The longest texts have 2 MB, long histories more; bounds memory where a `</page>` is lost."""
RAW_BYTES = 40_000
"""10,000 characters: what is kept of a lost page."""
_NEXT_BEGINS = Loss(0, "the next page begins before its </page>", UNREADABLE)
_KEPT = 128
"""Kept while searching, as a tag may be cut in two: more than any tag searched for."""
_AFTER_NAME = b"> \t\r\n"


@dataclass(frozen=True, slots=True)
class RawPage:
    """The bytes from `<page>` to `</page>`."""

    span: Span
    raw: bytes
    marks: tuple[tuple[int, int], ...]
    """(byte of the page, negative before it; position in the file) of each piece that it lies in."""

    def place(self, inside: int) -> str:
        """For messages: where a byte of the page stands."""
        begin, at = next(mark for mark in reversed(self.marks) if mark[0] <= inside)
        return self.span.place(at, inside - begin)


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no whole page."""

    place: str
    raw: bytes
    """What was read."""
    is_page: bool
    """`raw` begins with a `<page>`: its head may tell which one is lost."""
    losses: list[Loss]


def raw_pages(span: Span) -> Iterator[RawPage | Broken]:
    """In order; after the last page of the span also what is broken before the page that follows it."""
    window = _Window(span)
    if span.first:
        window.pass_head()
    mine, broken = span.first, None
    while True:
        broken = _broken_before_next_page(window, span, None if mine else span.end, broken)
        if mine and broken:
            yield broken
        if not window.on_page or window.at() >= span.end:
            return
        mine, broken = True, None
        place = span.place(*window.position())
        page = window.page()
        if isinstance(page, RawPage):
            yield page
        else:
            broken = Broken(place, window.partial, True, [page])


def _broken_before_next_page(window: "_Window", span: Span, stop: int | None, broken: Broken | None) -> Broken | None:
    """Move to the next `<page>`, or past `stop`: what is broken before it, added to the page that was `broken`."""
    while loss := window.to_page(stop):
        broken = broken or Broken(span.place(loss.at, 0), b"", False, [])
        broken.losses.append(loss)
    between = window.between()
    return broken or between


class _Window:
    """A window over the span's pieces, moved forward only; `data[0]` is the next byte."""

    def __init__(self, span: Span) -> None:
        self.on_page = False
        """The window begins with a `<page>`."""
        self.partial = b""
        """The beginning of the page that was given up last."""
        self._span = span
        self._pieces: Iterator[Piece | Loss] = pieces(span)
        self._data = bytearray()
        self._base = 0
        """Bytes before the window."""
        self._marks: list[tuple[int, int]] = []
        """(byte counted from the first, position in the file) of the pieces in the window."""
        self._gap = bytearray()
        self._gap_place = ""
        self._closed = False
        self._open_tag = b"<%spage" % span.prefix.encode()
        self._close_tag = b"</%spage" % span.prefix.encode()
        self._head_end = re.compile(rb"</%ssiteinfo\s*>" % re.escape(span.prefix.encode()))
        self._end_tag = b"</%smediawiki>" % span.prefix.encode()

    def position(self) -> tuple[int, int]:
        """Of the next byte: its piece's position in the file, and the bytes from there."""
        begin, at = self._marks[0] if self._marks else (self._base, self._span.start)
        return at, self._base - begin

    def at(self) -> int:
        """Where the next byte stands, to be compared with the span's end."""
        return self.position()[0]

    def to_page(self, stop: int | None) -> Loss | None:
        """Move to the next `<page>`; None also at the end of the part, or once past `stop`: see `on_page`."""
        while True:
            found = self._find_open(0, len(self._data))
            self._pass(found if found >= 0 else max(len(self._data) - _KEPT, 0))
            self.on_page = found >= 0
            if self.on_page or (stop is not None and self._data and self.at() >= stop):
                return None
            grown = self._grow()
            if grown is not True:
                self._pass(len(self._data))
                return grown or None

    def pass_head(self) -> None:
        """Move behind the part's head; nowhere if damage comes first."""
        while not (end := self._head_end.search(self._data)):
            grown = self._grow()
            if grown is not True:
                self._pieces = chain([grown] if grown else [], self._pieces)
                return
        self._drop(end.end())

    def between(self) -> Broken | None:
        """What was passed over since the last page, if it is not as it must be: white space, and an end."""
        gap, place = bytes(self._gap), self._gap_place
        self._gap.clear()
        at_end = not self.on_page and self._span.whole
        if at_end and not self._closed:
            loss = Loss(0, f"the file ends without {self._end_tag.decode()}", self._beyond())
            return Broken(self._span.place(*self.position()), b"", False, [loss])
        expected = self._end_tag if at_end else b""
        if gap.strip() != expected:
            return Broken(place, gap, False, [Loss(0, "neither a page nor white space", UNREADABLE)])
        return None

    def page(self) -> RawPage | Loss:
        """The page at the window's beginning, passed over; a Loss if it has no end, then see `partial`."""
        searched = len(self._open_tag)
        while True:
            end = self._find_close(searched)
            following = self._find_open(searched, end if end >= 0 else len(self._data))
            if following >= 0:
                return self._given_up(following, _NEXT_BEGINS)
            if end >= 0:
                page = RawPage(self._span, bytes(self._data[:end]), self._marks_before(end))
                self._drop(end)
                return page
            if len(self._data) > MAX_PAGE_BYTES:
                cause = f"no </page> after {MAX_PAGE_BYTES:,} bytes"
                return self._given_up(len(self._data), Loss(0, cause, UNREADABLE))
            searched = max(searched, len(self._data) - _KEPT)
            grown = self._grow()
            if grown is not True:
                return self._given_up(len(self._data), grown or self._ended())

    def _ended(self) -> Loss:
        """At the end inside a page: behind a chunk in the middle stands the next page."""
        return Loss(0, "the file ends inside a page", self._beyond()) if self._span.whole else _NEXT_BEGINS

    def _beyond(self) -> tuple[int, int | None]:
        """The streams that an index may name behind the file's end."""
        return (self._span.file.stat().st_size, None) if self._span.index else UNREADABLE

    def _given_up(self, length: int, loss: Loss) -> Loss:
        self.partial = bytes(self._data[: min(length, RAW_BYTES)])
        self._drop(length)
        return loss

    def _find_open(self, start: int, end: int) -> int:
        while (found := self._data.find(self._open_tag, start, end)) >= 0:
            start = found + len(self._open_tag)
            if start < len(self._data) and self._data[start] in _AFTER_NAME:
                return found
        return -1

    def _find_close(self, start: int) -> int:
        """The byte after the next `</page>`."""
        found = self._data.find(self._close_tag, start)
        return self._data.find(b">", found) + 1 or -1 if found >= 0 else -1

    def _grow(self) -> bool | Loss:
        piece = next(self._pieces, None)
        if piece is None or isinstance(piece, Loss):
            return piece or False
        if piece.data:
            self._marks.append((self._base + len(self._data), piece.at))
            self._data += piece.data
        return True

    def _pass(self, length: int) -> None:
        """Drop what is no page, remembering the beginning of what is not white."""
        passed = self._data[:length] if self._gap else self._data[:length].lstrip()
        if passed and not self._gap:
            start = self._base + length - len(passed)
            begin, at = next(mark for mark in reversed(self._marks) if mark[0] <= start)
            self._gap_place = self._span.place(at, start - begin)
        self._gap += passed[: max(RAW_BYTES - len(self._gap), 0)]
        self._closed |= self._data.find(self._end_tag, 0, length + len(self._end_tag)) >= 0
        self._drop(length)

    def _drop(self, length: int) -> None:
        del self._data[:length]
        self._base += length
        while len(self._marks) > 1 and self._marks[1][0] <= self._base:
            del self._marks[0]

    def _marks_before(self, length: int) -> tuple[tuple[int, int], ...]:
        return tuple((begin - self._base, at) for begin, at in self._marks if begin < self._base + length)
