"""Read a snapshot: the rows of its manifest, and the archived pages that they point at."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.warc.content_encoding import unchunked, unpack
from crawler.warc.format import (
    DATE,
    MANIFEST,
    RECORD_ID,
    TARGET_URI,
    TRUNCATED,
    WARCS,
    Capture,
    RecordType,
    from_line,
)
from pipeline.core.errors import SourceError

MAX_UNPACKED = 1 << 26
"""64 MiB; the crawler keeps nothing larger than crawl.max_response_bytes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A response, its encodings undone."""

    url: str
    status: int
    headers: dict[str, str]
    """Lower-case names; several of one name are joined by `, `."""
    body: bytes
    whole: bool
    """False if the connection was lost, or the compressed body was cut."""


@dataclass(frozen=True, slots=True)
class Record:
    """A response record as archived."""

    id: str
    date: str
    url: str
    status: int
    headers: dict[str, list[str]]
    body: bytes
    truncated: bool
    revisit: bool


def read_manifest(snapshot: Path) -> Iterator[Capture]:
    """All rows, in the order of their addresses; ContractError names the line that is none."""
    path = snapshot / MANIFEST
    if not path.exists():
        raise SourceError(f"{path}: no such file; run the crawl stage first")
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            yield from_line(line, f"{path}: line {number}")


def read_record(snapshot: Path, warc: str, offset: int, length: int) -> Record:
    """The response record at a place; SourceError names the place if it cannot be read."""
    path = snapshot / WARCS / warc
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            member = file.read(length)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None
    if len(member) != length:
        raise SourceError(f"{path}: offset {offset}: {length} bytes expected, {len(member)} there")
    return parse_record(member, f"{path}: offset {offset}")


def parse_record(member: bytes, place: str) -> Record:
    """The response or revisit in one gzip member; SourceError names the place if there is none."""
    try:
        for record in ArchiveIterator(io.BytesIO(member)):
            headers: dict[str, list[str]] = {}
            for name, value in record.http_headers.headers if record.http_headers else ():
                headers.setdefault(name.lower(), []).append(value)
            status = int(record.http_headers.get_statuscode()) if record.http_headers else 0
            given = record.rec_headers
            return Record(
                id=given.get_header(RECORD_ID),
                date=given.get_header(DATE),
                url=given.get_header(TARGET_URI),
                status=status,
                headers=headers,
                body=record.raw_stream.read(),
                truncated=given.get_header(TRUNCATED) is not None,
                revisit=record.rec_type == RecordType.REVISIT,
            )
    except (OSError, ValueError, ArchiveLoadFailed) as error:
        raise SourceError(f"{place}: no WARC record can be read: {error}") from None
    raise SourceError(f"{place}: no WARC record there")


def read_page(snapshot: Path, capture: Capture, limit: int = MAX_UNPACKED) -> Page:
    """The archived response of a row, unpacked.

    SourceError if the row has none or its record cannot be read; TooLarge or Broken if its body cannot be unpacked.
    """
    if capture.warc is None or capture.offset is None or capture.length is None:
        raise SourceError(f"{snapshot / MANIFEST}: {capture.url}: nothing was archived ({capture.reason})")
    record = read_record(snapshot, capture.warc, capture.offset, capture.length)
    sent = record.body
    if record.headers.get("transfer-encoding", [""])[-1].strip().lower() == "chunked":
        sent = unchunked(sent)
    body, whole = unpack(sent, ", ".join(record.headers.get("content-encoding", ())), limit)
    headers = {name: ", ".join(values) for name, values in record.headers.items()}
    return Page(capture.url, record.status, headers, body, whole and not record.truncated)
