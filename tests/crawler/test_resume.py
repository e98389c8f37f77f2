"""A crawl killed at named points and one that knows an older snapshot: nothing is lost, nothing is asked twice."""

import hashlib
import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.crawler.support.crawl_run import Crawl, Crawler, cut_record, fast_records, records, site
from tests.crawler.support.http_server import Reply, Request, Server, redirect
from tests.crawler.support.sites import page

HOST = "huifu.wenyuan.test"
URL = f"http://{HOST}"
CHAPTERS = "甲乙丙丁戊己"


class Book:
    """Six chapters of three leaves each, a redirect, a missing page, a copy; `edition` changes one leaf."""

    def __init__(self) -> None:
        self.edition = 1
        leaves = {f"/{chapter}/{leaf}" for chapter in range(6) for leaf in "abc"}
        self.pages = {
            "/": page("目录", [*(f"/{number}" for number in range(6)), "/jiu", "/wu", "/4/a", "/chong"]),
            **{f"/{n}": page(f"第{word}章", [f"/{n}/{leaf}" for leaf in "abc"]) for n, word in enumerate(CHAPTERS)},
            **{leaf: page(f"书页{leaf[1:]}", ["/"], key=leaf) for leaf in leaves},
        }

    def __call__(self, request):
        if request.target == "/robots.txt":
            return Reply(b"User-agent: *\nDisallow: /jin\n", "text/plain")
        if request.target == "/jiu":
            return redirect("/3/a", 301)
        if request.target == "/chong":
            return Reply(self.pages["/0/a"].encode())
        if request.target not in self.pages:
            return Reply("查无此页".encode(), status=404)
        text = self.pages[request.target]
        if request.target == "/2/b" and self.edition == 2:
            text = page("改过的一页", ["/xin"])
        body = text.encode()
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        dated = formatdate(1_700_000_000, usegmt=True)
        if request.target.startswith("/5"):  # one chapter has dates only, and no tags
            known = request.headers.get("if-modified-since") == dated
            headers = (("Last-Modified", dated),)
        else:
            known = request.headers.get("if-none-match") == tag
            headers = (("ETag", tag),)
        if known:
            return Reply(b"", None, 304, headers, length=True)
        return Reply(body, headers=headers)


def book_changes(server, **changes):
    return {
        "sites": {"shu": site(URL)},
        "addresses": {f"{HOST}:80": server.address},
        "date": "2025-06-01T00:00:00Z",
        "retries": 0,
        **changes,
    }


