"""WARC records (ISO 28500, WARC/1.1): written while crawling, put in order when the snapshot is published.

Each capture is three gzip members in a row: request, response (or revisit) and metadata. A record's id is the UUIDv5
of address and payload digest, so that the same capture has the same bytes wherever it is written.
"""

import base64
import hashlib
import io
import os
import uuid
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

LEVEL = 6
VERSION = "WARC/1.1"
FIELDS = "application/warc-fields"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Original:
    """The older capture that a revisit refers to."""

    record: str
    date: str
    digest: str


@dataclass(frozen=True, slots=True)
class Capture:
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
    """Where a capture lies: all its records, and its response's own."""

    file: str
    start: int
    span: int
    offset: int
    length: int


def digest_of(body: bytes) -> str:
    """sha1:BASE32, as WARC-Payload-Digest has it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def record_id(*parts: str) -> str:
    """<urn:uuid:…>, UUIDv5 of the parts."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(parts))}>"


def members(capture: Capture) -> tuple[list[bytes], str]:
    """The capture's records as gzip members, request, response, metadata; and the response record's id."""
    digest = capture.original.digest if capture.original else digest_of(capture.body)
    # A revisit must not have the name of the record that it refers to.
    response_id = record_id(capture.url, digest, *(("revisit", capture.date) if capture.original else ()))
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version=VERSION)
    ends = []
    path = capture.url[capture.url.index("/", 8) :]
    common = {"WARC-Date": capture.date}
    request = writer.create_warc_record(
        capture.url, "request", payload=io.BytesIO(), length=0,
        http_headers=_Head(f"GET {path} HTTP/1.1", list(capture.request), is_http_request=True),
        warc_headers_dict={
            "WARC-Record-ID": record_id(response_id, "request"), **common,
            "WARC-Concurrent-To": response_id,
        },
    )  # fmt: skip
    writer.write_record(request)
    ends.append(buffer.tell())
    headers = {"WARC-Record-ID": response_id, **common}
    if capture.ip:
        headers["WARC-IP-Address"] = capture.ip
    if capture.truncated:
        headers["WARC-Truncated"] = capture.truncated
    protocol, _, status = capture.status_line.partition(" ")
    http = _Head(status, list(capture.response), protocol=protocol)
    if capture.original:
        response = writer.create_revisit_record(
            capture.url, digest, capture.url, capture.original.date, http_headers=http,
            warc_headers_dict={**headers, "WARC-Refers-To": capture.original.record},
        )  # fmt: skip
        if status.startswith("304"):
            response.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
        else:
            response.rec_headers.replace_header("WARC-Profile", IDENTICAL)
    else:
        response = writer.create_warc_record(
            capture.url,
            "response",
            payload=io.BytesIO(capture.body),
            length=len(capture.body),
            http_headers=http,
            warc_headers_dict=headers,
        )
    writer.write_record(response)
    ends.append(buffer.tell())
    fields = ((f"via: {capture.via}\r\n" if capture.via else "") + f"hopsFromSeed: {capture.hops}\r\n").encode()
    metadata = writer.create_warc_record(
        capture.url, "metadata", payload=io.BytesIO(fields), length=len(fields),
        warc_content_type=FIELDS,
        warc_headers_dict={
            "WARC-Record-ID": record_id(response_id, "metadata"), **common, "WARC-Concurrent-To": response_id,
        },
    )  # fmt: skip
    writer.write_record(metadata)
    ends.append(buffer.tell())
    data = buffer.getvalue()
    starts = [0, *ends[:-1]]
    return [gzip_member(data[a:b]) for a, b in zip(starts, ends, strict=True)], response_id


def gzip_member(data: bytes) -> bytes:
    """One gzip member without name or time."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return packer.compress(data) + packer.flush()


def warcinfo(file_name: str, date: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """The record that opens a file, as a gzip member."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version=VERSION)
    payload = "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
    record = writer.create_warc_record(
        None, "warcinfo", payload=io.BytesIO(payload), length=len(payload),
        warc_content_type=FIELDS,
        warc_headers_dict={
            "WARC-Record-ID": record_id(file_name, date), "WARC-Date": date, "WARC-Filename": file_name,
        },
    )  # fmt: skip
    writer.write_record(record)
    return gzip_member(buffer.getvalue())


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
        for path in sorted(self.folder.glob("*.warc.gz")):
            end = ends.get(path.name, 0)
            if end:
                os.truncate(path, end)
                self.number, self.end = int(path.name.split(".")[0]), end
            else:
                path.unlink()

    @property
    def _name(self) -> str:
        return f"{self.number:05d}.warc.gz"

    def write(self, capture: Capture) -> Place:
        """Append the capture's records and hand them to the system: a kill of this process loses none of them."""
        packed, _ = members(capture)
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
