"""Addresses of NodeBB: one for each page, none for its functions; its API; its marks."""

import json

import pytest

from crawler.platforms.nodebb.engine import NODEBB
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


def test_nodebb_reads_what_stands_under_api():
    assert place("nodebb", "/topic/7/标题?page=2").url == f"{BBS}/api/topic/7?page=2"
    assert place("nodebb", "/api/topic/7?page=2").key == place("nodebb", "/topic/7/标题?page=2").key
    assert place("nodebb", "/user/someone").reason is DropReason.NOT_CONTENT
    listing = NODEBB.read_api(
        f"{BBS}/api/categories",
        json.dumps({"categories": [{"cid": 1, "children": [{"cid": 4}]}, {"cid": 2}]}).encode(),
    )
    assert listing.links == [f"{BBS}/api/category/1", f"{BBS}/api/category/4", f"{BBS}/api/category/2"]
    moved = NODEBB.read_api(f"{BBS}/api/category/1", json.dumps("/category/1/公告").encode())
    assert (moved.text, moved.links) == (False, [f"{BBS}/api/category/1/公告"])
    topic = NODEBB.read_api(
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
    assert NODEBB.instead(f"{BBS}/api/topic/{uuid}") == f"{BBS}/topic/{uuid}"


def test_nodebb_categories_beyond_the_first_ten_below_one_are_found():
    below = {
        "cid": 14,
        "topics": [],
        "children": [{"cid": 20}],
        "hasMoreSubCategories": True,
        "nextSubCategoryStart": 10,
    }
    listing = NODEBB.read_api(f"{BBS}/api/category/14", json.dumps(below).encode())
    more = f"{BBS}/api/v3/categories/14/children?start="
    assert listing.links == [f"{BBS}/api/category/20", f"{more}10"]
    assert place("nodebb", "/api/v3/categories/14/children?start=10").reason is None
    further = NODEBB.read_api(f"{more}10", b'{"response": {"categories": [{"cid": 21, "children": [{"cid": 30}]}]}}')
    assert (further.text, further.links) == (
        False,
        [f"{BBS}/api/category/21", f"{BBS}/api/category/30", f"{more}11"],
    )
    assert NODEBB.read_api(f"{more}11", b'{"response": {"categories": []}}').links == []


def test_nodebb_recent_topics_are_listed_once_whatever_is_asked_of_them():
    assert place("nodebb", "/recent?term=weekly&page=2").url == f"{BBS}/api/recent?page=2"
    assert place("nodebb", "/recent?page=2", {"api": "refused"}).url == f"{BBS}/recent?page=2"
    assert NODEBB.instead(f"{BBS}/api/recent") == f"{BBS}/recent"
    assert place("nodebb", "/tags/recent").reason is DropReason.NOT_CONTENT


def test_a_nodebb_below_a_path_names_its_addresses_with_that_path():
    moved = NODEBB.read_api(f"{BBS}/luntan/api/category/1", json.dumps("/luntan/category/1/公告").encode())
    assert moved.links == [f"{BBS}/luntan/api/category/1/公告"]
    assert place("nodebb", "/luntan/topic/7/茶/3").url == f"{BBS}/luntan/api/topic/7"


@pytest.mark.parametrize(
    "path",
    ["/topic/7.rss", "/category/3.rss", "/tags/种菜.rss", "/recent.rss", "/post/88", "/api/v3/topics/7", "/users",
     "/groups/园丁会", "/post-queue", "/flags/2", "/intents/tos", "/api/user/某人"],
)  # fmt: skip
def test_nodebb_functions_and_feeds_are_no_pages(path):
    assert place("nodebb", path).reason is DropReason.NOT_CONTENT


@pytest.mark.parametrize(
    "html",
    [
        '<body class="page-home page-status-200 theme-harmony"><main id="panel"><div id="content">',
        '<div component="topic"><ul><li component="post">',
        '<script defer src="/forum/assets/nodebb.min.js?v=1"></script>',
    ],
)
def test_nodebb_is_known_by_its_marks(html):
    assert recognised(html) == "nodebb"
