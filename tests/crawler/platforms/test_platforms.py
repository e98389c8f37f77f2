"""Every platform's addresses: one for each page, none for its functions; its API; its marks."""

import json
from pathlib import Path

import pytest

from crawler.html.links import read
from crawler.platforms.page_objects import ARTICLE, ENGINES, JSON_READERS
from crawler.platforms.platform import Platform
from crawler.platforms.reading import POSTS
from crawler.platforms.registry import MARKS, PLATFORMS, recognise
from pipeline.contract.drop import DropReason
from pipeline.schema.crawl import Platform as PlatformName

BBS = "http://bbs.test"


def place(platform, path, traits=None):
    return PLATFORMS[platform].place(f"{BBS}{path}", traits if traits is not None else {})


def test_a_platform_stands_in_every_registry():
    """A new engine that misses one of these places is not found, not read, or cannot be named in conf."""
    root = Path(__file__).parents[3]
    files = {
        path.parent.name
        for path in (root / "crawler/platforms").glob("*/addresses.py")
        if "(Platform):" in path.read_text(encoding="utf-8")
    }
    assert set(PLATFORMS) - {ARTICLE} == files, "PLATFORMS in crawler/platforms/registry.py"
    assert set(ENGINES) == files, "ENGINES in crawler/platforms/page_objects.py"
    assert set(POSTS) == files - {"mediawiki"}, "POSTS in crawler/platforms/reading.py"
    assert {name.value for name in PlatformName} == files | {"auto", ARTICLE}, "Platform in pipeline/schema/crawl.py"
    with_api = {name for name, each in PLATFORMS.items() if type(each).read_api is not Platform.read_api}
    assert with_api == JSON_READERS, "JSON_READERS in crawler/platforms/page_objects.py"


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


def test_discourse_topics_are_asked_for_as_json_until_that_is_refused():
    assert place("discourse", "/t/some-slug/42").url == f"{BBS}/t/42.json"
    assert place("discourse", "/t/some-slug/42/17").key == place("discourse", "/t/42").key
    assert place("discourse", "/t/42.json?page=3").url == f"{BBS}/t/42.json?page=3"
    assert place("discourse", "/t/slug/42/17?page=2", {"api": "refused"}).url == f"{BBS}/t/slug/42?page=2"
    assert place("discourse", "/t/42", {"api": "refused"}).url == f"{BBS}/t/42"
    assert place("discourse", "/u/someone").reason is DropReason.NOT_CONTENT
    assert PLATFORMS["discourse"].instead(f"{BBS}/t/42.json") == f"{BBS}/t/42"


def test_a_discourse_topic_without_a_title_is_told_from_its_posts():
    assert place("discourse", "/t/42/17").key == place("discourse", "/t/42").key
    assert place("discourse", "/t/42/17.json").url == f"{BBS}/t/42.json"
    assert place("discourse", "/t/3d打印/42/17").key == place("discourse", "/t/42").key


def test_a_discourse_category_may_be_called_as_a_function_is():
    assert [place("discourse", path).reason for path in ("/c/review/5", "/c/about/chat/7?page=1")] == [None, None]
    for path in ("/c/review/5.rss", "/latest.rss", "/n/slug/42", "/chat/c/general/2", "/about", "/tag/x/l/latest"):
        assert place("discourse", path).reason is DropReason.NOT_CONTENT, path


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
    assert place("nodebb", "/api/topic/7?page=2").key == place("nodebb", "/topic/7/标题?page=2").key
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


def test_a_nodebb_page_is_asked_for_where_it_is_not_sent_on_if_its_api_is_refused():
    refused = {"api": "refused"}
    assert place("nodebb", "/topic/7/标题/12", refused).url == f"{BBS}/topic/7/标题"
    assert place("nodebb", "/topic/7/标题?page=2", refused).url == f"{BBS}/topic/7/标题?page=2"
    assert place("nodebb", "/topic/7/标题?page=2", refused).key == place("nodebb", "/topic/7?page=2", refused).key
    assert place("nodebb", "/category/3/园艺?sort=most_posts", refused).url == f"{BBS}/category/3/园艺"
    assert place("nodebb", "/topic/7", refused).url == f"{BBS}/topic/7"


