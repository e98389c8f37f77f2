"""Addresses of Discuz!: one for each page, none for its functions; its marks."""

import pytest

from crawler.platforms.discuz.engine import DISCUZ
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


@pytest.mark.parametrize(
    "path",
    [
        "/forum.php?mod=viewthread&tid=12",
        "/forum.php?mod=viewthread&tid=12&extra=page%3D1",
        "/forum.php?mod=viewthread&tid=12&page=1&highlight=x",
        "/forum.php?tid=12&mod=viewthread&mobile=2",
        "/thread-12-1-1.html",
        "/thread-12-1-7.html",
        "/viewthread.php?tid=12",
        "/forum.php?mod=viewthread&do=tradeinfo&tid=12&pid=99",
        "/redirect.php?goto=findpost&pid=99&ptid=12",
    ],
)
def test_a_discuz_thread_page_has_one_address(path):
    assert place("discuz", path, {"rewritten": "no"}).url == f"{BBS}/forum.php?mod=viewthread&tid=12"
    assert place("discuz", path, {"rewritten": "yes"}).url == f"{BBS}/thread-12-1-1.html"
    assert place("discuz", path).key == place("discuz", "/thread-12-1-1.html", {"rewritten": "yes"}).key


def test_discuz_pages_of_a_thread_and_of_a_board_are_apart():
    plain = {"rewritten": "no"}
    assert place("discuz", "/thread-12-2-1.html", plain).url == f"{BBS}/forum.php?mod=viewthread&tid=12&page=2"
    assert place("discuz", "/bbs/thread-12-2-1.html").url == f"{BBS}/bbs/thread-12-2-1.html"
    assert place("discuz", "/forum-2-3.html", plain).url == f"{BBS}/forum.php?mod=forumdisplay&fid=2&page=3"
    board = "/forum.php?mod=forumdisplay&fid=2&page=3"
    assert place("discuz", board, {"rewritten": "yes"}).url == f"{BBS}/forum-2-3.html"
    assert place("discuz", board).url == f"{BBS}{board}"
    assert place("discuz", board).series == place("discuz", "/forum-2-1.html").series
    assert place("discuz", "/portal.php?mod=view&aid=5&page=2").reason is None
    assert place("discuz", "/home.php?mod=space&uid=3&do=blog&id=9").reason is None


@pytest.mark.parametrize(
    "path",
    [
        "/member.php?mod=logging&action=login",
        "/home.php?mod=space&uid=3",
        "/home.php?mod=spacecp",
        "/search.php?mod=forum",
        "/misc.php?mod=ranklist",
        "/forum.php?mod=post&action=reply&tid=12",
        "/forum.php?mod=viewthread&tid=12&authorid=3",
        "/forum.php?mod=viewthread&action=printable&tid=12",
        "/forum.php?mod=viewthread&tid=12&ordertype=1",
        "/forum.php?mod=forumdisplay&fid=2&filter=author&orderby=dateline",
        "/forum.php?mod=attachment&aid=MQ",
        "/forum.php?mod=ajax&action=x",
        "/space-uid-3.html",
        "/archiver/",
        "/?3",
        "/?mobile=2",
        "/forum.php?mobile=yes",
        "/redirect.php?goto=home",
        "/forum.php?mod=collection&action=edit&op=addthread&tid=12",
        "/forum.php?mod=collection&action=view&ctid=1",
        "/forum.php?mod=guide&view=my",
        "/forum.php?mod=guide&view=hot&rss=1",
        "/forum.php?mod=group&action=memberlist&fid=62",
        "/forum.php?mod=group&action=create&fupid=60&groupid=61",
        "/group.php?mod=my",
        "/portal.php?mod=comment&id=5&idtype=aid",
        "/home.php?mod=space&do=blog&view=me",
        "/home.php?mod=space&do=blog&view=all&order=hot",
        "/home.php?mod=space&uid=3&do=blog&view=me&page=2",
        "/home.php?mod=space&uid=3&do=profile",
        "/home.php?mod=space&do=doing&view=all",
        "/home.php?mod=spacecp&ac=blog&do=blog&id=9",
    ],
)
def test_discuz_functions_are_no_pages(path):
    assert place("discuz", path).reason is DropReason.NOT_CONTENT


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/forum.php?mod=announcement&id=2", "/forum.php?mod=announcement"),
        ("/forum.php?mod=announcement&m=202403", "/forum.php?mod=announcement"),
        ("/home.php?mod=space&do=blog", "/home.php?mod=space&do=blog&view=all&order=dateline"),
        (
            "/home.php?mod=space&do=blog&view=all&order=dateline&page=2",
            "/home.php?mod=space&do=blog&view=all&order=dateline&page=2",
        ),
        ("/forum.php?mod=guide&view=new&page=1", "/forum.php?mod=guide&view=new"),
        ("/forum.php?mod=forumdisplay&action=list&fid=62", "/forum.php?mod=forumdisplay&action=list&fid=62"),
        (
            "/forum.php?mod=forumdisplay&action=list&fid=62&filter=&page=2",
            "/forum.php?mod=forumdisplay&action=list&fid=62&page=2",
        ),
    ],
)
def test_discuz_lists_and_notices_have_one_address(path, address):
    found = place("discuz", path, {"rewritten": "yes"})
    assert (found.url, found.reason) == (f"{BBS}{address}", None)


