"""Addresses of Flarum: one for each page, none for its functions; its API; its marks."""

import json

from crawler.platforms.flarum.engine import FLARUM
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


def test_flarum_discussions_are_read_by_their_posts():
    first = f"{BBS}/api/posts?filter%5Bdiscussion%5D=5&sort=createdAt&page%5Blimit%5D=50"
    assert place("flarum", "/d/5-标题/3").url == first
    assert place("flarum", "/u/someone").reason is DropReason.NOT_CONTENT
    discussions = {
        "data": [{"type": "discussions", "id": "5"}],
        "links": {"next": f"{BBS}/api/discussions?page[offset]=20"},
    }
    listing = FLARUM.read_api(f"{BBS}/api/discussions", json.dumps(discussions).encode())
    assert listing.links == [f"{BBS}/api/discussions?page[offset]=20", first]
    assert FLARUM.instead(first) == f"{BBS}/d/5"
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


def test_flarum_is_known_by_its_marks():
    assert recognised('<body><div id="flarum-content">') == "flarum"
