"""Write WARC records (ISO 28500, WARC/1.1) while crawling; they are put in order when the snapshot is published.

Each exchange with a server is three gzip members in a row: request, response (or revisit) and metadata. A record's id
is the UUIDv5 of address and payload digest, so that the same exchange has the same bytes wherever it is written.
"""

import io
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.warc.format import (
    CONCURRENT_TO,
    DATE,
    FIELDS,
    FILENAME,
    IDENTICAL,
    IP_ADDRESS,
    NOT_MODIFIED,
    PROFILE,
    RECORD_ID,
    REFERS_TO,
    SUFFIX,
    TRUNCATED,
    VERSION,
    RecordType,
    digest_of,
    record_id,
)

LEVEL = 6
RECORDS = "records"
"""A worker's folder for its files, in its own folder."""

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Original:
    """The older record that a revisit refers to."""

    record: str
    date: str
    digest: str


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """One exchange with a server, as it is archived."""

    url: str
    date: str
    request: Headers
    status_line: str
    response: Headers
    body: bytes
    """As sent, with its Content-Encoding; transfer encodings are undone."""
    via: str | None
    hops: str
    """The way from a seed: a letter for each link (L) and redirect (R), as Heritrix has them."""
    truncated: str | None = None
    """WARC-Truncated: `disconnect` if the connection was lost before the body's end."""
    ip: str | None = None
    original: Original | None = None
    """Makes the record a revisit."""


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """An HTTP head whose bytes are those that were received; warcio would write what is not ASCII in UTF-8."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:  # noqa: ARG002 (warcio's signature)
        self.headers_buff = self.to_str().encode("latin-1") + b"\r\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exchange lies: all its records, and its response's own."""

    file: str
    start: int
    span: int
    offset: int
    length: int


def members(exchange: HttpExchange) -> tuple[list[bytes], str]:
    """The exchange's records as gzip members, request, response, metadata; and the response record's id."""
    digest = exchange.original.digest if exchange.original else digest_of(exchange.body)
    # A revisit must not have the name of the record that it refers to.
    named_apart = (RecordType.REVISIT, exchange.date) if exchange.original else ()
    response_id = record_id(exchange.url, digest, *named_apart)
    writer = WARCWriter(io.BytesIO(), gzip=False, warc_version=VERSION)
    records = (
        _request(writer, exchange, response_id),
        _response(writer, exchange, response_id, digest),
        _metadata(writer, exchange, response_id),
    )
    return [_member(record) for record in records], response_id


def _request(writer: WARCWriter, exchange: HttpExchange, response_id: str) -> ArcWarcRecord:
    path = exchange.url[exchange.url.index("/", 8) :]
    return writer.create_warc_record(
        exchange.url, RecordType.REQUEST, payload=io.BytesIO(), length=0,
        http_headers=_Head(f"GET {path} HTTP/1.1", list(exchange.request), is_http_request=True),
        warc_headers_dict=_beside(exchange, response_id, RecordType.REQUEST),
    )  # fmt: skip


def _response(writer: WARCWriter, exchange: HttpExchange, response_id: str, digest: str) -> ArcWarcRecord:
    """The response, or the revisit that stands for one whose body is archived already."""
    headers = {RECORD_ID: response_id, DATE: exchange.date}
    if exchange.ip:
        headers[IP_ADDRESS] = exchange.ip
    if exchange.truncated:
        headers[TRUNCATED] = exchange.truncated
    protocol, _, status = exchange.status_line.partition(" ")
    http = _Head(status, list(exchange.response), protocol=protocol)
    if exchange.original is None:
        return writer.create_warc_record(
            exchange.url, RecordType.RESPONSE, payload=io.BytesIO(exchange.body), length=len(exchange.body),
            http_headers=http, warc_headers_dict=headers,
        )  # fmt: skip
    revisit = writer.create_revisit_record(
        exchange.url, digest, exchange.url, exchange.original.date, http_headers=http,
        warc_headers_dict={**headers, REFERS_TO: exchange.original.record},
    )  # fmt: skip
    revisit.rec_headers.replace_header(PROFILE, NOT_MODIFIED if status.startswith("304") else IDENTICAL)
    return revisit


def _metadata(writer: WARCWriter, exchange: HttpExchange, response_id: str) -> ArcWarcRecord:
    via = f"via: {exchange.via}\r\n" if exchange.via else ""
    fields = f"{via}hopsFromSeed: {exchange.hops}\r\n".encode()
    return writer.create_warc_record(
        exchange.url, RecordType.METADATA, payload=io.BytesIO(fields), length=len(fields),
        warc_content_type=FIELDS,
        warc_headers_dict=_beside(exchange, response_id, RecordType.METADATA),
    )  # fmt: skip


def _beside(exchange: HttpExchange, response_id: str, kind: RecordType) -> dict[str, str]:
    """Headers of a record that goes with the response."""
    return {RECORD_ID: record_id(response_id, kind), DATE: exchange.date, CONCURRENT_TO: response_id}


def _member(record: ArcWarcRecord) -> bytes:
    buffer = io.BytesIO()
    WARCWriter(buffer, gzip=False, warc_version=VERSION).write_record(record)
    return gzip_member(buffer.getvalue())


def gzip_member(data: bytes) -> bytes:
    """One gzip member without name or time."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return packer.compress(data) + packer.flush()


def warcinfo(file_name: str, date: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """The record that opens a file, as a gzip member."""
    writer = WARCWriter(io.BytesIO(), gzip=False, warc_version=VERSION)
    payload = "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
    record = writer.create_warc_record(
        None, RecordType.WARCINFO, payload=io.BytesIO(payload), length=len(payload),
        warc_content_type=FIELDS,
        warc_headers_dict={RECORD_ID: record_id(file_name, date), DATE: date, FILENAME: file_name},
    )  # fmt: skip
    return _member(record)


class Archive:
    """One worker's records, appended in the order they come. What was not committed to the frontier is cut off."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.max_bytes = folder, max_bytes
        self.number, self.end = 0, 0
        self._file: IO[bytes] | None = None

    def size(self, name: str) -> int:
        """Bytes of a file, 0 if it is not there."""
        path = self.folder / name
        return path.stat().st_size if path.exists() else 0

    def recover(self, ends: dict[str, int]) -> None:
        """Cut each file to its last committed byte; files that hold nothing committed go."""
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            end = ends.get(path.name, 0)
            if end:
                os.truncate(path, end)
                self.number, self.end = int(path.name.split(".")[0]), end
            else:
                path.unlink()

    @property
    def _name(self) -> str:
        return f"{self.number:05d}{SUFFIX}"

    def write(self, exchange: HttpExchange) -> Place:
        """Append the exchange's records and hand them to the system: a kill of this process loses none of them."""
        packed, _ = members(exchange)
        if self.end >= self.max_bytes:
            self.close()
            self.number, self.end = self.number + 1, 0
        if self._file is None:
            self._file = open(self.folder / self._name, "ab")  # noqa: SIM115 (open as long as the crawl)
        start = self.end
        self._file.write(b"".join(packed))
        self._file.flush()
        self.end += sum(map(len, packed))
        offset = start + len(packed[0])
        return Place(self._name, start, self.end - start, offset, len(packed[1]))

    def close(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
