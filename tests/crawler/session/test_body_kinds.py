"""What bytes are, whatever the header says."""

import gzip

import pytest

from crawler.session.body_kinds import NO_PAGES, BodyKind, fold, kind_of

PAGE = "<html><head><title>春天</title></head><body>春眠不觉晓</body></html>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PAGE.encode(), BodyKind.HTML),
        (PAGE.encode("gbk"), BodyKind.HTML),
        (PAGE.encode("big5", "ignore"), BodyKind.HTML),
        (PAGE.encode("utf-16"), BodyKind.HTML),
        (b"\xef\xbb\xbf" + PAGE.encode(), BodyKind.HTML),
        (b"\n\n<!-- cached -->\n<!DOCTYPE html>" + PAGE.encode(), BodyKind.HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'></html>", BodyKind.HTML),
        ("春眠不觉晓<br>处处闻啼鸟".encode(), BodyKind.HTML),
        ("\0<p>春眠\0不觉晓</p>".encode(), BodyKind.HTML),
        (b"<?xml version='1.0'?><rss version='2.0'></rss>", BodyKind.XML),
        (b"<urlset xmlns='x'></urlset>", BodyKind.XML),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>", BodyKind.XML),
        (b'{"topic_list": {}}', BodyKind.JSON),
        ("春眠不觉晓，处处闻啼鸟。".encode("gbk"), BodyKind.TEXT),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", BodyKind.BINARY),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), BodyKind.BINARY),
        (b"PK\x03\x04" + bytes(100), BodyKind.BINARY),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", BodyKind.BINARY),
        (gzip.compress(b"x" * 100, mtime=0), BodyKind.BINARY),
        (bytes(range(256)) * 8, BodyKind.BINARY),
        (b"", BodyKind.EMPTY),
        (b" \r\n\t\n", BodyKind.EMPTY),
        (bytes(500), BodyKind.EMPTY),
    ],
)
def test_kinds(body, expected):
    assert kind_of(body) == expected


def test_a_day_without_entries_is_like_the_next():
    assert fold("<p>2024年3月5日没有安排</p>".encode()) == fold("<p>2024年12月31日没有安排</p>".encode())
    assert fold("<p>3月5日开会</p>".encode()) != fold("<p>3月5日休息</p>".encode())


@pytest.mark.parametrize("url", ["http://a.test/x.JPG", "http://a.test/x.pdf?download=1", "http://a.test/b.tar.gz"])
def test_files_are_known_by_their_ending(url):
    assert NO_PAGES.search(url)


@pytest.mark.parametrize(
    "url", ["http://a.test/x.html", "http://a.test/jpg/", "http://a.test/a.png.html", "http://a.test/x"]
)
def test_pages_are_not_taken_for_files(url):
    assert NO_PAGES.search(url) is None