def test_a_nodebb_topic_of_another_server_has_a_uuid():
    uuid = "0b5a2c1e-7f3d-4c8e-9a10-5d2f6b7c8e90"
    assert place("nodebb", f"/topic/{uuid}/种豆/3").url == f"{BBS}/api/topic/{uuid}"
    assert PLATFORMS["nodebb"].instead(f"{BBS}/api/topic/{uuid}") == f"{BBS}/topic/{uuid}"


def test_nodebb_categories_beyond_the_first_ten_below_one_are_found():
    nodebb = PLATFORMS["nodebb"]
    below = {
        "cid": 14,
        "topics": [],
        "children": [{"cid": 20}],
        "hasMoreSubCategories": True,
        "nextSubCategoryStart": 10,
    }
    listing = nodebb.read_api(f"{BBS}/api/category/14", json.dumps(below).encode())
    more = f"{BBS}/api/v3/categories/14/children?start="
    assert listing.links == [f"{BBS}/api/category/20", f"{more}10"]
    assert place("nodebb", "/api/v3/categories/14/children?start=10").reason is None
    further = nodebb.read_api(f"{more}10", b'{"response": {"categories": [{"cid": 21, "children": [{"cid": 30}]}]}}')
    assert (further.text, further.links) == (
        False,
        [f"{BBS}/api/category/21", f"{BBS}/api/category/30", f"{more}11"],
    )
    assert nodebb.read_api(f"{more}11", b'{"response": {"categories": []}}').links == []


def test_nodebb_recent_topics_are_listed_once_whatever_is_asked_of_them():
    assert place("nodebb", "/recent?term=weekly&page=2").url == f"{BBS}/api/recent?page=2"
    assert place("nodebb", "/recent?page=2", {"api": "refused"}).url == f"{BBS}/recent?page=2"
    assert PLATFORMS["nodebb"].instead(f"{BBS}/api/recent") == f"{BBS}/recent"
    assert place("nodebb", "/tags/recent").reason is DropReason.NOT_CONTENT


def test_a_nodebb_below_a_path_names_its_addresses_with_that_path():
    moved = PLATFORMS["nodebb"].read_api(
        f"{BBS}/luntan/api/category/1", json.dumps("/luntan/category/1/公告").encode()
    )
    assert moved.links == [f"{BBS}/luntan/api/category/1/公告"]
    assert place("nodebb", "/luntan/topic/7/茶/3").url == f"{BBS}/luntan/api/topic/7"


@pytest.mark.parametrize(
    "path",
    ["/topic/7.rss", "/category/3.rss", "/tags/种菜.rss", "/recent.rss", "/post/88", "/api/v3/topics/7", "/users",
     "/groups/园丁会", "/post-queue", "/flags/2", "/intents/tos", "/api/user/某人"],
)  # fmt: skip
def test_nodebb_functions_and_feeds_are_no_pages(path):
    assert place("nodebb", path).reason is DropReason.NOT_CONTENT


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
    assert place("flarum", "/d/5-标题/reply").url == first
    refused = {"api": "refused"}
    assert place("flarum", "/d/5-标题/30?page=2", refused).url == f"{BBS}/d/5?page=2"


def test_lists_of_flarum_are_read_where_the_api_is_not():
    refused = {"api": "refused"}
    tag = place("flarum", "/t/cha?page=3", refused)
    assert (tag.url, tag.series) == (f"{BBS}/t/cha?page=3", place("flarum", "/t/cha", refused).series)
    assert place("flarum", "/?page=2", refused).series == place("flarum", "/", refused).series
    assert place("flarum", "/?page=1", refused).url == f"{BBS}/"
    assert place("flarum", "/t/cha?page=3", {"api": "works"}).reason is DropReason.NOT_CONTENT
    for path in ("/?sort=newest", "/?q=茶", "/t/cha?sort=top&page=2", "/following", "/private", "/posts?q=x"):
        assert place("flarum", path, refused).reason is DropReason.NOT_CONTENT, path


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
    PLATFORMS["mediawiki"].enter(f"{BBS}{entered}", traits)
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


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/?thread-12.htm", "/?thread-12.htm"),
        ("/?thread-12-1.htm", "/?thread-12.htm"),
        ("/?thread-12-2.htm", "/?thread-12-2.htm"),
        ("/?thread-12-2-%E7%AB%B9.htm", "/?thread-12-2.htm"),
        ("/index.php?thread-12-2.htm&from=a", "/?thread-12-2.htm"),
        ("/thread-12-2.htm", "/thread-12-2.htm"),
        ("/bbs/thread-12-1.htm?from=a", "/bbs/thread-12.htm"),
        ("/?forum-3.htm", "/?forum-3.htm"),
        ("/forum-3-1.htm", "/forum-3.htm"),
        ("/?index.htm", "/"),
        ("/?index-2.htm", "/?index-2.htm"),
    ],
)
def test_a_xiuno_page_has_one_address(path, address):
    assert place("xiuno", path).url == f"{BBS}{address}"


