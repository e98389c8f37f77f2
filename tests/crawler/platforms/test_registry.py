"""The registry: every engine is found, read and can be named in conf; a page without marks is of none."""

import pytest

from crawler.platforms.platform import no_thread
from crawler.platforms.registry import ARTICLE, ENGINES
from pipeline.schema.crawl import Platform as PlatformName
from tests.crawler.support.addresses import recognised
from tests.crawler.support.saved_pages import CASES, OF_ENGINES, ROOT, expected_of, kind_of

ROOMS = {path.parent.name for path in (ROOT / "crawler/platforms").glob("*/__init__.py")}


def test_an_engine_stands_in_every_place():
    """A new engine that misses one of these is not found, not read, or cannot be named in conf."""
    assert {engine.name for engine in ENGINES} == ROOMS, "ENGINES in crawler/platforms/registry.py"
    assert {name.value for name in PlatformName} == ROOMS | {"auto", ARTICLE.name}, (
        "Platform in pipeline/schema/crawl.py"
    )
    for room in ROOMS:
        assert (ROOT / "crawler/platforms" / room / "engine.py").exists()
        assert (OF_ENGINES / room / "test_addresses.py").exists()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_engine_says_how_it_is_recognised_and_how_many_posts_it_is_given(engine):
    assert engine.site_marks
    assert engine.page_marks
    assert bool(engine.post_boxes) == (engine.first_page is not no_thread)


def test_every_kind_has_a_saved_page():
    kinds = {kind_of(case) for case in CASES}
    assert kinds == ROOMS | {"article", "blog"}, "a kind without <kind>/pages/<case>/"


def test_every_engine_has_a_saved_page_that_is_known_by_its_marks_alone():
    assert {kind_of(case) for case in CASES if expected_of(case)["platform"] == ARTICLE.name} >= ROOMS


def test_every_engine_with_an_api_has_a_saved_answer():
    answered = {kind_of(case) for case in CASES if expected_of(case).get("role") == "api"}
    assert answered == {engine.name for engine in ENGINES if engine.api is not None}


@pytest.mark.parametrize(
    "html",
    ['<meta name="generator" content="Hexo 6.0">', "<p>我们讨论了 Discuz 与 phpBB 的优劣。</p>"],
)
def test_a_page_without_marks_is_of_no_engine(html):
    assert recognised(html) == "article"
