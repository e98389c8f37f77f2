"""Every platform's addresses: one for each page, none for its functions; its API; its marks."""

import json

import pytest

from crawler.spiders.html import read
from crawler.spiders.platforms import MARKS, PLATFORMS, recognise
from pipeline.contract.drop import DropReason

BBS = "http://bbs.test"


def place(platform, path, traits=None):
    return PLATFORMS[platform].place(f"{BBS}{path}", traits if traits is not None else {})


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
    ],
)
def test_discuz_functions_are_no_pages(path):
    assert place("discuz", path).reason is DropReason.NOT_CONTENT


def test_discuz_learns_from_several_links_how_addresses_are_written():
    static = [f"{BBS}/thread-{n}-1-1.html" for n in range(3)]
    dynamic = [f"{BBS}/forum.php?mod=viewthread&tid={n}" for n in range(9)]
    traits = {}
    PLATFORMS["discuz"].learn([*dynamic, static[0]], traits)
    assert traits == {}
    PLATFORMS["discuz"].learn([*dynamic, *static], traits)
    assert traits == {"rewritten": "yes"}
    plain = {}
    PLATFORMS["discuz"].learn(dynamic, plain)
    assert plain == {"rewritten": "no"}


@pytest.mark.parametrize("query", ["goto=lastpost&tid=12", "goto=findpost&ptid=12&pid=99"])
def test_the_way_to_a_discuz_post_is_the_way_to_its_thread(query):
    assert place("discuz", f"/forum.php?mod=redirect&{query}").key == place("discuz", "/thread-12-1-1.html").key


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
     "/viewforum.php?f=2&sk=a"],
)  # fmt: skip
def test_phpbb_functions_are_no_pages(path):
    assert place("phpbb", path).reason is DropReason.NOT_CONTENT


def test_discourse_topics_are_asked_for_as_json_until_that_is_refused():
    assert place("discourse", "/t/some-slug/42").url == f"{BBS}/t/42.json"
    assert place("discourse", "/t/some-slug/42/17").key == place("discourse", "/t/42").key
    assert place("discourse", "/t/42.json?page=3").url == f"{BBS}/t/42.json?page=3"
    assert place("discourse", "/t/slug/42?page=2", {"api": "refused"}).url == f"{BBS}/t/42?page=2"
    assert place("discourse", "/u/someone").reason is DropReason.NOT_CONTENT
    assert PLATFORMS["discourse"].instead(f"{BBS}/t/42.json") == f"{BBS}/t/42"


def test_discourse_lists_lead_to_topics_and_topics_to_their_pages():
    discourse = PLATFORMS["discourse"]
    topics = {"topic_list": {"topics": [{"id": 42}, {"id": 43}], "more_topics_url": "/latest?page=1"}}
    listing = discourse.read_api(f"{BBS}/latest.json?page=0", json.dumps(topics).encode())
    assert (listing.text, listing.links) == (
        False,
        [f"{BBS}/t/42.json", f"{BBS}/t/43.json", f"{BBS}/latest.json?page=1"],
    )
    topic = discourse.read_api(f"{BBS}/t/42.json", json.dumps({"post_stream": {"stream": list(range(45))}}).encode())
    assert (topic.text, topic.links) == (True, [f"{BBS}/t/42.json?page=2"])
    with pytest.raises(ValueError, match="neither"):
        discourse.read_api(f"{BBS}/t/42.json", b'{"errors": ["not found"]}')


def test_nodebb_reads_what_stands_under_api():
    nodebb = PLATFORMS["nodebb"]
    assert place("nodebb", "/topic/7/标题?page=2").url == f"{BBS}/api/topic/7?page=2"
    assert place("nodebb", "/topic/7/slug/12", {"api": "refused"}).url == f"{BBS}/topic/7"
    assert place("nodebb", "/user/someone").reason is DropReason.NOT_CONTENT
    listing = nodebb.read_api(
        f"{BBS}/api/categories",
        json.dumps({"categories": [{"cid": 1, "children": [{"cid": 4}]}, {"cid": 2}]}).encode(),
    )
    assert listing.links == [f"{BBS}/api/category/1", f"{BBS}/api/category/4", f"{BBS}/api/category/2"]
    moved = nodebb.read_api(f"{BBS}/api/category/1", json.dumps("/category/1/公告").encode())
    assert (moved.text, moved.links) == (False, [f"{BBS}/api/category/1/公告"])
    topic = nodebb.read_api(
        f"{BBS}/api/topic/7", json.dumps({"tid": 7, "posts": [{}], "pagination": {"pageCount": 3}}).encode()
    )
    assert (topic.text, topic.links) == (True, [f"{BBS}/api/topic/7?page=2"])


def test_flarum_discussions_are_read_by_their_posts():
    flarum = PLATFORMS["flarum"]
    first = f"{BBS}/api/posts?filter%5Bdiscussion%5D=5&sort=createdAt&page%5Blimit%5D=50"
    assert place("flarum", "/d/5-标题/3").url == first
    assert place("flarum", "/u/someone").reason is DropReason.NOT_CONTENT
    discussions = {
        "data": [{"type": "discussions", "id": "5"}],
        "links": {"next": f"{BBS}/api/discussions?page[offset]=20"},
    }
    listing = flarum.read_api(f"{BBS}/api/discussions", json.dumps(discussions).encode())
    assert listing.links == [f"{BBS}/api/discussions?page[offset]=20", first]
    assert flarum.instead(first) == f"{BBS}/d/5"


def test_mediawiki_pages_below_a_page_are_pages_of_their_own():
    keys = {place("mediawiki", path).key for path in ("/wiki/Portage/zh-cn", "/wiki/USE/zh-cn", "/wiki/zh-cn")}
    assert len(keys) == 3
    assert place("mediawiki", "/wiki/User:某人/草稿").reason is DropReason.NOT_CONTENT
    assert place("mediawiki", "/zh-hans/量子力学").key == place("mediawiki", "/wiki/量子力学").key
    assert place("mediawiki", "/index.php/量子力学").key == place("mediawiki", "/wiki/量子力学").key
    more = place("mediawiki", "/index.php?title=Category:物理&pagefrom=量")
    assert (more.reason, more.series) == (None, place("mediawiki", "/wiki/Category:物理").series)


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


@pytest.mark.parametrize(
    ("html", "platform"),
    [
        ('<meta name="generator" content="Discuz! X3.4" />', "discuz"),
        ('<body id="nv_forum" class="pg_index">', "discuz"),
        ('<body id="phpbb" class="nojs notouch section-index ltr">', "phpbb"),
        ('<meta name="generator" content="Discourse 3.2.0 - https://github.com/discourse">', "discourse"),
        ('<meta name="generator" content="MediaWiki 1.39.5">', "mediawiki"),
        ('<body class="page-home page-status-200 theme-harmony"><main id="panel"><div id="content">', "nodebb"),
        ('<div component="topic"><ul><li component="post">', "nodebb"),
        ('<script defer src="/forum/assets/nodebb.min.js?v=1"></script>', "nodebb"),
        ('<body><div id="flarum-content">', "flarum"),
        ('<meta name="generator" content="Hexo 6.0">', "article"),
        ("<p>我们讨论了 Discuz 与 phpBB 的优劣。</p>", "article"),
    ],
)
def test_an_engine_is_known_by_its_marks(html, platform):
    assert recognise(read(f"<html><head></head>{html}", "wenyuan", MARKS)) == platform
