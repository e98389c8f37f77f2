"""Addresses: one spelling for each, sessions out, forms folded."""

import pytest

from crawler.addresses.urls import BadAddress, Normaliser, host_port, origin, template

SESSIONS = ["sid", "PHPSESSID", "jsessionid", "utm_*", "spm"]


@pytest.fixture
def normalise() -> Normaliser:
    return Normaliser(SESSIONS, 1500)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("HTTP://Example.TEST:80/%7euser/./a/../b.html#top", "http://example.test/~user/b.html"),
        ("https://example.test:443", "https://example.test/"),
        ("https://example.test:8443/x", "https://example.test:8443/x"),
        ("http://example.test/a?sid=9f86d0&tid=12&utm_source=qq&utm_medium=im", "http://example.test/a?tid=12"),
        ("http://example.test/a?SID=9f86d081884c7d659a2feaa0c55ad015", "http://example.test/a"),
        ("http://example.test/article.php?sid=1024", "http://example.test/article.php?sid=1024"),
        ("http://example.test/a?side=left&aside=1", "http://example.test/a?side=left&aside=1"),
        ("http://example.test/a;jsessionid=0A1B2C?x=1", "http://example.test/a?x=1"),
        ("http://例子.测试/页", "http://xn--fsqu00a.xn--0zwm56d/%E9%A1%B5"),
        ("http://example.test./", "http://example.test/"),
        ("http://example.test/?", "http://example.test/"),
        ("http://example.test/a b", "http://example.test/a%20b"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
    ],
)
def test_an_address_has_one_spelling(normalise, link, address):
    assert normalise(link) == address
    assert normalise(address) == address


def test_a_query_is_written_in_the_encoding_of_its_page_and_a_path_in_utf8(normalise):
    assert normalise("http://example.test/s?q=中文", "gb18030") == "http://example.test/s?q=%D6%D0%CE%C4"
    assert normalise("http://example.test/中文?q=1", "gb18030") == "http://example.test/%E4%B8%AD%E6%96%87?q=1"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("thread-12-1-1.html", "http://example.test/bbs/thread-12-1-1.html"),
        ("  /a\n b.html ", "http://example.test/a%20b.html"),
        ("..\\c.html", "http://example.test/c.html"),
        ("//other.test/x", "http://other.test/x"),
        ("?page=2", "http://example.test/bbs/index.php?page=2"),
        ("#floor3", "http://example.test/bbs/index.php"),
        ("/a\t/b", "http://example.test/a/b"),
    ],
)
def test_links_are_read_as_browsers_read_them(normalise, link, address):
    assert normalise.join("http://example.test/bbs/index.php", link) == address


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd",
        "ftp://example.test/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://user:secret@example.test/",
        "http://user@example.test/",
        "http://[::1",
        "http://example.test/" + "a" * 1500,
        "http://example.test:99999/",
        "mailto:a@example.test",
    ],
)
def test_what_may_not_be_fetched_is_no_address(normalise, link):
    with pytest.raises(BadAddress):
        normalise.join("http://example.test/", link)


def test_numbers_and_hashes_are_folded():
    assert template("http://a.test/thread-12-3-1.html") == template("http://a.test/thread-7-1-1.html")
    a, b = "0123456789abcdef0123456789abcdef", "fedcba98fedcba98fedcba98fedcba98"
    assert template(f"http://a.test/x/{a}/1") == template(f"http://a.test/x/{b}/2")
    assert template("http://a.test/article-1.html") != template("http://a.test/thread-1.html")


def test_origin_and_host_with_port():
    assert origin("http://a.test:8080/x/y") == "http://a.test:8080"
    assert host_port("https://a.test") == "a.test:443"
    assert host_port("http://[2001:db8::1]/") == "[2001:db8::1]:80"


def test_an_address_that_is_none_does_not_keep_the_page_it_stands_in(normalise):
    """A cached exception that is raised again would gather the frames of all its callers."""
    errors = []
    for _ in range(2):
        with pytest.raises(BadAddress) as caught:
            normalise("javascript:void(0)")
        errors.append(caught.value)
    assert errors[0] is not errors[1]


def test_characters_that_the_page_encoding_lacks_are_escaped_as_browsers_do(normalise):
    assert normalise("http://example.test/s?q=囧𠮷", "big5hkscs").endswith("=%CA%A8%26%23134071%3B")
    assert normalise("http://example.test/s?id=1&q=中", "utf-16-le") == "http://example.test/s?id=1&q=%E4%B8%AD"
