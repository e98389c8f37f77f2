"""Cuts a dump into spans that can be read apart: the same ones whoever reads them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from pipeline.core.errors import SourceError
from pipeline.wiki.dump.bzip2 import HEAD_BITS, SMALL_BYTES, BitFile
from pipeline.wiki.dump.multistream_index import stream_offsets
from pipeline.wiki.dump.parts import Dump, Format, Part
from pipeline.wiki.dump.repacking import write_chunks

_HEAD_SEARCH_BYTES = 8 << 20
"""How far a cut looks for the head of a stream before it takes any block."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a part; a page belongs to the span in which its `<page>` begins."""

    part: str
    """The part's file name, for messages."""
    format: Format
    start: int
    """In bits of the file for bz2, in bytes of the export for all others."""
    end: int
    number: int
    """Counted over all parts."""
    file: Path
    """What is read: the part, or a chunk of it on scratch."""
    index: Path | None
    prefix: str
    """Before every tag's name."""
    first: bool
    """The part's head stands in it."""
    whole: bool
    """The file that is read ends as the part does: not so for a chunk in the middle."""
    fault: str | None
    """Why the part ends here too early, if it could not be unpacked further."""

    def place(self, at: int, inside: int) -> str:
        """For messages: the byte that is `inside` bytes after the beginning of the piece at `at`."""
        if self.format is Format.XML:
            return f"{self.part}: byte offset {at + inside}"
        if self.format is Format.BZIP2:
            return f"{self.part}: byte offset {at // 8}" + (f", unpacked + {inside}" if inside else "")
        return f"{self.part}: byte offset {at + inside} of the unpacked export"


def cut(dump: Dump, span_bytes: int, scratch: Path) -> list[Span]:
    """Spans of at least `span_bytes`: compressed for bz2, unpacked for the rest; the last of a part may be shorter.

    .gz and .zst cannot be read from the middle: they are packed anew in chunks of whole pages below `scratch`.
    """
    spans: list[Span] = []
    for number, part in enumerate(dump.parts):
        if part.format in (Format.GZIP, Format.ZSTD):
            spans += _chunked(dump, part, span_bytes, scratch / f"{number:05d}", len(spans))
        else:
            cuts = _xml_cuts(part, span_bytes) if part.format is Format.XML else _bzip2_cuts(part, span_bytes)
            stretches = enumerate(pairwise(cuts), start=len(spans))
            spans += [_span(dump, part, part.path, start, end, i) for i, (start, end) in stretches]
    return spans


def _xml_cuts(part: Part, span_bytes: int) -> list[int]:
    size = part.path.stat().st_size
    return [*range(0, max(size - span_bytes, 0) + 1, span_bytes), size]


def _bzip2_cuts(part: Part, span_bytes: int) -> list[int]:
    """Bits at which spans begin, and the end of the file: streams by the index, or found streams, or found blocks."""
    with open(part.path, "rb") as opened:
        file = BitFile(opened)
        starts = [0]
        candidates = _indexed(file, part, part.index) if part.index else _found(file, span_bytes * 8, starts)
        for start in candidates:
            if start - starts[-1] >= span_bytes * 8:
                starts.append(start)
        return [*starts, file.bits]


def _indexed(file: BitFile, part: Part, index: Path) -> Iterator[int]:
    """The streams at which the index and the file agree.

    Where there is no stream at an indexed offset the stream before it tells why: if it is whole and ends elsewhere,
    the index is of another file (SourceError); otherwise the file is damaged there.
    """
    before = 0
    for line, offset in stream_offsets(index):
        if file.is_head(offset * 8):
            yield offset * 8
        elif offset < file.bytes:
            stream = file.small_stream(before * 8)
            if stream is not None and stream[1] != offset * 8:
                raise SourceError(
                    f"{index}: line {line}: no bz2 stream begins at byte offset {offset} of {part.name}, one ends at "
                    f"{stream[1] // 8}: they do not belong together; get both again, or move the index away"
                )
        before = offset


def _found(file: BitFile, span_bits: int, starts: list[int]) -> Iterator[int]:
    """The first good place at least `span_bits` after the last of `starts`, which the caller lengthens.

    A block in the middle of a small stream is no good place: that stream is read whole from its head.
    """
    while (target := starts[-1] + span_bits) < file.bits:
        found = _found_head(file, target)
        if found is None:
            inside = max(target - SMALL_BYTES * 8, starts[-1])
            while (head := file.next_head(inside, target)) is not None:
                target, inside = max(target, head + SMALL_BYTES * 8), head + 8
            found = file.next_start(target, file.bits)
        if found is None:
            return
        yield found


def _found_head(file: BitFile, target: int) -> int | None:
    """A stream's head near `target` that is no chance likeness: its first block can be unpacked."""
    limit = min(target + _HEAD_SEARCH_BYTES * 8, file.bits)
    head = file.next_head(target, limit)
    while head is not None:
        if file.block(head + HEAD_BITS) is not None:
            return head
        head = file.next_head(head + 8, limit)
    return None


def _chunked(dump: Dump, part: Part, span_bytes: int, folder: Path, number: int) -> list[Span]:
    chunks, fault = write_chunks(part, dump.prefix, span_bytes, folder)
    spans = [_span(dump, part, chunk.file, chunk.start, chunk.end, number + i) for i, chunk in enumerate(chunks)]
    return [replace(span, whole=False) for span in spans[:-1]] + [replace(spans[-1], fault=fault)]


def _span(dump: Dump, part: Part, file: Path, start: int, end: int, number: int) -> Span:
    return Span(part.name, part.format, start, end, number, file, part.index, dump.prefix, start == 0, True, None)