@pytest.mark.parametrize(
    ("rewritten", "plain"),
    [
        ("/article-5-2.html", "/portal.php?mod=view&aid=5&page=2"),
        ("/article-5-1.html", "/portal.php?mod=view&aid=5"),
        ("/blog-3-9.html", "/home.php?mod=space&uid=3&do=blog&id=9&page=2"),
        ("/group-62-1.html", "/forum.php?mod=group&fid=62"),
    ],
)
def test_both_addresses_of_a_discuz_article_blog_or_group_are_one_page(rewritten, plain):
    assert place("discuz", rewritten).key == place("discuz", plain).key
    assert place("discuz", rewritten).url == f"{BBS}{rewritten}"


def test_a_later_page_of_a_discuz_board_in_another_order_is_that_page_of_the_board():
    """Boards that show one kind of threads at first name all their pages so."""
    sorted_ = place("discuz", "/forum.php?mod=forumdisplay&fid=2&filter=sortid&sortid=1&page=3")
    assert sorted_ == place("discuz", "/forum.php?mod=forumdisplay&fid=2&page=3")


def test_the_threads_of_a_discuz_group_are_a_list_beside_its_own_page():
    listed = place("discuz", "/forum.php?mod=forumdisplay&action=list&fid=62")
    assert listed.key != place("discuz", "/forum.php?mod=group&fid=62").key
    assert listed.key != place("discuz", "/forum.php?mod=forumdisplay&fid=62").key
    assert listed.series == place("discuz", "/forum.php?mod=forumdisplay&action=list&fid=62&page=2").series


def test_discuz_learns_from_several_links_how_addresses_are_written():
    static = [f"{BBS}/thread-{n}-1-1.html" for n in range(3)]
    dynamic = [f"{BBS}/forum.php?mod=viewthread&tid={n}" for n in range(9)]
    traits = {}
    DISCUZ.learn([*dynamic, static[0]], traits)
    assert traits == {}
    DISCUZ.learn([*dynamic, *static], traits)
    assert traits == {"rewritten": "yes"}
    plain = {}
    DISCUZ.learn(dynamic, plain)
    assert plain == {"rewritten": "no"}


@pytest.mark.parametrize("query", ["goto=lastpost&tid=12", "goto=findpost&ptid=12&pid=99"])
def test_the_way_to_a_discuz_post_is_the_way_to_its_thread(query):
    assert place("discuz", f"/forum.php?mod=redirect&{query}").key == place("discuz", "/thread-12-1-1.html").key


@pytest.mark.parametrize(
    "html",
    [
        '<meta name="generator" content="Discuz! X3.4" />',
        '<body id="nv_forum" class="pg_index">',
    ],
)
def test_discuz_is_known_by_its_marks(html):
    assert recognised(html) == "discuz"
