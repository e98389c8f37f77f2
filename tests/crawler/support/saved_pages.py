"""Saved pages: tests/crawler/platforms/<engine>/pages/<case>/ and, of no engine, extraction/pages/<kind>/<case>/."""

import json
from pathlib import Path
from typing import Any

import yaml

from crawler.platforms.reading import Reading, read
from crawler.warc.format import Capture
from crawler.warc.reader import Page
from pipeline.schema.extract import ExtractConfig

ROOT = Path(__file__).resolve().parents[3]
OF_ENGINES = ROOT / "tests/crawler/platforms"
OF_NO_ENGINE = ROOT / "tests/crawler/extraction/pages"
CASES = sorted(
    path.parent for path in (*OF_ENGINES.glob("*/pages/*/expected.json"), *OF_NO_ENGINE.glob("*/*/expected.json"))
)
CONFIG = ExtractConfig(**yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8")))


def kind_of(case: Path) -> str:
    """The engine, article or blog, by where the case is."""
    return case.relative_to(OF_NO_ENGINE if OF_NO_ENGINE in case.parents else OF_ENGINES).parts[0]


def expected_of(case: Path) -> dict[str, Any]:
    return json.loads((case / "expected.json").read_text(encoding="utf-8"))


def capture_of(expected: dict[str, Any]) -> Capture:
    nothing = dict.fromkeys(Capture.__slots__)
    url, role = expected["url"], expected.get("role", "page")
    given = {"url": url, "final_url": url, "site": "site", "platform": expected["platform"], "role": role}
    return Capture(**{**nothing, **given, "status": 200, "time": "2024-03-10T08:00:00Z"})


def page_of(case: Path, url: str) -> Page:
    saved = next(path for path in (case / "page.html", case / "page.json") if path.exists())
    return Page(url, 200, {"content-type": "text/html"}, saved.read_bytes(), True)


def read_case(case: Path) -> Reading:
    expected = expected_of(case)
    return read(capture_of(expected), page_of(case, expected["url"]), CONFIG)
