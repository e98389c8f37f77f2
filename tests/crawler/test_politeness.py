"""How often a host is asked: delay, Crawl-delay, requests at a time, Retry-After; all read from the server's log."""

import itertools
import time
from email.utils import formatdate

import pytest

from tests.crawler.support.crawl_run import Crawler, site
from tests.crawler.support.http_server import Reply, Server
from tests.crawler.support.sites import page

EARLY_S = 0.03
"""Timers and threads may make two requests look this much closer than they were sent."""
DELAY_S = 0.2
PATHS = [f"/wen/{letter}" for letter in "abcdef"]


class Host:
    """A page that links to others, each answered after a while; robots.txt as given."""

    def __init__(self, robots: str | None = None, pause_s: float = 0.0, paths: list[str] = PATHS) -> None:
        self.robots, self.pause_s, self.paths = robots, pause_s, paths

    def __call__(self, request):
        if request.target == "/robots.txt":
            return Reply((self.robots or "").encode(), "text/plain", 200 if self.robots else 404)
        links = self.paths if request.target == "/" else []
        return Reply(page(f"{request.host}{request.target}", links).encode(), pause_s=self.pause_s)


class Failing(Host):
    """The page /bu is refused the first time, with the Retry-After that `after` gives."""

    def __init__(self, status, after):
        super().__init__(paths=["/bu", *PATHS])
        self.status, self.after = status, after

    def __call__(self, request):
        if request.target == "/bu" and request.nth == 1:
            return Reply(b"later", status=self.status, headers=(("Retry-After", self.after()),))
        return super().__call__(request)


def crawl_hosts(folder, hosts, **changes):
    """The server after a crawl of these hosts."""
    with Server({f"{name}.wenyuan.test": host for name, host in hosts.items()}) as server:
        sites = {name: site(f"http://{name}.wenyuan.test") for name in hosts}
        addresses = {f"{name}.wenyuan.test:80": server.address for name in hosts}
        run = Crawler(folder)({"sites": sites, "addresses": addresses} | changes)
        assert run.status == 0, run.said
        return server, run


def starts(server, name):
    return [request.began for request in server.log if request.host == f"{name}.wenyuan.test"]


def gaps(server, name):
    return [later - earlier for earlier, later in itertools.pairwise(starts(server, name))]


def most_at_once(requests):
    """Of the requests, how many waited for their answer at one moment."""
    moments = sorted([(r.began, 1) for r in requests] + [(r.answered, -1) for r in requests])
    return max(itertools.accumulate(change for _, change in moments))


@pytest.fixture(scope="module")
def spaced(tmp_path_factory):
    hosts = {
        "yi": Host(),
        "er": Host(),
        "luoji": Host(robots="User-agent: *\nCrawl-delay: 0.5\n"),
        "tai": Host(robots="User-agent: *\nCrawl-delay: 86400\n"),
        "wo": Host(robots="User-agent: wenyuan\nCrawl-delay: 0.4\n\nUser-agent: *\nCrawl-delay: 50\nDisallow: /\n"),
        "cuo": Host(robots="User-agent: *\nCrawl-delay: -5\nCrawl-delay: mashang\n"),
    }
    folder = tmp_path_factory.mktemp("spaced")
    return crawl_hosts(folder, hosts, delay=DELAY_S, concurrency=16, max_crawl_delay=0.6)


def test_requests_to_one_host_are_a_delay_apart(spaced):
    server, _ = spaced  # robots.txt, sitemap.xml, the front page and the others
    for name in ("yi", "er", "cuo"):
        assert len(starts(server, name)) == 3 + len(PATHS)
        assert min(gaps(server, name)) >= DELAY_S - EARLY_S


def test_hosts_do_not_wait_for_each_other(spaced):
    server, _ = spaced
    first, second = starts(server, "yi"), starts(server, "er")
    assert min(first[-1], second[-1]) > max(first[0], second[0]) + 3 * DELAY_S


