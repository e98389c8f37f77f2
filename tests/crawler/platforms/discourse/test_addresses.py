"""Addresses of Discourse: one for each page, none for its functions; its API; its marks."""

import json

import pytest

from crawler.platforms.discourse.engine import DISCOURSE
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


def test_discourse_topics_are_asked_for_as_json_until_that_is_refused():
    assert place("discourse", "/t/some-slug/42").url == f"{BBS}/t/42.json"
    assert place("discourse", "/t/some-slug/42/17").key == place("discourse", "/t/42").key
    assert place("discourse", "/t/42.json?page=3").url == f"{BBS}/t/42.json?page=3"
    assert place("discourse", "/t/slug/42/17?page=2", {"api": "refused"}).url == f"{BBS}/t/slug/42?page=2"
    assert place("discourse", "/t/42", {"api": "refused"}).url == f"{BBS}/t/42"
    assert place("discourse", "/u/someone").reason is DropReason.NOT_CONTENT
    assert DISCOURSE.instead(f"{BBS}/t/42.json") == f"{BBS}/t/42"


def test_a_discourse_topic_without_a_title_is_told_from_its_posts():
    assert place("discourse", "/t/42/17").key == place("discourse", "/t/42").key
    assert place("discourse", "/t/42/17.json").url == f"{BBS}/t/42.json"
    assert place("discourse", "/t/3d打印/42/17").key == place("discourse", "/t/42").key


def test_a_discourse_category_may_be_called_as_a_function_is():
    assert [place("discourse", path).reason for path in ("/c/review/5", "/c/about/chat/7?page=1")] == [None, None]
    for path in ("/c/review/5.rss", "/latest.rss", "/n/slug/42", "/chat/c/general/2", "/about", "/tag/x/l/latest"):
        assert place("discourse", path).reason is DropReason.NOT_CONTENT, path


def test_discourse_lists_lead_to_topics_and_topics_to_their_pages():
    topics = {"topic_list": {"topics": [{"id": 42}, {"id": 43}], "more_topics_url": "/latest?page=1"}}
    listing = DISCOURSE.read_api(f"{BBS}/latest.json?page=0", json.dumps(topics).encode())
    assert (listing.text, listing.links) == (
        False,
        [f"{BBS}/t/42.json", f"{BBS}/t/43.json", f"{BBS}/latest.json?page=1"],
    )
    topic = DISCOURSE.read_api(f"{BBS}/t/42.json", json.dumps({"post_stream": {"stream": list(range(45))}}).encode())
    assert (topic.text, topic.links) == (True, [f"{BBS}/t/42.json?page=2"])
    with pytest.raises(ValueError, match="neither"):
        DISCOURSE.read_api(f"{BBS}/t/42.json", b'{"errors": ["not found"]}')


def test_discourse_is_known_by_its_marks():
    assert (
        recognised('<meta name="generator" content="Discourse 3.2.0 - https://github.com/discourse">') == "discourse"
    )
