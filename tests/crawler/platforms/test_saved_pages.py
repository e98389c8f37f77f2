"""Saved pages and what their page objects read in them."""

import pytest

from crawler.extraction.page_contents import Article, ThreadPage
from crawler.platforms.registry import thread_of
from pipeline.contract.drop import DropReason
from tests.crawler.support.saved_pages import CASES, expected_of, kind_of, read_case

NAMES = [f"{kind_of(case)}-{case.name}" for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_saved_page_gives_what_is_expected(case):
    expected, reading = expected_of(case), read_case(case)
    found = reading.found
    assert reading.kind == expected["kind"]
    if isinstance(found, DropReason):
        assert found.name == expected.get("reason")
    elif isinstance(found, Article):
        told = {"title": found.title, "created": found.created, "text": found.text}
        assert told == {key: expected.get(key) for key in told}
    else:
        assert isinstance(found, ThreadPage)
        posts = [[post.key, post.floor, post.created, post.text] for post in found.posts]
        told = {"thread": found.thread, "number": found.number, "title": found.title, "posts": posts}
        assert told == {key: expected.get(key) for key in told}
        if names := expected.get("authors"):  # beside their posts and not in them; the first ones
            assert [post.author for post in found.posts][: len(names)] == names


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_an_address_alone_tells_the_thread_that_its_page_tells(case):
    """Pages are grouped by it before any is read: two groups that say they are one thread would be one too many."""
    expected = expected_of(case)
    if "thread" in expected:
        for platform in (expected["kind"], "article"):
            assert (thread_of(platform, expected["url"]) or expected["url"]) == expected["thread"]


def test_writers_are_expected_of_some_page_of_each_kind_that_names_them():
    told = {kind_of(case) for case in CASES if expected_of(case).get("authors")}
    with_posts = {kind_of(case) for case in CASES if expected_of(case).get("posts")}
    assert told == with_posts
