"""An unchanged page is told from a changed one; headers are archived with the length of what was archived."""

from dataclasses import dataclass, field

from crawler.session.answer import Answer
from crawler.session.archiving import archived_headers, payload_of
from crawler.warc.format import digest_of
from crawler.warc.writer import Original

BODY = "昨夜下了一场小雨。".encode()


@dataclass
class Older:
    body: bytes = BODY
    digest: str = digest_of(BODY)
    record: str = "<urn:uuid:1>"
    time: str = "2025-01-01T00:00:00Z"
    etag: str | None = '"1"'
    last_modified: str | None = None
    headers: dict[str, list[str]] = field(default_factory=lambda: {"content-type": ["text/html"], "etag": ['"1"']})


ORIGINAL = Original("<urn:uuid:1>", "2025-01-01T00:00:00Z", digest_of(BODY))


def test_a_page_without_an_older_one_is_its_own():
    answer = Answer(200, {"etag": ['"2"']}, BODY)
    payload = payload_of(answer, None)
    assert (payload.answer, payload.digest, payload.original) == (answer, digest_of(BODY), None)
    assert (payload.etag, payload.last_modified) == ('"2"', None)


def test_a_304_is_read_as_the_older_page_with_the_new_headers():
    payload = payload_of(Answer(304, {"date": ["today"]}, b""), Older())
    headers = {"content-type": ["text/html"], "etag": ['"1"'], "date": ["today"]}
    assert payload.answer == Answer(200, headers, BODY)
    assert (payload.digest, payload.original, payload.etag) == (digest_of(BODY), ORIGINAL, '"1"')


def test_the_same_bytes_are_a_revisit_and_others_or_an_error_page_with_them_are_none():
    assert payload_of(Answer(200, {}, BODY), Older()).original == ORIGINAL
    assert payload_of(Answer(200, {}, BODY + b"!"), Older()).original is None
    assert payload_of(Answer(404, {}, BODY), Older()).original is None


def test_a_length_that_is_not_the_bodys_is_kept_under_another_name():
    assert archived_headers([("Content-Length", "9"), ("ETag", "x")], 5) == [
        ("X-Crawler-Content-Length", "9"),
        ("ETag", "x"),
        ("Content-Length", "5"),
    ]
    assert archived_headers([("content-length", " 5 ")], 5) == [("content-length", " 5 ")]
    assert archived_headers([("Transfer-Encoding", "chunked")], 5) == [
        ("X-Crawler-Transfer-Encoding", "chunked"),
        ("Content-Length", "5"),
    ]
