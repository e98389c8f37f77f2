"""Packs a .gz or .zst part anew, in chunks that begin with a `<page>`: neither can be read from the middle."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import zstandard

from pipeline.wiki.dump.parts import READ_ERRORS, Part, unpacked

PIECE_BYTES = 1 << 20
_KEPT = 64
"""Bytes in which a `<page>` may be cut in two."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A zstd file with the bytes from `start` to `end` of the export."""

    file: Path
    start: int
    end: int


def write_chunks(part: Part, prefix: str, chunk_bytes: int, folder: Path) -> tuple[list[Chunk], str | None]:
    """Chunks of at least `chunk_bytes` of the export, and why the part cannot be unpacked to its end, if so."""
    folder.mkdir(parents=True, exist_ok=True)
    chunks: list[Chunk] = []
    fault: list[str] = []
    end = 0
    for content in _contents(part, prefix, chunk_bytes, fault):
        file, start = folder / f"{len(chunks):05d}.xml.zst", end
        with open(file, "wb") as opened, zstandard.ZstdCompressor(level=1).stream_writer(opened) as writer:
            for data in content:
                writer.write(data)
                end += len(data)
        chunks.append(Chunk(file, start, end))
    return chunks, fault[0] if fault else None


def _contents(part: Part, prefix: str, chunk_bytes: int, fault: list[str]) -> Iterator[Iterator[bytes]]:
    """The pieces of one chunk after the other; the next begins once the last is used up."""
    page = re.compile(rb"<%spage[\s>]" % prefix.encode())
    unread = _pieces(part, fault)
    rest = [b""]

    def content() -> Iterator[bytes]:
        """Up to the first `<page>` that is at least `chunk_bytes` behind the chunk's beginning."""
        done, window = 0, rest.pop()
        while True:
            match = page.search(window, max(chunk_bytes - done, 0)) if done + len(window) > chunk_bytes else None
            if match:
                yield window[: match.start()]
                rest.append(window[match.start() :])
                return
            kept = max(len(window) - _KEPT, 0)
            yield window[:kept]
            done, window = done + kept, window[kept:]
            data = next(unread, None)
            if data is None:
                yield window
                return
            window += data

    while rest:
        yield content()


def _pieces(part: Part, fault: list[str]) -> Iterator[bytes]:
    with unpacked(part.path, part.format) as file:
        while True:
            try:
                data = cast(bytes, file.read1(PIECE_BYTES))  # type: ignore[attr-defined]
            except READ_ERRORS as error:
                # A sum that is wrong tells of a flipped bit anywhere before: only bz2 checks block by block.
                before = "" if isinstance(error, EOFError) else "; what was read before may be wrong"
                size = part.path.stat().st_size
                fault.append(f"the file ({size:,} bytes) cannot be unpacked further: {error}{before}")
                return
            if not data:
                return
            yield data
