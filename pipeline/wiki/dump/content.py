"""Reads a span's bytes in order, whatever the format: pieces of the export, and where some of it is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.wiki.dump.bzip2 import BLOCK, BLOCK_BYTES, END, HEAD_BITS, BitFile
from pipeline.wiki.dump.parts import Format, unpacked
from pipeline.wiki.dump.repacking import PIECE_BYTES
from pipeline.wiki.dump.spans import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the export that belong together."""

    at: int
    """Where they begin, in the span's unit."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Loss:
    """Bytes that could not be read."""

    at: int
    cause: str
    streams: tuple[int, int | None]
    """Where the bz2 streams begin that are lost, as byte offsets [from, to); None: to the end of the file."""


UNREADABLE = (0, 0)
"""`streams` where there are none."""


def pieces(span: Span) -> Iterator[Piece | Loss]:
    """The span's bytes and all that follow them in the part; a piece never crosses the span's end."""
    if span.format is Format.BZIP2:
        return bzip2_pieces(span.file, span.start, span.index is not None)
    if span.format is Format.XML:
        return _xml_pieces(span)
    return _chunk_pieces(span)


def bzip2_pieces(path: Path, start: int, whole_streams: bool) -> Iterator[Piece | Loss]:
    """The content from a bit on, one block or small stream a piece; all of it has passed its CRC.

    After damage reading goes on at the next block, or, with `whole_streams`, at the next stream: then an index can
    tell which pages were lost.
    """
    with open(path, "rb") as opened:
        file = BitFile(opened)
        at = start
        stream: int | None = None
        while at < file.bits:
            if file.is_head(at):
                stream = at // 8
                small = file.small_stream(at)
                if small is None:
                    at += HEAD_BITS
                else:
                    yield Piece(at, small[0])
                    at, stream = small[1], None
                continue
            magic = file.magic(at)
            if magic == END:
                at = (at + 80 + 7) // 8 * 8
                stream = None
                continue
            block = file.block(at) if magic == BLOCK else None
            if block is not None:
                yield Piece(at, block[0])
                at = block[1]
                continue
            following = file.next_head(at + 1, file.bits) if whole_streams else file.next_start(at + 1, file.bits)
            yield Loss(at, _cause(file, at, magic, following), _lost_streams(at, stream, following))
            at = file.bits if following is None else following
            stream = None


def _xml_pieces(span: Span) -> Iterator[Piece]:
    with open(span.file, "rb") as file:
        file.seek(span.start)
        at = span.start
        while data := file.read(min(PIECE_BYTES, span.end - at) if at < span.end else PIECE_BYTES):
            yield Piece(at, data)
            at += len(data)


def _chunk_pieces(span: Span) -> Iterator[Piece | Loss]:
    at = span.start
    with unpacked(span.file, Format.ZSTD) as file:
        while data := file.read(PIECE_BYTES):
            yield Piece(at, data)
            at += len(data)
    if span.fault is not None:
        yield Loss(at, span.fault, UNREADABLE)


def _cause(file: BitFile, at: int, magic: int, following: int | None) -> str:
    if magic != BLOCK:
        what = "no bz2 block stands here"
    elif following is None and file.next_magic(at + 48, at + BLOCK_BYTES * 8, END) is None:
        return f"the file ends at byte offset {file.bytes}, inside a bz2 block"
    else:
        what = "a bz2 block is damaged"
    if following is None:
        return f"{what}; nothing can be read from here to the end of the file at byte offset {file.bytes}"
    return f"{what}; reading goes on at byte offset {following // 8}"


def _lost_streams(at: int, stream: int | None, following: int | None) -> tuple[int, int | None]:
    first = at // 8 if stream is None else stream
    return first, None if following is None else following // 8
