"""Hostile pages through the real stage: each a document or in the ledger, in bounded time and memory.

`make test` runs them at a twentieth of the bounds of conf/extract; the acceptance test at the bounds themselves.
"""

import gzip
import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from crawler.platforms.reading import read
from crawler.warc.format import Capture
from crawler.warc.reader import Page
from pipeline.contract.document import document_id
from pipeline.schema.extract import ExtractConfig
from tests.crawler.support.hostile_pages import (
    HEAD,
    SENTENCE,
    Sent,
    large,
    large_json,
    odd_json,
    packed,
    searched,
    shapes,
    write_snapshot,
)

ROOT = Path(__file__).parents[2]
CONF = yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8"))
CONFIG = ExtractConfig(**CONF)
PEAK_MB = 1200
"""For one process with a page of 48 MB in it; pyarrow alone takes 150."""
RUN = """\
import json, re, resource, sys
from pipeline.core.stage import main
from crawler.extract import STAGE, run
status = main(STAGE, run, sys.argv[1:])
own = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
peak = max(int(own[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps({"peak_kib": peak}))
sys.exit(status)
"""
"""As `python -m crawler.extract` does, and tells what memory the largest process took.

Not by its own ru_maxrss: Linux hands that of the process that started it down, here pytest's with all pages in it.
"""
JSON_URLS = {
    "discourse": "http://a.test/t/{}.json",
    "nodebb": "http://a.test/api/topic/{}/x",
    "flarum": "http://a.test/api/discussions/{}",
}


def html_pages(tags: int, chars: int) -> list[Sent]:
    found = shapes(tags, chars)
    return [Sent(f"http://a.test/{name.replace(' ', '-')}.html", html.encode()) for name, html in found.items()]


def json_pages() -> list[Sent]:
    found = enumerate(odd_json().values(), start=1)
    return [Sent(JSON_URLS[platform].format(n), body.encode(), platform, "api") for n, (platform, body) in found]


def unique(name: str) -> bytes:
    return f"{HEAD}<h1>{name}</h1><p>这一页叫“{name}”。{SENTENCE}</p><p>{SENTENCE}</p>".encode()


def small_pages() -> list[Sent]:
    """Everything that is odd but small."""
    pages = []
    for name in packed(b""):
        headers, body = packed(unique(name))[name]
        pages.append(Sent(f"http://b.test/{name.replace(' ', '-')}.html", body, headers=headers))
    zipped = {"Content-Encoding": "gzip"}
    pages += [
        Sent("http://c.test/bomb.html", gzip.compress(bytes((1 << 26) + 1), 1, mtime=0), headers=zipped),
        Sent("http://c.test/broken.html", b"\xff\xfe\xfd no brotli", headers={"Content-Encoding": "br"}),
        Sent("http://c.test/empty.html", b""),
        Sent("http://c.test/mark.html", b"\xef\xbb\xbf"),
        Sent("http://c.test/nested.html", b"<div>" * 2_000_000),
    ]
    return pages


