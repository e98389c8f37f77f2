"""The index of a multistream dump: lines `byte offset of the stream:page id:title`, sorted by offset."""

import bz2
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.core.errors import SourceError


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an index."""

    offset: int
    id: int
    title: str


def read_index(index: Path) -> Iterator[Entry]:
    """The entries in order, streaming; SourceError names a line that is none."""
    number, before = 1, 0
    try:
        with _opened(index) as file:
            for line in file:
                offset, id, title = line.decode().rstrip("\r\n").split(":", 2)
                entry = Entry(int(offset), int(id), title)
                if entry.offset < before:
                    raise ValueError(f"offset {entry.offset} after {before}")
                yield entry
                number, before = number + 1, entry.offset
    except (ValueError, OSError, EOFError) as error:
        raise SourceError(f"{index}: line {number}: unreadable: {error}; get it again, or move it away") from error


def stream_offsets(index: Path) -> Iterator[tuple[int, int]]:
    """(line number, byte offset) of every stream that the index names."""
    last = -1
    for number, entry in enumerate(read_index(index), start=1):
        if entry.offset != last:
            last = entry.offset
            yield number, last


def entries_between(index: Path, first: int, end: int | None) -> list[Entry]:
    """The pages of the streams whose offsets are in [first, end); end None: to the last."""
    found = []
    for entry in read_index(index):
        if end is not None and entry.offset >= end:
            break
        if entry.offset >= first:
            found.append(entry)
    return found


def _opened(index: Path) -> IO[bytes]:
    with open(index, "rb") as file:
        packed = file.read(3) == b"BZh"
    return bz2.open(index) if packed else open(index, "rb")
