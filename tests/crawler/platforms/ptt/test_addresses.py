"""Addresses of PTT on the web: one for each page, none for its functions; its marks."""

import pytest

from crawler.platforms.ptt.engine import PTT
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/bbs/Tea/M.1703942100.A.5C1.html", "/bbs/Tea/M.1703942100.A.5C1.html"),
        ("/bbs/Tea/M.1703942100.A.5C1.html?from=a", "/bbs/Tea/M.1703942100.A.5C1.html"),
        ("/bbs/Tea/G.1119222660.A.html", "/bbs/Tea/G.1119222660.A.html"),
        ("/bbs/Tea", "/bbs/Tea/index.html"),
        ("/bbs/Tea/", "/bbs/Tea/index.html"),
        ("/bbs/Tea/index.html?a=1", "/bbs/Tea/index.html"),
        ("/bbs/Tea/index41.html", "/bbs/Tea/index41.html"),
        ("/man/Tea/D7B0/index.html?a=1", "/man/Tea/D7B0/index.html"),
        ("/man/Tea/D7B0/M.1119222660.A.94E.html", "/man/Tea/D7B0/M.1119222660.A.94E.html"),
        ("/bbs/hotboards.html", "/bbs/hotboards.html"),
        ("/cls/1", "/cls/1"),
        ("/bbs/", "/bbs/index.html"),
        ("/bbs/index.html", "/bbs/index.html"),
        ("/", "/"),
        ("/b/Tea/1bXy_z-0", "/b/Tea/1bXy_z-0"),
        ("/about.html", "/about.html"),
    ],
)
def test_a_page_has_one_address(path, address):
    assert place("ptt", path).url == f"{BBS}{address}"


def test_pages_of_a_board_are_one_series_and_boards_are_several():
    newest, older, other = (place("ptt", f"/bbs/{path}") for path in ("Tea", "Tea/index41.html", "Cha/index41.html"))
    assert newest.series == older.series != other.series
    assert newest.key != older.key
    assert place("ptt", "/bbs/Tea/").key == place("ptt", "/bbs/Tea/index.html").key


@pytest.mark.parametrize(
    "path",
    ["/ask/over18?from=%2Fbbs%2FTea", "/bbs/Tea/search?q=thread%3A%E8%8C%B6", "/bbs/Tea/search?page=2&q=a",
     "/poll/Tea/M.1703942100.A.5C1.html?cacheKey=1", "/v1/longpoll?id=1"],
)  # fmt: skip
def test_functions_are_no_pages(path):
    assert place("ptt", path).reason is DropReason.NOT_CONTENT


@pytest.mark.parametrize(
    "path",
    [
        "/bbs/Tea/index.html",
        "/thread-12.htm",
        "/bbs/Tea/M.html",
        "/m/M.1703942100.A.5C1.html",
        "/M.1703942100.A.5C1.html",
    ],
)
def test_other_addresses_are_no_articles(path):
    assert PTT.first_page(f"{BBS}{path}") is None


@pytest.mark.parametrize(
    "html",
    [
        '<div id="topbar-container"><div id="topbar" class="bbs-content"><a id="logo" href="/bbs/">批踢踢實業坊</a>',
        '<div id="main-content" class="bbs-screen bbs-content">',
        '<div class="r-list-container"><div class="r-ent"><div class="nrec">',
        '<div class="m-ent"><div class="title"><a href="/man/Tea/D7B0/index.html">',
        '<div class="over18-notice">',
    ],
)
def test_it_is_known_by_its_marks(html):
    assert recognised(html) == "ptt"
