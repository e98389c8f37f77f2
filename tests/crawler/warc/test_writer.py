"""WARC records: complete, the same bytes each time, whole after a kill."""

import io
import zlib
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from crawler.warc.format import digest_of
from crawler.warc.writer import Archive, HttpExchange, Original, members, warcinfo

PAGE = "<html><title>春晓</title>春眠不觉晓，处处闻啼鸟。</html>".encode("gbk")


def exchange(path: str = "/chunxiao.html", body: bytes = PAGE, **fields) -> HttpExchange:
    return HttpExchange(
        url=f"http://a.test{path}",
        date="2025-06-01T00:00:00Z",
        request=[("Host", "a.test"), ("User-Agent", "Wenyuan/0.1")],
        status_line="HTTP/1.1 200 OK",
        response=[("Content-Type", "text/html; charset=gbk"), ("Content-Length", str(len(body)))],
        body=body,
        via="http://a.test/",
        hops="L",
        **fields,
    )


def test_an_exchange_is_request_response_and_metadata_with_true_digests():
    packed, record = members(exchange())
    records = []
    for item in ArchiveIterator(io.BytesIO(b"".join(packed)), check_digests="raise"):
        records.append((item.rec_type, item.rec_headers, item.content_stream().read()))
    assert [kind for kind, _, _ in records] == ["request", "response", "metadata"]
    assert records[1][2] == PAGE
    assert records[1][1].get_header("WARC-Payload-Digest") == digest_of(PAGE)
    assert records[0][1].get_header("WARC-Concurrent-To") == record == records[1][1].get_header("WARC-Record-ID")
    assert records[2][2] == b"via: http://a.test/\r\nhopsFromSeed: L\r\n"
    fast = list(FastIterator(io.BytesIO(b"".join(packed)), parse_http=True))
    assert len(fast) == 3


def test_the_same_exchange_has_the_same_bytes_and_ids_differ_by_address_and_by_body():
    assert members(exchange()) == members(exchange())
    ids = {members(item)[1] for item in (exchange(), exchange("/other.html"), exchange(body=PAGE + b"!"))}
    assert len(ids) == 3


def test_a_page_that_has_not_changed_is_a_revisit():
    original = Original("<urn:uuid:1>", "2025-01-01T00:00:00Z", digest_of(PAGE))
    revisit = HttpExchange(
        url="http://a.test/",
        date="2025-06-01T00:00:00Z",
        request=[],
        status_line="HTTP/1.1 304 Not Modified",
        response=[("ETag", '"1"')],
        body=b"",
        via=None,
        hops="",
        original=original,
    )
    packed, _ = members(revisit)
    (record,) = list(ArchiveIterator(io.BytesIO(packed[1])))
    assert record.rec_type == "revisit"
    headers = record.rec_headers
    assert headers.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert headers.get_header("WARC-Refers-To") == "<urn:uuid:1>"
    assert headers.get_header("WARC-Refers-To-Date") == "2025-01-01T00:00:00Z"
    assert headers.get_header("WARC-Payload-Digest") == digest_of(PAGE)


def test_what_was_not_committed_is_cut_off_and_files_are_rotated(tmp_path: Path):
    archive = Archive(tmp_path, max_bytes=1500)
    places = [archive.write(exchange(f"/{n}.html")) for n in range(4)]
    assert [place.file for place in places] == ["00000.warc.gz", "00000.warc.gz", "00001.warc.gz", "00001.warc.gz"]
    archive.close()
    again = Archive(tmp_path, max_bytes=1500)
    again.recover(
        {"00000.warc.gz": places[1].start + places[1].span, "00001.warc.gz": places[2].start + places[2].span}
    )
    assert again.write(exchange("/3.html")) == places[3]
    for name in ("00000.warc.gz", "00001.warc.gz"):
        with open(tmp_path / name, "rb") as file:
            assert len(list(ArchiveIterator(file, check_digests="raise"))) == 6
    again.close()


def test_a_file_without_a_committed_record_goes(tmp_path: Path):
    archive = Archive(tmp_path, max_bytes=10)
    archive.write(exchange("/0.html"))
    archive.write(exchange("/1.html"))
    archive.close()
    again = Archive(tmp_path, max_bytes=10)
    again.recover({"00000.warc.gz": 900})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00000.warc.gz"]


def test_warcinfo_names_the_file_and_what_made_it():
    info = warcinfo("web-00000.warc.gz", "2025-06-01T00:00:00Z", [("robots", "obey")])
    record = next(iter(ArchiveIterator(io.BytesIO(info))))
    assert record.rec_type == "warcinfo"
    assert record.rec_headers.get_header("WARC-Filename") == "web-00000.warc.gz"
    assert record.content_stream().read() == b"robots: obey\r\n"


@pytest.mark.parametrize("value", ["disconnect", None])
def test_a_lost_connection_is_told_in_the_record(value):
    (record,) = list(ArchiveIterator(io.BytesIO(members(exchange(truncated=value))[0][1])))
    assert record.rec_headers.get_header("WARC-Truncated") == value


def test_header_bytes_that_are_not_ascii_stay_as_they_came():
    """Scrapy hands them on as latin-1; a Location in raw UTF-8 must not become another address."""
    raw = "/中".encode().decode("latin-1")
    moved = HttpExchange(
        url="http://a.test/",
        date="2025-06-01T00:00:00Z",
        request=[],
        status_line="HTTP/1.1 302 Found",
        response=[("Location", raw)],
        body=b"",
        via=None,
        hops="",
    )
    assert b"Location: " + "/中".encode() + b"\r\n" in zlib.decompress(members(moved)[0][1], wbits=31)
