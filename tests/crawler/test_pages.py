"""Saved pages and what their page objects read in them: tests/crawler/pages/<kind>/<case>/."""

import json
from pathlib import Path

import pytest
import yaml

from crawler.extraction.reading import read
from crawler.pages.kinds import Article, ThreadPage
from crawler.snapshot.reader import Capture, Page
from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent / "pages"
CASES = sorted(path.parent for path in PAGES.glob("*/*/expected.json"))
CONFIG = ExtractConfig(**yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8")))


def capture_of(expected: dict) -> Capture:
    nothing = dict.fromkeys(Capture.__slots__)
    url, role = expected["url"], expected.get("role", "page")
    given = {"url": url, "final_url": url, "site": "site", "platform": expected["platform"], "role": role}
    return Capture(**{**nothing, **given, "status": 200, "time": "2024-03-10T08:00:00Z"})


def page_of(case: Path, url: str) -> Page:
    saved = next(path for path in (case / "page.html", case / "page.json") if path.exists())
    return Page(url, 200, {"content-type": "text/html"}, saved.read_bytes(), True)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}-{case.name}" for case in CASES])
def test_a_saved_page_gives_what_is_expected(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    reading = read(capture_of(expected), page_of(case, expected["url"]), CONFIG)
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


def test_every_kind_has_a_saved_page():
    kinds = {path.stem for path in (ROOT / "crawler/pages").glob("*.py")} - {"__init__", "kinds", "posts", "engines"}
    assert {case.parent.name for case in CASES} == kinds
