"""Several workers over a real Redis: the snapshot of one worker, politeness kept for each host, a kill survived.

Needs redis-server (Debian: apt-get install redis-server) and the redis extra.
"""

import shutil
import socket
import subprocess
import time
from collections import Counter
from itertools import pairwise

import pytest
import redis

from tests.crawler.support.crawl_run import Crawler, site
from tests.crawler.support.http_server import Reply, Server
from tests.crawler.support.sites import page

pytestmark = pytest.mark.acceptance
HOSTS = [f"shudian{number}" for number in range(8)]
PAGES = 12
WORKERS = 3
DELAY = 0.2
STARTS_S = 20


@pytest.fixture
def redis_url(tmp_path):
    binary = shutil.which("redis-server")
    assert binary, "redis-server is not installed: apt-get install redis-server"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    for _ in range(STARTS_S * 10):
        try:
            redis.Redis.from_url(url).ping()
            break
        except redis.ConnectionError:
            time.sleep(0.1)
    yield url
    server.terminate()
    server.wait()


def shelf(request):
    """A chain through all hosts: page n of a host leads to page n of the next one, of the last to page n+1."""
    if not request.target[1:].isdigit() and request.target != "/":
        return Reply("没有".encode(), status=404)
    host = HOSTS.index(request.host.partition(".")[0])
    number = int(request.target[1:] or 0)
    if number >= PAGES:
        return Reply("查无此书".encode(), status=404)
    following = f"http://{HOSTS[host + 1]}.wenyuan.test/{number}" if host + 1 < len(HOSTS) else ""
    back = f"http://{HOSTS[0]}.wenyuan.test/{number + 1}"
    links = [link for link in (following, back if not following else "", f"/{number + 1}") if link]
    return Reply(page(f"第{number}架", links, key=request.url).encode())


def changes(server, **more):
    sites = {name: site(f"http://{name}.wenyuan.test") for name in HOSTS}
    return {
        "sites": sites,
        "addresses": {f"{name}.wenyuan.test:80": server.address for name in HOSTS},
        "date": "2025-06-01T00:00:00Z",
        "concurrency": 8,
        "max_depth": 200,
        **more,
    }


def over_redis(server, url, **more):
    return changes(server, engine="redis", **{"redis.url": url, "redis.workers": WORKERS}, **more)


def test_three_workers_make_the_snapshot_of_one_and_each_host_is_left_its_delay(tmp_path, redis_url):
    with Server({f"{name}.wenyuan.test": shelf for name in HOSTS}) as server:
        one = Crawler(tmp_path / "one")(changes(server))
        assert one.status == 0, one.said
        assert len(one.kept) == len(HOSTS) * PAGES + len(HOSTS) - 1  # "/" and "/0" of all but the first
        server.log.clear()
        crawl = Crawler(tmp_path / "three")
        three = crawl(over_redis(server, redis_url, delay=DELAY))
        assert three.status == 0, three.said
        assert three.fates == one.fates
        assert set(Counter(request.url for request in server.log).values()) == {1}
        for name in HOSTS:
            times = sorted(request.began for request in server.log if request.host.startswith(f"{name}."))
            assert min(b - a for a, b in pairwise(times)) > DELAY * 0.9, name
        assert redis.Redis.from_url(redis_url).keys() == []


def test_a_killed_worker_loses_no_link_of_the_others(tmp_path, redis_url):
    with Server({f"{name}.wenyuan.test": shelf for name in HOSTS}) as server:
        one = Crawler(tmp_path / "one")(changes(server))
        server.log.clear()
        crawl = Crawler(tmp_path / "killed")
        for point in ("crawl.after_archive:5", "crawl.after_commit:9"):
            killed = crawl(over_redis(server, redis_url), WENYUAN_KILL_AT=point)
            assert killed.status == 2, killed.said
            redis.Redis.from_url(redis_url).flushall()
        resumed = crawl(over_redis(server, redis_url))
        assert resumed.status == 0, resumed.said
        assert resumed.fates == one.fates