def test_a_xiuno_page_is_asked_for_in_the_form_of_the_site_itself():
    dynamic = [f"{BBS}/?thread-{n}.htm" for n in range(5)]
    static = [f"{BBS}/thread-{n}-2.htm" for n in range(5)]
    xiuno = PLATFORMS["xiuno"]
    plain, rewritten, unknown = {}, {}, {}
    xiuno.learn([*dynamic, *static[:2]], plain)
    xiuno.learn([*static, *dynamic[:2]], rewritten)
    xiuno.learn([static[0], f"{BBS}/?user-1.htm"], unknown)
    assert [traits.get("rewritten") for traits in (plain, rewritten, unknown)] == ["no", "yes", None]
    assert place("xiuno", "/thread-12-2.htm", plain).url == f"{BBS}/?thread-12-2.htm"
    assert place("xiuno", "/?thread-12-2.htm", rewritten).url == f"{BBS}/thread-12-2.htm"
    assert place("xiuno", "/?thread-12.htm").key == place("xiuno", "/thread-12-1.htm", rewritten).key
    assert place("xiuno", "/?thread-12.htm").series == place("xiuno", "/?thread-12-3.htm").series
    assert xiuno.instead(f"{BBS}/thread-12-2.htm") == f"{BBS}/?thread-12-2.htm"
    assert xiuno.instead(f"{BBS}/?thread-12-2.htm") is None


@pytest.mark.parametrize(
    "path",
    ["/?user-3.htm", "/user-login.htm", "/?my-thread.htm", "/?attach-download-5.htm", "/?post-create-12.htm",
     "/thread-create-2.htm", "/?search-%E8%8C%B6-1.htm", "/?mod-delete-2.htm", "/browser.htm",
     "/?forum-2-1.htm&orderby=tid", "/forum-2-1.htm?tagids=3", "/?forum-2-1-1.htm", "/?index-0-1.htm"],
)  # fmt: skip
def test_xiuno_functions_are_no_pages(path):
    assert place("xiuno", path).reason is DropReason.NOT_CONTENT


@pytest.mark.parametrize(
    ("html", "platform"),
    [
        ('<meta name="generator" content="Discuz! X3.4" />', "discuz"),
        ('<body id="nv_forum" class="pg_index">', "discuz"),
        ('<body id="phpbb" class="nojs notouch section-index ltr">', "phpbb"),
        ('<a class="topictitle" href="./viewtopic.php?f=2&amp;t=9">', "phpbb"),
        ('<span class="forumlink"><a href="viewforum.php?f=1" class="forumlink">', "phpbb"),
        ('<meta name="generator" content="Discourse 3.2.0 - https://github.com/discourse">', "discourse"),
        ('<meta name="generator" content="MediaWiki 1.39.5">', "mediawiki"),
        ('<body class="page-home page-status-200 theme-harmony"><main id="panel"><div id="content">', "nodebb"),
        ('<div component="topic"><ul><li component="post">', "nodebb"),
        ('<script defer src="/forum/assets/nodebb.min.js?v=1"></script>', "nodebb"),
        ('<body><div id="flarum-content">', "flarum"),
        ('<script src="view/js/xiuno.js?1.0"></script>', "xiuno"),
        ('<ul class="list-unstyled threadlist"><li class="media thread tap" data-tid="3">', "xiuno"),
        ('<meta name="generator" content="Hexo 6.0">', "article"),
        ("<p>我们讨论了 Discuz 与 phpBB 的优劣。</p>", "article"),
    ],
)
def test_an_engine_is_known_by_its_marks(html, platform):
    assert recognise(read(f"<html><head></head>{html}", "wenyuan", MARKS)) == platform