def test_crawl_delay_is_honoured(spaced):
    # From the second gap on: before robots.txt has been read its delay cannot be known.
    assert min(gaps(spaced[0], "luoji")[1:]) >= 0.5 - EARLY_S
    assert min(gaps(spaced[0], "wo")[1:]) >= 0.4 - EARLY_S


def test_crawl_delay_counts_up_to_the_cap(spaced):
    assert 0.6 - EARLY_S <= min(gaps(spaced[0], "tai")[1:]) < 3


def test_robots_txt_is_asked_once_a_host(spaced):
    server, _ = spaced
    asked = [request.host for request in server.log if request.target == "/robots.txt"]
    assert sorted(asked) == sorted(set(asked)) and len(asked) == 6


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    hosts = {name: Host(pause_s=0.1) for name in ("yi", "er", "san", "si")}
    return crawl_hosts(tmp_path_factory.mktemp("busy"), hosts, per_host=2, concurrency=5)


def test_a_host_has_two_requests_at_a_time_and_no_third(busy):
    server, _ = busy
    for name in ("yi", "er", "san", "si"):
        assert most_at_once([r for r in server.log if r.host == f"{name}.wenyuan.test"]) <= 2
    assert max(most_at_once([r for r in server.log if r.host == host]) for host in server.sites) == 2


def test_all_hosts_together_have_as_many_requests_as_conf_says(busy):
    assert 4 <= most_at_once(busy[0].log) <= 5


def test_one_request_at_a_time_means_one(tmp_path):
    server, _ = crawl_hosts(tmp_path, {"yi": Host(pause_s=0.05), "er": Host(pause_s=0.05)}, concurrency=8)
    for host in server.sites:
        assert most_at_once([request for request in server.log if request.host == host]) == 1


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    hosts = {
        "miao": Failing(429, lambda: "1"),
        "shijian": Failing(503, lambda: formatdate(time.time() + 2.5, usegmt=True)),
        "tai": Failing(429, lambda: "864000"),
        "guoqu": Failing(503, lambda: formatdate(time.time() - 3600, usegmt=True)),
        "cuo": Failing(503, lambda: "mashang"),
    }
    changes = {"per_host": 1, "concurrency": 8, "max_retry_after": 3, "retries": 1, "retry_delay": 0.5}
    return crawl_hosts(tmp_path_factory.mktemp("refused"), hosts, **changes)


def rest(server, name):
    """Seconds between the refusal and the next request to the host, and to the same page."""
    requests = [request for request in server.log if request.host == f"{name}.wenyuan.test"]
    refusal = next(request for request in requests if request.target == "/bu")
    later = [request for request in requests if request.began > refusal.began]
    again = next(request for request in later if request.target == "/bu")
    return later[0].began - refusal.ended, again.began - refusal.ended


@pytest.mark.parametrize(
    ("name", "least_s", "most_s"), [("miao", 1.0, 2.5), ("shijian", 1.5, 4.0), ("tai", 3.0, 5.0)]
)
def test_retry_after_in_seconds_and_as_a_date_silences_the_host_up_to_the_cap(refused, name, least_s, most_s):
    host_s, page_s = rest(refused[0], name)
    assert least_s - EARLY_S <= host_s <= most_s
    assert least_s - EARLY_S <= page_s <= most_s + 1


@pytest.mark.parametrize("name", ["guoqu", "cuo"])
def test_a_retry_after_that_says_nothing_leaves_the_delay_of_conf(refused, name):
    assert rest(refused[0], name)[1] >= 0.5 - EARLY_S


def test_what_was_refused_once_is_kept(refused):
    _, run = refused
    assert [url for url in run.kept if url.endswith("/bu")] == [
        f"http://{name}.wenyuan.test/bu" for name in ("cuo", "guoqu", "miao", "shijian", "tai")
    ]


def test_nothing_else_was_done_with_sockets(spaced, busy, refused):
    assert [run.strange for _, run in (spaced, busy, refused)] == [[], [], []]
