"""An older snapshot, asked page by page: what to ask the server conditionally, and what stands for a 304."""

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from crawler.warc.reader import MANIFEST, WARCS, Record, read_record
from pipeline.core.errors import SourceError


class Older:
    """One page of the older snapshot; its record is read when it is needed."""

    def __init__(self, folder: Path, row: dict[str, Any]) -> None:
        self._folder, self._row = folder, row
        self.etag: str | None = row["etag"]
        self.last_modified: str | None = row["last_modified"]
        self.digest = str(row["digest"])

    @cached_property
    def _record(self) -> Record:
        return read_record(self._folder, str(self._row["warc"]), int(self._row["offset"]), int(self._row["length"]))

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
        with open(self._folder / WARCS / str(self._row["warc"]), "rb") as file:
            file.seek(int(self._row["offset"]))
            return file.read(int(self._row["length"]))


class Previous:
    """Pages with status 200 of a published snapshot, by address, of which sixteen bytes each are in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / MANIFEST
        if not self._path.exists():
            raise SourceError(f"{folder}: no snapshot ({MANIFEST} is missing); crawl.previous must name one")
        self._at: dict[bytes, int] = {}
        with open(self._path, "rb") as file:
            offset = 0
            for line in file:
                row = json.loads(line)
                if row["status"] in (200, 304) and row["warc"] and not row["truncated"]:
                    self._at[_key(row["url"])] = offset
                offset += len(line)

    def find(self, url: str) -> Older | None:
        offset = self._at.get(_key(url))
        if offset is None:
            return None
        with open(self._path, "rb") as file:
            file.seek(offset)
            return Older(self.folder, json.loads(file.readline()))


def _key(url: str) -> bytes:
    return hashlib.blake2b(url.encode(), digest_size=16).digest()
