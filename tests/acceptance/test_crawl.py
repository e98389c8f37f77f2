"""A crawl whose stage and worker are killed together at ten random moments: the snapshot is an undisturbed one's."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from tests.crawler.support.crawl_run import Crawler, fast_records, records, site
from tests.crawler.support.http_server import Reply, Server
from tests.crawler.support.sites import page

pytestmark = pytest.mark.acceptance
HOSTS = ("jiangnan", "saibei", "zhongyuan", "lingnan")
PAGES = 100
KILLS = 10
CONCURRENCY = 8


def library(request):
    """Every page leads to the next ones; each takes a moment."""
    number = int(request.target[1:] or 0) if request.target[1:].isdigit() or request.target == "/" else PAGES
    if number >= PAGES:
        return Reply("查无此页".encode(), status=404)
    links = [f"/{below}" for below in range(number * 3 + 1, number * 3 + 4)]
    return Reply(page(f"第{number}卷", links, key=request.url).encode(), pause_s=0.02)


def changes(server):
    names = {name: f"{name}.wenyuan.test" for name in HOSTS}
    return {
        "sites": {name: site(f"http://{host}") for name, host in names.items()},
        "addresses": {f"{host}:80": server.address for host in names.values()},
        "date": "2025-06-01T00:00:00Z",
        "per_host": 2,
        "concurrency": CONCURRENCY,
        "warc_bytes": 100_000,
    }


@pytest.fixture
def library_server():
    with Server({f"{name}.wenyuan.test": library for name in HOSTS}) as server:
        yield server


def wait_for(server, requests, running):
    """Until the server has seen so many requests, or the crawl has ended."""
    while len(server.log) < requests and running.poll() is None:
        time.sleep(0.005)


def test_ten_random_kills_lose_nothing_break_nothing_and_repeat_only_what_was_in_flight(library_server, tmp_path):
    whole = Crawler(tmp_path / "whole")(changes(library_server))
    assert whole.status == 0, whole.said
    assert len(whole.kept) == len(HOSTS) * PAGES
    library_server.log.clear()
    crawl = Crawler(tmp_path / "killed")
    moments = random.Random(4)
    killed = 0
    for _ in range(KILLS):
        running = crawl.start(changes(library_server))
        wait_for(library_server, len(library_server.log) + moments.randint(0, 50), running)
        time.sleep(moments.uniform(0, 0.1))
        os.killpg(running.pid, signal.SIGKILL)
        killed += crawl.finish(running).status == -signal.SIGKILL
    assert killed == KILLS
    resumed = crawl(changes(library_server))
    assert resumed.status == 0, resumed.said
    assert resumed.fates == whole.fates
    again = Counter(request.url for request in library_server.log)
    assert set(again) == {row["url"] for row in whole.rows}
    assert again.total() - len(again) <= KILLS * CONCURRENCY
    for one, other in zip(whole.warcs, resumed.warcs, strict=True):
        assert [(record.kind, record.url) for record in records(other)] == fast_records(other)
        assert one.read_bytes() == other.read_bytes()
    assert resumed.strange == []
