"""Look pages up in an older snapshot: what to ask the server conditionally, and what stands for a 304."""

import hashlib
from functools import cached_property
from pathlib import Path

from crawler.warc.format import MANIFEST, WARCS, Capture, from_line
from crawler.warc.reader import Record, read_record
from pipeline.core.errors import SourceError

_WITH_BODY = (200, 304)
"""Statuses of pages whose body the snapshot holds; for a 304 it is a copy of the older response."""


class Older:
    """One page of the older snapshot; its record is read when it is needed."""

    def __init__(self, folder: Path, row: Capture) -> None:
        self._folder = folder
        assert row.warc is not None and row.offset is not None and row.length is not None
        self._warc, self._offset, self._length = row.warc, row.offset, row.length
        self.etag, self.last_modified = row.etag, row.last_modified
        self.digest = str(row.digest)

    @cached_property
    def _record(self) -> Record:
        return read_record(self._folder, self._warc, self._offset, self._length)

    @property
    def record(self) -> str:
        return self._record.id

    @property
    def time(self) -> str:
        return self._record.date

    @property
    def headers(self) -> dict[str, list[str]]:
        return self._record.headers

    @property
    def body(self) -> bytes:
        return self._record.body

    @property
    def member(self) -> bytes:
        """Its record as it is archived, a gzip member."""
        with open(self._folder / WARCS / self._warc, "rb") as file:
            file.seek(self._offset)
            return file.read(self._length)


class Previous:
    """Pages of a published snapshot whose body it holds, by address, of which sixteen bytes each are in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / MANIFEST
        if not self._path.exists():
            raise SourceError(f"{folder}: no snapshot ({MANIFEST} is missing); crawl.previous must name one")
        self._at: dict[bytes, int] = {}
        with open(self._path, "rb") as file:
            offset = 0
            for number, line in enumerate(file, start=1):
                row = from_line(line, f"{self._path}: line {number}")
                if row.status in _WITH_BODY and row.warc and not row.truncated:
                    self._at[_key(row.url)] = offset
                offset += len(line)

    def find(self, url: str) -> Older | None:
        offset = self._at.get(_key(url))
        if offset is None:
            return None
        with open(self._path, "rb") as file:
            file.seek(offset)
            return Older(self.folder, from_line(file.readline(), f"{self._path}: offset {offset}"))


def _key(url: str) -> bytes:
    return hashlib.blake2b(url.encode(), digest_size=16).digest()
