"""From the sample site to documents: each expected one, its posts apart, nothing that was not to be fetched."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.conftest import call_stage
from tests.crawler.support.sample_site import rows

SHINGLE = 4
MIN_F1 = 0.98
FIELDS = ("source", "kind", "title", "created", "variant", "licence")


def shingles(text: str) -> Counter[str]:
    joined = "".join(text.split())
    return Counter(joined[at : at + SHINGLE] for at in range(max(1, len(joined) - SHINGLE + 1)))


def f1(ours: str, gold: str) -> float:
    a, b = shingles(ours), shingles(gold)
    return 2 * (a & b).total() / (a.total() + b.total())


def table(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


@pytest.fixture(scope="module")
def extracted(sample_crawls, tmp_path_factory):
    """Two extractions, with one worker and with two."""
    outs = []
    for workers, crawl in zip((1, 2), sample_crawls, strict=True):
        out = tmp_path_factory.mktemp("extracted") / "extract"
        words = ["--snapshot", crawl, "--out", out, "--metrics", out.with_suffix(".json")]
        params = ["--params", crawl.parent / "params.yaml", "--set", f"engine.workers={workers}"]
        assert call_stage("extract", *words, *params) == 0
        outs.append(out)
    return outs


@pytest.fixture(scope="module")
def documents(extracted):
    return {row["url"]: row for row in table(extracted[0] / "documents")}


def test_there_is_one_document_for_each_that_is_expected_and_no_other(documents):
    assert sorted(documents) == sorted(row["url"] for row in rows("expected.jsonl"))


@pytest.mark.parametrize("expected", rows("expected.jsonl"), ids=lambda row: row["url"].removeprefix("http://"))
def test_a_document_is_what_its_page_says(documents, expected):
    found = documents[expected["url"]]
    assert {name: found[name] for name in FIELDS} == {name: expected[name] for name in FIELDS}
    assert f1(found["text"], expected["text"]) >= MIN_F1
    assert found["parts"] == len(expected.get("pages") or [expected["url"]])


def test_every_post_is_told_apart(extracted, documents):
    posts: dict[str, list[tuple[int, str]]] = {}
    for row in table(extracted[0] / "posts"):
        posts.setdefault(row["document"], []).append((row["floor"], row["text"]))
    threads = [row for row in rows("expected.jsonl") if row["posts"]]
    assert len(threads) >= 20
    for thread in threads:
        expected = [(post["floor"], post["text"]) for post in thread["posts"]]
        assert posts[documents[thread["url"]]["id"]] == expected, thread["url"]


def test_the_sample_is_large_enough_to_be_read(documents):
    assert len(documents) >= 60
    assert sum(len(row["text"]) for row in documents.values()) >= 60_000


def test_outputs_are_the_same_with_two_workers(extracted):
    one, two = extracted
    names = sorted(str(path.relative_to(one)) for path in one.rglob("*.parquet"))
    assert names == sorted(str(path.relative_to(two)) for path in two.rglob("*.parquet"))
    assert [name for name in names if (one / name).read_bytes() != (two / name).read_bytes()] == []
    assert one.with_suffix(".json").read_bytes() == two.with_suffix(".json").read_bytes()