def published(run):
    """Every file of a snapshot, with its bytes."""
    return {str(path.relative_to(run.out)): path.read_bytes() for path in run.out.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    with Server({HOST: Book()}) as server:
        run = Crawler(tmp_path_factory.mktemp("undisturbed"))(book_changes(server))
        assert run.status == 0, run.said
        return run, server


def asked_again(server):
    """How many requests were for what had been asked before."""
    return sum(count - 1 for count in Counter(request.target for request in server.log).values())


def response_urls(run):
    return sorted(record.url for warc in run.warcs for record in records(warc) if record.kind == "response")


def test_the_undisturbed_crawl_asks_for_each_page_once(undisturbed):
    run, server = undisturbed
    assert asked_again(server) == 0
    assert len(run.kept) == 25
    assert response_urls(run) == sorted({request.url for request in server.log})


@pytest.mark.parametrize(
    ("point", "again"),
    [
        ("crawl.after_archive:9", 1),
        ("crawl.during_publish", 0),
        pytest.param("crawl.response:9", 1, marks=pytest.mark.acceptance),
        pytest.param("crawl.after_commit:9", 0, marks=pytest.mark.acceptance),
        pytest.param("crawl.before_publish", 0, marks=pytest.mark.acceptance),
    ],
)
def test_a_crawl_killed_at_a_named_point_goes_on_as_if_nothing_had_been(crawl, undisturbed, serve, point, again):
    whole, _ = undisturbed
    server = serve({HOST: Book()})
    killed = crawl(book_changes(server), WENYUAN_KILL_AT=point)
    assert killed.status in (2, -signal.SIGKILL), killed.said
    assert not killed.out.exists()
    resumed = crawl(book_changes(server))
    assert resumed.status == 0, resumed.said
    assert published(resumed) == published(whole)
    assert asked_again(server) == again
    assert list((crawl.folder / ".scratch").rglob("*.warc.gz")) == []


def test_one_snapshot_is_crawled_by_one_run_at_a_time(crawl, serve):
    released = threading.Event()

    def slow(request):
        released.wait(30)
        return Book()(request)

    server = serve({HOST: slow})
    running = crawl.start(book_changes(server))
    while not server.log:
        assert running.poll() is None
        time.sleep(0.05)
    second = crawl(book_changes(server), out="second")
    released.set()
    assert (second.status, second.out.exists()) == (2, False)
    assert "another run is crawling this snapshot" in second.said
    assert crawl.finish(running).status == 0


def children(pid):
    """Processes below a process."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    below = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    return below + [deeper for child in below for deeper in children(child)]


def test_a_killed_stage_takes_its_worker_with_it(crawl, serve):
    released = threading.Event()

    def stuck(request):
        if request.target not in ("/robots.txt", "/"):
            released.wait(60)  # longer than the test waits for the worker's end
        return Book()(request)

    server = serve({HOST: stuck})
    running = crawl.start(book_changes(server))
    while len(server.log) < 3:
        assert running.poll() is None
        time.sleep(0.05)
    workers = children(running.pid)
    assert len(workers) >= 1
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text() for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    released.set()


def test_a_crawl_that_needs_too_much_memory_ends_in_good_order_and_goes_on_with_more(crawl, undisturbed, serve):
    server = serve({HOST: Book()})
    small = crawl(book_changes(server, memory_mb=20))
    assert small.status == 2
    assert "crawl.memory_mb=20" in small.said and "run it again" in small.said
    assert not small.out.exists()
    whole = crawl(book_changes(server))
    assert whole.status == 0, whole.said
    assert published(whole) == published(undisturbed[0])
    assert asked_again(server) == 0


@dataclass
class Twice:
    first: Crawl
    second: Crawl
    book: Book
    asked: list[Request]
    """By the second crawl."""


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A crawl, a page changed, and a crawl that knows the first."""
    book, crawl = Book(), Crawler(tmp_path_factory.mktemp("twice"))
    with Server({HOST: book}) as server:
        first = crawl(book_changes(server, date=None), out="first")
        book.edition, before = 2, len(server.log)
        changes = book_changes(server, date=None, snapshot="t2", previous=str(first.out))
        second = crawl(changes, out="second")
        assert second.status == 0, second.said
        return Twice(first, second, book, server.log[before:])


def test_a_second_crawl_asks_conditionally_and_once(twice):
    tagged = {request.target for request in twice.asked if "if-none-match" in request.headers}
    dated = {request.target for request in twice.asked if "if-modified-since" in request.headers}
    assert tagged == {path for path in twice.book.pages if not path.startswith("/5")}
    assert dated == {path for path in twice.book.pages if path.startswith("/5")}
    assert max(Counter(request.target for request in twice.asked).values()) == 1


def test_what_has_not_changed_is_a_revisit(twice):
    read = [record for warc in twice.second.warcs for record in records(warc)]
    revisited = {record.url for record in read if record.kind == "revisit"}
    assert revisited == {URL + path for path in (*twice.book.pages, "/chong", "/robots.txt") if path != "/2/b"}
    assert {url for url, row in twice.second.by_url.items() if row["revisit"]} == revisited


def test_a_second_crawl_keeps_what_the_first_kept_and_what_has_changed_anew(twice):
    kept, old = twice.second.kept, twice.first.kept
    assert kept.keys() == old.keys()
    assert {url for url, digest in kept.items() if digest != old[url]} == {f"{URL}/2/b"}
    assert f"{URL}/xin" in twice.second.by_url  # found on the page that has changed


def test_a_snapshot_with_revisits_can_be_read_without_the_older_one(twice):
    rows, old = twice.second.by_url, twice.first.by_url
    unchanged = [url for url in twice.second.kept if url != f"{URL}/2/b"]
    assert len(unchanged) == 24
    for url in unchanged:
        assert cut_record(rows[url], twice.second.out) == cut_record(old[url], twice.first.out)
    read = [record for warc in twice.second.warcs for record in records(warc)]
    assert [id for id, count in Counter(record.id for record in read).items() if count > 1] == []
    assert [(record.kind, record.url) for record in read] == [
        pair for warc in twice.second.warcs for pair in fast_records(warc)
    ]
