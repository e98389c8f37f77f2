"""Define the one format of archived pages: the manifest's row, and the names in WARC records (ISO 28500).

A snapshot is warc/*.warc.gz and crawl.jsonl, a row for every address that was ever found. Workers write the same
records into files of their own, from which the snapshot is put together.
"""

import base64
import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from enum import StrEnum

from pipeline.core.errors import ContractError

MANIFEST = "crawl.jsonl"
WARCS = "warc"
SUFFIX = ".warc.gz"

VERSION = "WARC/1.1"
FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
FIELDS = "application/warc-fields"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

RECORD_ID = "WARC-Record-ID"
DATE = "WARC-Date"
TARGET_URI = "WARC-Target-URI"
CONCURRENT_TO = "WARC-Concurrent-To"
REFERS_TO = "WARC-Refers-To"
IP_ADDRESS = "WARC-IP-Address"
TRUNCATED = "WARC-Truncated"
PROFILE = "WARC-Profile"
FILENAME = "WARC-Filename"
DISCONNECT = "disconnect"
"""WARC-Truncated of a body whose connection was lost before its end."""


class RecordType(StrEnum):
    WARCINFO = "warcinfo"
    REQUEST = "request"
    RESPONSE = "response"
    REVISIT = "revisit"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of the manifest."""

    url: str
    final_url: str
    """Where the address leads in the end: a redirect's or alias's target; else the address itself."""
    site: str
    platform: str
    role: str
    """page, api, robots, sitemap or feed: the value of a `Role`."""
    status: int | None
    type: str | None
    """Content-Type as the server sent it."""
    time: str | None
    digest: str | None
    """sha1:BASE32 of the payload as sent."""
    etag: str | None
    last_modified: str | None
    truncated: bool
    """The connection was lost before the body's end; what came is kept."""
    warc: str | None
    """File below warc/; null if nothing was archived."""
    offset: int | None
    length: int | None
    """Where the response record's gzip member lies in it. For a page that had not changed: the older response."""
    revisit: list[int] | None
    """Offset and length of the revisit record, if the page had not changed since the snapshot before."""
    reason: str | None
    """Null if the page is kept; else a DropReason."""
    measured: float | None


def to_line(capture: Capture) -> str:
    """The manifest's line of a row."""
    return json.dumps(asdict(capture), ensure_ascii=False) + "\n"


def from_line(line: str | bytes, place: str) -> Capture:
    """The row of a manifest's line; ContractError names the place if it is none."""
    try:
        return Capture(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise ContractError(f"{place}: {error}") from None


def digest_of(body: bytes) -> str:
    """sha1:BASE32, as WARC-Payload-Digest has it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def record_id(*parts: str) -> str:
    """<urn:uuid:…>, UUIDv5 of the parts."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(parts))}>"