@pytest.fixture(scope="module")
def params(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("params") / "params.yaml"
    composed = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    composed["extract"] = CONF
    path.write_text(yaml.safe_dump(composed, allow_unicode=True), encoding="utf-8")
    return path


def extract(folder: Path, snapshot: Path, params: Path, workers: int) -> tuple[int, str, dict]:
    """Exit status, what was said, the metrics; the outputs lie below folder/<workers>."""
    out, metrics = folder / str(workers), folder / f"{workers}.json"
    words = ["--snapshot", snapshot, "--out", out, "--params", params, "--metrics", metrics]
    words += ["--set", f"engine.workers={workers}", "--set", "extract.shard_pages=40"]
    done = subprocess.run([sys.executable, "-c", RUN, *map(str, words)], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr, json.loads(metrics.read_text()) if metrics.exists() else {}


def peak_mb(said: str) -> float:
    return max(json.loads(line)["peak_kib"] for line in said.splitlines() if line.startswith('{"peak_kib"')) / 1024


def rows(folder: Path) -> list[dict]:
    return [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def fingerprint(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def fates(out: Path) -> dict[str, str]:
    """Address -> `document` or the reason that it is none."""
    dropped = {row["id"]: row["reason"] for row in rows(out / "dropped")}
    return {
        row["url"]: "document" if row["document"] else dropped[document_id("hostile", row["url"])]
        for row in rows(out / "pages")
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory, params):
    folder = tmp_path_factory.mktemp("hostile")
    pages = [*html_pages(CONFIG.max_nodes // 60, CONFIG.max_chars // 60), *json_pages(), *small_pages()]
    snapshot = write_snapshot(folder / "snapshot", pages)
    return folder, pages, [extract(folder, snapshot, params, workers) for workers in (1, 2)]


def test_each_hostile_page_is_a_document_or_in_the_ledger(runs):
    folder, pages, (one, _) = runs
    status, said, metrics = one
    assert status == 0, said
    told = fates(folder / "1")
    assert sorted(told) == sorted(page.url for page in pages)
    assert metrics["in"] == len(pages)
    assert metrics["used"] + sum(metrics["dropped"].values()) == len(pages)
    assert Counter(metrics["dropped"]) == Counter(fate for fate in told.values() if fate != "document")


def test_hostile_pages_give_the_same_bytes_at_any_worker_count(runs):
    folder, _, (_, two) = runs
    assert two[0] == 0, two[1]
    assert fingerprint(folder / "1") == fingerprint(folder / "2")
    assert len(list((folder / "1" / "pages").iterdir())) > 5


def test_hostile_pages_take_little_memory(runs):
    assert max(peak_mb(said) for _, said, _ in runs[2]) < PEAK_MB


def test_bodies_come_out_of_every_encoding_and_bombs_are_refused(runs):
    folder, _, _ = runs
    told = fates(folder / "1")
    assert {url: fate for url, fate in told.items() if "b.test" in url} == {
        f"http://b.test/{name.replace(' ', '-')}.html": "document" for name in packed(b"")
    }
    assert {url.rpartition("/")[2]: fate for url, fate in told.items() if "c.test" in url} == {
        "bomb.html": "TOO_LARGE",
        "broken.html": "BROKEN_BODY",
        "empty.html": "BLANK",
        "mark.html": "BLANK",
        "nested.html": "TOO_COMPLEX",
    }


def test_the_text_around_what_is_odd_is_kept(runs):
    folder, _, _ = runs
    documents = {row["id"]: row for row in rows(folder / "1" / "documents")}
    told = {row["url"]: row for row in rows(folder / "1" / "pages")}
    kept = {row["id"]: row["kept_id"] for row in rows(folder / "1" / "dropped") if row["kept_id"]}
    for name in (
        "attributes-by-tabs",
        "attributes-with-tags",
        "comments",
        "style-of-spaces",
        "line-breaks",
        "options",
    ):
        url = f"http://a.test/{name}.html"
        id = told[url]["document"] or kept[document_id("hostile", url)]  # pages of one text are duplicates
        assert documents[id]["text"] == "\n".join([SENTENCE] * 3), name


@pytest.mark.parametrize("cut", ["short", "length"])
def test_a_broken_archive_is_an_error_with_file_and_offset(tmp_path, params, cut):
    pages = [Sent(f"http://a.test/{name}", unique(name)) for name in ("甲", "乙")]
    snapshot = write_snapshot(tmp_path / "snapshot", pages)
    warc = snapshot / "warc" / "a.warc.gz"
    whole = warc.read_bytes()
    warc.write_bytes(whole[:-40] if cut == "short" else b"x" * len(whole))
    status, said, _ = extract(tmp_path, snapshot, params, 1)
    assert status != 0
    assert f"{warc}: offset " in said
    assert "Traceback" not in said


def capture_of(page: Sent) -> Capture:
    given = {"url": page.url, "final_url": page.url, "site": "hostile", "platform": page.platform, "role": page.role}
    return Capture(**{**dict.fromkeys(Capture.__slots__), **given, "status": 200, "time": "2024-03-10T08:00:00Z"})


def seconds(page: Sent) -> float:
    start = time.process_time()
    read(capture_of(page), Page(page.url, 200, {"content-type": "text/html"}, page.body, True), CONFIG)
    return time.process_time() - start


LARGE_PAGE_S = 5


@pytest.mark.acceptance
def test_hostile_pages_are_read_or_refused_in_bounded_time():
    html = large() | searched(CONFIG.max_nodes * 3 // 4, CONFIG.max_chars * 3 // 4)
    pages = [Sent(f"http://a.test/{name}", body.encode()) for name, body in html.items()]
    pages += [
        Sent(JSON_URLS[platform].format(1), body.encode(), platform, "api")
        for platform, body in large_json().values()
    ]
    slow = {}
    for page, name in zip(pages, (*html, *large_json()), strict=True):
        took = seconds(page)
        if took > LARGE_PAGE_S:
            slow[name] = took
    assert slow == {}


GROWTH = 8
"""Four times the page may take so many times as long: linear is 4, quadratic 16."""
NOTICED_S = 0.5
FULL_PAGE_S = 30
"""Some ten times what the slowest page takes."""


@pytest.mark.acceptance
def test_time_grows_with_the_page_and_not_with_its_square():
    small = html_pages(CONFIG.max_nodes // 4 - 100, CONFIG.max_chars // 4 - 1000)
    full = html_pages(CONFIG.max_nodes - 400, CONFIG.max_chars - 4000)
    slow = {}
    for one, four in zip(small, full, strict=True):
        took = seconds(four)
        assert took < FULL_PAGE_S, four.url
        if took > NOTICED_S and took > GROWTH * seconds(one):
            slow[four.url] = took
    assert slow == {}


@pytest.mark.acceptance
def test_full_pages_are_in_the_ledger_within_memory(tmp_path, params):
    pages = html_pages(CONFIG.max_nodes - 400, CONFIG.max_chars - 4000)
    snapshot = write_snapshot(tmp_path / "snapshot", pages)
    status, said, metrics = extract(tmp_path, snapshot, params, 1)
    assert status == 0, said
    assert metrics["used"] + sum(metrics["dropped"].values()) == len(pages)
    assert peak_mb(said) < PEAK_MB
