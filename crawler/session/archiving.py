"""Tell whether an answer's payload is an older one's, and write the exchange as WARC records have it."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.frontier.entries import Entry
from crawler.session.answer import Answer, Received
from crawler.warc.format import DISCONNECT, digest_of
from crawler.warc.previous import Older
from crawler.warc.writer import Headers, HttpExchange, Original

_PHRASES = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Payload:
    """The page that an answer stands for."""

    answer: Answer
    """As it is read: of a 304 the older response, with the new headers."""
    digest: str
    original: Original | None
    """The older record with the same payload, if the page has not changed."""
    etag: str | None
    last_modified: str | None


def payload_of(answer: Answer, older: Older | None) -> Payload:
    """`older`: the page in the snapshot before, if it was in it."""
    etag, last_modified = answer.header("etag") or None, answer.header("last-modified") or None
    if older is not None and answer.status == _NOT_MODIFIED:
        read = Answer(200, older.headers | dict(answer.headers), older.body)
        unchanged = Original(older.record, older.time, older.digest)
        return Payload(read, older.digest, unchanged, etag or older.etag, last_modified or older.last_modified)
    digest = digest_of(answer.body)
    original = None
    if older is not None and answer.status == 200 and older.digest == digest:
        original = Original(older.record, older.time, older.digest)
    return Payload(answer, digest, original, etag, last_modified)


def http_exchange(
    entry: Entry, request: Headers, received: Received, original: Original | None, date: str
) -> HttpExchange:
    return HttpExchange(
        url=entry.url,
        date=date,
        request=request,
        status_line=f"{received.protocol} {received.status} {_PHRASES.get(received.status, '')}".rstrip(),
        response=archived_headers(received.headers, len(received.body)),
        body=received.body,
        via=entry.via,
        hops="L" * entry.depth + "R" * entry.hops,
        truncated=DISCONNECT if received.lost else None,
        ip=received.ip,
        original=original,
    )


def archived_headers(headers: Sequence[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """Headers as received, with the length that the archived body has; what the server claimed stays beside it, as
    Common Crawl does it."""
    kept = []
    for name, value in headers:
        if name.lower() in ("content-length", "transfer-encoding") and value.strip() != str(length):
            kept.append((f"X-Crawler-{name}", value))
        else:
            kept.append((name, value))
    if not any(name.lower() == "content-length" for name, _ in kept):
        kept.append(("Content-Length", str(length)))
    return kept
