"""The crawl stage on the sample site: every page found, nothing forbidden fetched, the same bytes each time."""

import filecmp
import json

import pyarrow.parquet as pq
import pytest

from crawler.warc.reader import read_manifest, read_page
from pipeline.contract.drop import DropReason
from pipeline.core.errors import SourceError
from samples.server import Site
from tests.crawler.support.sample_site import SITE, crawl_sample, rows

FATES = {
    "index": {None},
    "login": {None, DropReason.NOT_CONTENT.name},
    "disallowed": {DropReason.ROBOTS.name, DropReason.NOT_CONTENT.name},
    "noindex": {DropReason.NOINDEX.name},
    "redirect": {DropReason.REDIRECT.name},
    "soft404": {DropReason.SOFT_404.name},
    "deleted": {DropReason.SOFT_404.name, DropReason.HTTP_ERROR.name},
    "not_html": {DropReason.NOT_A_PAGE.name, DropReason.DISCOVERY_ONLY.name},
    "alias": {DropReason.ALIAS.name},
    "trap": {None, DropReason.TEMPLATE_TRAP.name},
}
"""What may become of a page that gives no document, if the crawl meets its address at all."""
NEVER_FETCHED = {"disallowed", "nofollow", "profile", "search"}


@pytest.fixture(scope="module")
def found(sample_crawls):
    return {capture.url: capture for capture in read_manifest(sample_crawls[0]) if capture.role == "page"}


def test_two_crawls_of_the_sample_are_equal_to_the_byte(sample_crawls):
    first, second = sample_crawls
    names = sorted(str(path.relative_to(first)) for path in first.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(second)) for path in second.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(first, second, names, shallow=False) == (names, [], [])
    metrics = [(crawl.parent / "crawl.json").read_bytes() for crawl in sample_crawls]
    assert metrics[0] == metrics[1]


def test_every_page_of_every_expected_document_is_kept(found):
    expected = [url for row in rows("expected.jsonl") for url in row.get("pages") or [row["url"]]]
    assert len(expected) >= 60
    assert [url for url in expected if url not in found or found[url].reason is not None] == []


def test_pages_without_a_document_meet_their_fate(found):
    strange = []
    for row in rows("without.jsonl"):
        capture = found.get(row["url"])
        if capture is None or row["why"] not in FATES:
            continue
        if capture.reason not in FATES[row["why"]]:
            strange.append((row["url"], row["why"], capture.reason))
    assert strange == []


def test_what_is_forbidden_was_not_fetched(found):
    forbidden = [row["url"] for row in rows("without.jsonl") if row["why"] in NEVER_FETCHED]
    assert len(forbidden) >= 10
    assert [url for url in forbidden if url in found and found[url].status is not None] == []


def test_the_endless_calendar_ends(found):
    days = [capture for url, capture in found.items() if "/rili/" in url]
    assert sum(capture.status == 200 for capture in days) == 8
    assert {capture.reason for capture in days if capture.status is None} == {DropReason.TEMPLATE_TRAP.name}


def test_kept_pages_can_be_read_back_as_they_were_served(sample_crawls, found):
    site = Site(SITE)
    kept = [capture for capture in found.values() if capture.reason is None]
    for capture in kept:
        page = read_page(sample_crawls[0], capture)
        host, _, path = capture.url.removeprefix("http://").partition("/")
        status, headers, body = site.answer(host, f"/{path}")
        assert (page.status, page.body, page.whole) == (status, body, True), capture.url
        assert page.headers.get("content-type") == dict(headers).get("Content-Type")


def test_the_ledger_the_dropped_rows_and_the_manifest_agree(sample_crawls):
    captures = list(read_manifest(sample_crawls[0]))
    metrics = json.loads((sample_crawls[0].parent / "crawl.json").read_text(encoding="utf-8"))
    dropped = [
        row for path in sorted((sample_crawls[0] / "dropped").iterdir()) for row in pq.read_table(path).to_pylist()
    ]
    assert metrics["in"] == len(captures)
    assert metrics["used"] == sum(capture.reason is None for capture in captures)
    assert sorted(row["excerpt"] for row in dropped) == sorted(c.url[:200] for c in captures if c.reason is not None)
    assert [capture.url for capture in captures] == sorted(capture.url for capture in captures)


def test_a_switched_off_crawl_is_an_empty_snapshot(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = crawl_sample(tmp_path / "off", enabled=False)
    assert list(read_manifest(out)) == []
    assert json.loads((out.parent / "crawl.json").read_text())["in"] == 0


def test_a_damaged_snapshot_names_file_and_offset(sample_crawls, found, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(sample_crawls[0], copy)
    capture = found["http://boke.wenyuan.test/"]
    warc = copy / "warc" / capture.warc
    data = bytearray(warc.read_bytes())
    data[capture.offset : capture.offset + 40] = bytes(40)
    warc.write_bytes(data)
    with pytest.raises(SourceError, match=rf"{capture.warc}: offset {capture.offset}"):
        read_page(copy, capture)
    warc.write_bytes(data[: capture.offset + 10])
    with pytest.raises(SourceError, match="bytes expected"):
        read_page(copy, capture)


def test_a_served_file_that_is_missing_is_named(tmp_path):
    route = {"url": "http://a.test/", "file": "a/x.html", "type": "text/html"}
    routes = {"routes": [route], "patterns": [], "missing": {}}
    (tmp_path / "routes.json").write_text(json.dumps(routes), encoding="utf-8")
    with pytest.raises(SourceError, match=r"x\.html is named, but is not there"):
        Site(tmp_path).files()
