"""Addresses of phpBB: one for each page, none for its functions; its marks."""

import pytest

from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/viewtopic.php?f=2&t=31", "/viewtopic.php?t=31"),
        ("/viewtopic.php?t=31&start=0", "/viewtopic.php?t=31"),
        ("/viewtopic.php?f=2&t=31&start=10", "/viewtopic.php?t=31&start=10"),
        ("/viewforum.php?f=2&start=50", "/viewforum.php?f=2&start=50"),
    ],
)
def test_a_phpbb_topic_page_has_one_address(path, address):
    assert place("phpbb", path).url == f"{BBS}{address}"


@pytest.mark.parametrize(
    "path",
    ["/viewtopic.php?p=99", "/viewtopic.php?t=1&view=print", "/memberlist.php?mode=viewprofile&u=2",
     "/ucp.php?mode=login", "/posting.php?mode=reply&t=1", "/search.php?search_id=active_topics",
     "/viewforum.php?f=2&sk=a", "/viewtopic.php?t=1&postorder=desc", "/viewforum.php?f=2&topicdays=7",
     "/profile.php?mode=viewprofile&u=2", "/privmsg.php?folder=inbox", "/post99.html", "/guqin-p99.html",
     "/member2.html", "/songfeng-u5.html"],
)  # fmt: skip
def test_phpbb_functions_are_no_pages(path):
    assert place("phpbb", path).reason is DropReason.NOT_CONTENT


@pytest.mark.parametrize(
    ("paths", "series"),
    [
        (["/guqin-t31.html", "/siqin-f2/guqin-t31.html", "/siqin-f2/guqin-t31-10.html"], "topic|31"),
        (["/topic31.html", "/forum2/topic31-20.html"], "topic|31"),
        (["/siqin-f2.html", "/siqin-f2/", "/siqin-f2/page50.html", "/siqin-f2-50.html", "/forum2.html"], "board|2"),
    ],
)
def test_a_phpbb_page_with_a_written_title_is_known_by_its_numbers(paths, series):
    found = [place("phpbb", path) for path in paths]
    assert [each.url for each in found] == [f"{BBS}{path}" for path in paths]
    assert {each.series for each in found} == {f"{BBS}|{series}"}
    assert place("phpbb", "/bbs/a-t31.html").key != place("phpbb", "/a-t31.html").key


def test_a_phpbb_topic_with_a_written_title_has_one_key_for_each_page():
    assert place("phpbb", "/siqin-f2/guqin-t31.html").key == place("phpbb", "/guqin-t31.html").key
    assert place("phpbb", "/guqin-t31-10.html").key == place("phpbb", "/siqin-f2/guqin-t31-10.html").key
    assert place("phpbb", "/guqin-t31-10.html").key != place("phpbb", "/guqin-t31.html").key


@pytest.mark.parametrize(
    "html",
    [
        '<body id="phpbb" class="nojs notouch section-index ltr">',
        '<a class="topictitle" href="./viewtopic.php?f=2&amp;t=9">',
        '<span class="forumlink"><a href="viewforum.php?f=1" class="forumlink">',
    ],
)
def test_phpbb_is_known_by_its_marks(html):
    assert recognised(html) == "phpbb"
