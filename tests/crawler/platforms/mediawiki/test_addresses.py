"""Addresses of MediaWiki: one for each page, none for its functions; its marks."""

import pytest

from crawler.platforms.mediawiki.engine import MEDIAWIKI
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


def test_mediawiki_pages_below_a_page_are_pages_of_their_own():
    keys = {place("mediawiki", path).key for path in ("/wiki/Portage/zh-cn", "/wiki/USE/zh-cn", "/wiki/zh-cn")}
    assert len(keys) == 3
    assert place("mediawiki", "/wiki/User:某人/草稿").reason is DropReason.NOT_CONTENT
    assert place("mediawiki", "/zh-hans/量子力学").key == place("mediawiki", "/wiki/量子力学").key
    assert place("mediawiki", "/index.php/量子力学").key == place("mediawiki", "/wiki/量子力学").key
    more = place("mediawiki", "/index.php?title=Category:物理&pagefrom=量")
    assert (more.reason, more.series) == (None, place("mediawiki", "/wiki/Category:物理").series)


@pytest.mark.parametrize(
    ("entered", "path", "placed"),
    [
        ("/wiki/首页", "/wiki/量子力学?variant=zh-hk", "/wiki/量子力学"),
        ("/wiki/首页", "/index.php?title=量子力学&variant=zh-hk", "/index.php?title=量子力学"),
        ("/zh-tw/首页", "/wiki/量子力学", "/zh-tw/量子力学"),
        ("/zh-tw/首页", "/zh-hk/量子力学", "/zh-tw/量子力学"),
        ("/zh-tw/首页", "/zh-tw/量子力学", "/zh-tw/量子力学"),
        ("/zh-tw/首页", "/index.php?title=量子力学", "/index.php?title=量子力学&variant=zh-tw"),
        ("/index.php?title=首页&variant=zh-tw", "/wiki/量子力学", "/wiki/量子力学?variant=zh-tw"),
        ("/?variant=zh-tw", "/index.php?variant=zh-cn&title=量子力学", "/index.php?title=量子力学&variant=zh-tw"),
        ("/?variant=zh-tw", "/zh-hk/量子力学", "/zh-tw/量子力学"),
    ],
)
def test_a_wiki_is_read_in_the_variant_that_it_was_entered_in(entered, path, placed):
    traits: dict[str, str] = {}
    MEDIAWIKI.enter(f"{BBS}{entered}", traits)
    address = place("mediawiki", path, traits)
    assert (address.url, address.key) == (f"{BBS}{placed}", place("mediawiki", "/wiki/量子力学").key)


def test_mediawiki_articles_only():
    assert place("mediawiki", "/wiki/量子力学").reason is None
    assert place("mediawiki", "/index.php?title=量子力学").key == place("mediawiki", "/wiki/量子力学").key
    functions = [
        "/wiki/Special:Random",
        "/wiki/特殊:随机页面",
        "/wiki/Talk:量子力学",
        "/wiki/User:某人",
        "/index.php?title=量子力学&action=edit",
        "/index.php?title=量子力学&oldid=3",
        "/api.php",
    ]
    for path in functions:
        assert place("mediawiki", path).reason is DropReason.NOT_CONTENT, path


def test_mediawiki_is_known_by_its_marks():
    assert recognised('<meta name="generator" content="MediaWiki 1.39.5">') == "mediawiki"
