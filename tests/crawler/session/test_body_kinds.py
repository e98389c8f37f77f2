"""What bytes are, whatever the header says."""

import gzip

import pytest

from crawler.session.body_kinds import BINARY, EMPTY, HTML, JSON, NO_PAGES, TEXT, XML, fold, kind

PAGE = "<html><head><title>春天</title></head><body>春眠不觉晓</body></html>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PAGE.encode(), HTML),
        (PAGE.encode("gbk"), HTML),
        (PAGE.encode("big5", "ignore"), HTML),
        (PAGE.encode("utf-16"), HTML),
        (b"\xef\xbb\xbf" + PAGE.encode(), HTML),
        (b"\n\n<!-- cached -->\n<!DOCTYPE html>" + PAGE.encode(), HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'></html>", HTML),
        ("春眠不觉晓<br>处处闻啼鸟".encode(), HTML),
        ("\0<p>春眠\0不觉晓</p>".encode(), HTML),
        (b"<?xml version='1.0'?><rss version='2.0'></rss>", XML),
        (b"<urlset xmlns='x'></urlset>", XML),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>", XML),
        (b'{"topic_list": {}}', JSON),
        ("春眠不觉晓，处处闻啼鸟。".encode("gbk"), TEXT),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", BINARY),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), BINARY),
        (b"PK\x03\x04" + bytes(100), BINARY),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", BINARY),
        (gzip.compress(b"x" * 100), BINARY),
        (bytes(range(256)) * 8, BINARY),
        (b"", EMPTY),
        (b" \r\n\t\n", EMPTY),
        (bytes(500), EMPTY),
    ],
)
def test_kinds(body, expected):
    assert kind(body) == expected


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
