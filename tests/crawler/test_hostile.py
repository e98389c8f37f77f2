"""One crawl of a server that lies, loops, floods and stalls: nothing outside is touched, every good page is kept."""

import socket
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pytest

from crawler.html.links import MAX_LINKS
from tests.crawler.support.crawl_run import Crawl, Crawler, Record, cut_record, fast_records, records, site
from tests.crawler.support.http_server import Reply, Server, redirect, without_end
from tests.crawler.support.sites import Site, page
from tests.crawler.support.sites_of_broken_http import (
    CUT,
    MIB,
    RESPONSE_BYTES,
    TIMEOUT_S,
    huai,
    jumo,
    make_bombs,
    manman,
    xianliu,
)
from tests.crawler.support.sites_of_links import haoye, outside, tiaozhuan
from tests.crawler.support.sites_of_rules import ditu, jinzhi, robots_sites
from tests.crawler.support.sites_of_traps import (
    CALENDAR_IDENTICAL,
    MANY_LINKS,
    MAX_DEPTH,
    MAZE_PAGES,
    PER_TEMPLATE,
    migong,
    xianjing,
    yiwan,
)

MEMORY_MB = 400


def hostile_sites(trap: int) -> list[Site]:
    """All sites of the server; `trap` is the port of another one, which must not see a connection."""
    makers = (haoye, tiaozhuan, migong, xianjing, yiwan, jumo, huai, manman, xianliu, jinzhi, ditu)
    return [*(make(trap) for make in makers), *robots_sites(trap)]


NAMES = [made.name for made in hostile_sites(0)]


@dataclass
class Hostile:
    crawl: Crawl
    server: Server
    literal: Server
    """A server that conf allows by its address."""
    trap: Server
    """A server that conf does not allow."""
    sites: dict[str, Site]
    seconds: float

    def reasons(self, name: str, *paths: str) -> list[str | None]:
        rows = self.crawl.by_url
        return [rows[self.sites[name].url(path)]["reason"] for path in paths]

    @cached_property
    def records(self) -> list[Record]:
        return [record for warc in self.crawl.warcs for record in records(warc)]

    def asked(self, name: str, start: str = "") -> list[str]:
        return [target for target in self.server.asked(self.sites[name].host) if target.startswith(start)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    with Server({}) as trap, Server({}) as literal:
        literal.sites = {literal.address: _literal}
        sites = hostile_sites(trap.port)
        with Server({made.host: made for made in sites}) as server:
            addresses = {f"{made.host}:80": server.address for made in sites}
            changes = {
                "sites": {made.name: site(f"http://{made.host}", **made.changes) for made in sites}
                | {"zhishu": site(f"http://{literal.address}")},
                "addresses": addresses | {literal.address: literal.address, "weiyunxu.wenyuan.test:80": trap.address},
                "per_host": 2,
                "concurrency": 32,
                "timeout": TIMEOUT_S,
                "retries": 1,
                "max_retry_after": 3,
                "max_depth": MAX_DEPTH,
                "max_per_template": PER_TEMPLATE,
                "max_identical": CALENDAR_IDENTICAL,
                "max_response_bytes": RESPONSE_BYTES,
                "silent_sites": "keep",
                "memory_mb": MEMORY_MB,
            }
            make_bombs()
            began = time.monotonic()
            crawled = Crawler(tmp_path_factory.mktemp("hostile"))(changes)
            seconds = time.monotonic() - began
            assert crawled.status == 0, crawled.said
            yield Hostile(crawled, server, literal, trap, {made.name: made for made in sites}, seconds)


def _literal(request):
    return Reply(page(f"按地址允许的{request.target}", ["/er"]).encode())


# The server itself


def converse(server, *requests):
    """What comes back when these are sent over one connection, which is then closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        for request in requests:
            connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
        return answer


def test_the_server_keeps_a_connection_and_logs_each_request(serve):
    server = serve({"a.test": lambda request: Reply(f"第{request.nth}次".encode(), "text/plain")})
    ask = b"GET /x?y HTTP/1.1\r\nHost: a.test\r\nX-Who: me\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n"
    assert converse(server, ask, ask) == head + "第1次".encode() + head + "第2次".encode()
    assert [(r.url, r.headers["x-who"], r.nth, r.sent) for r in server.log] == [
        ("http://a.test/x?y", "me", 1, len(head) + 7),
        ("http://a.test/x?y", "me", 2, len(head) + 7),
    ]
    assert server.connections == 1


def test_the_server_answers_no_host_but_its_own(serve):
    assert converse(serve({}), b"GET / HTTP/1.1\r\nHost: b.test\r\n\r\n").startswith(b"HTTP/1.1 421 ")


def test_the_server_breaks_http_where_it_should(serve):
    server = serve({"a.test": lambda _: [b"no ", b"HTTP"], "b.test": lambda _: redirect("/hou")})
    assert converse(server, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n") == b"no HTTP"
    assert converse(server, b"GET / HTTP/1.1\r\nHost: b.test\r\n\r\n") == (
        b"HTTP/1.1 302 Found\r\nLocation: /hou\r\nContent-Length: 0\r\n\r\n"
    )


def test_the_server_knows_how_much_of_an_endless_answer_was_taken(serve):
    server = serve({"a.test": lambda _: without_end(b"", b"x" * 1000, 10**9)})
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        connection.recv(1000)
    while server.log[0].ended is None:
        time.sleep(0.01)
    assert 1000 <= server.log[0].sent < 50 * MIB


# Where the crawler went


def test_the_crawl_ends_by_itself_and_succeeds(hostile):
    assert hostile.crawl.status == 0, hostile.crawl.said


def test_only_allowed_origins_are_asked(hostile):
    hosts = {made.host for made in hostile.sites.values()}
    assert {request.host for request in hostile.server.log} <= hosts
    assert {request.host for request in hostile.literal.log} == {hostile.literal.address}


def test_no_other_port_is_connected_to(hostile):
    assert hostile.trap.log == []
    assert hostile.trap.connections == 0
    assert hostile.crawl.connected == {hostile.server.port, hostile.literal.port}


def test_sockets_only_connect_to_allowed_loopback_no_name_is_looked_up_nothing_listens_and_no_file_is_read(hostile):
    assert hostile.crawl.strange == []


def test_only_addresses_of_the_allow_list_have_rows(hostile):
    allowed = (*(made.url("/") for made in hostile.sites.values()), f"http://{hostile.literal.address}/")
    assert [row["url"] for row in hostile.crawl.rows if not row["url"].startswith(allowed)] == []
    kept = [row["final_url"] for row in hostile.crawl.rows if row["reason"] is None]
    assert [url for url in kept if not url.startswith(allowed)] == []


def test_a_server_allowed_by_its_address_is_crawled(hostile):
    assert sorted(url for url in hostile.crawl.kept if hostile.literal.address in url) == [
        f"http://{hostile.literal.address}/",
        f"http://{hostile.literal.address}/er",
    ]


def test_requests_are_honest_and_carry_no_secrets(hostile):
    for request in hostile.server.log:
        assert request.headers["user-agent"].startswith("Wenyuan/"), request
        assert {"cookie", "authorization", "referer", "proxy-authorization"} & set(request.headers) == set(), request


def test_links_with_a_user_name_are_not_followed(hostile):
    assert hostile.asked("haoye", "/mima") == []


# What became of each address


@pytest.mark.parametrize("name", NAMES)
def test_every_address_has_its_reason(hostile, name):
    rows, expected = hostile.crawl.by_url, hostile.sites[name].expected
    assert {url: rows[url]["reason"] if url in rows else "no row" for url in expected} == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_good_page_is_archived_as_it_was_sent(hostile, name):
    digests = hostile.sites[name].digests
    assert {url: hostile.crawl.kept.get(url) for url in digests} == digests


def test_nothing_that_robots_forbid_is_asked(hostile):
    asked = {request.url for request in hostile.server.log}
    forbidden = {url for made in hostile.sites.values() for url, why in made.expected.items() if why == "ROBOTS"}
    assert asked & forbidden == set()
    assert len(forbidden) > 12


def test_robots_txt_is_asked_before_anything_else(hostile):
    first = {}
    for request in hostile.server.log:
        first.setdefault(request.host, request.target)
    assert {host: target for host, target in first.items() if target != "/robots.txt"} == {}


def test_links_in_comments_and_nofollow_links_are_not_followed(hostile):
    assert hostile.asked("haoye", "/wen/zhushi") == ["/wen/zhushi-hou"]
    assert hostile.asked("haoye", "/bugen") == ["/bugen"]


def test_one_body_under_ten_addresses_is_kept_once(hostile):
    rows = hostile.crawl.by_url
    reasons = [row["reason"] for url, row in rows.items() if "haoye.wenyuan.test/fuben/" in url]
    assert Counter(reasons) == {None: 1, "IDENTICAL_BODY": 9}


def test_addresses_beyond_the_limit_are_not_asked(hostile):
    assert hostile.asked("haoye", "/chang/") == []


def test_a_chain_of_twelve_is_left_after_five_redirects(hostile):
    assert sorted(set(hostile.asked("tiaozhuan", "/lian12/"))) == [f"/lian12/{step}" for step in "abcdef"]


def test_final_url_is_where_a_chain_ends(hostile):
    rows, host = hostile.crawl.by_url, hostile.sites["tiaozhuan"]
    assert rows[host.url("/lian3/daoda")]["final_url"] == host.url("/lian3/daoda")


def test_redirect_loops_end(hostile):
    asked = Counter(hostile.asked("tiaozhuan"))
    assert {path: asked[path] for path in ("/quan/jia", "/quan/yi", "/ziji", "/huihua", "/wu-qu", "/kong-qu")} == {
        "/quan/jia": 1, "/quan/yi": 1, "/ziji": 1, "/huihua": 1, "/wu-qu": 1, "/kong-qu": 1,
    }  # fmt: skip


def test_redirects_that_lead_outside_end_there(hostile):
    paths = [f"/qu/tou/{name}" for name in outside(0)]
    asked = Counter(hostile.asked("tiaozhuan", "/qu/tou/"))
    assert asked == dict.fromkeys(paths, 1)
    assert set(hostile.reasons("tiaozhuan", *paths)) == {"REDIRECT"}


# Traps


def test_a_calendar_is_left_when_its_pages_repeat(hostile):
    asked = hostile.asked("xianjing", "/rili")
    assert CALENDAR_IDENTICAL <= len(asked) <= CALENDAR_IDENTICAL + 3
    reasons = {row["reason"] for row in hostile.crawl.rows if "xianjing.wenyuan.test/rili" in row["url"]}
    assert "TEMPLATE_TRAP" in reasons


def test_sessions_in_query_and_parameters_make_no_second_address(hostile):
    asked = hostile.asked("xianjing", "/hui/") + hostile.asked("xianjing", "/java/")
    assert sorted(asked) == [
        "/hui/bing?id=b", "/hui/jia?id=j", "/hui/yi?id=y", "/java/bing.jsp", "/java/jia.jsp", "/java/yi.jsp",
    ]  # fmt: skip


def test_sessions_in_paths_end_at_the_budget_of_their_form(hostile):
    assert len(hostile.asked("xianjing", "/lujing/")) <= 2 * PER_TEMPLATE


def test_a_maze_of_words_ends_at_the_budget_of_its_site(hostile):
    pages = [target for target in hostile.asked("migong") if target != "/robots.txt"]
    assert len(pages) == MAZE_PAGES or len(pages) == MAZE_PAGES - 1
    reasons = Counter(row["reason"] for row in hostile.crawl.rows if "migong" in row["url"])
    assert set(reasons) <= {None, "OVER_BUDGET", "HTTP_ERROR", "NOT_A_PAGE", "TOO_DEEP"}
    assert reasons["OVER_BUDGET"] > 0


def test_of_100_000_links_on_a_page_the_first_thousands_are_looked_at_and_those_within_the_budget_asked(hostile):
    assert MAX_LINKS < MANY_LINKS
    assert len(hostile.asked("yiwan", "/lian/")) == PER_TEMPLATE
    reasons = Counter(row["reason"] for row in hostile.crawl.rows if "yiwan.wenyuan.test/lian/" in row["url"])
    assert reasons == {None: PER_TEMPLATE, "TEMPLATE_BUDGET": MAX_LINKS - PER_TEMPLATE}


# Floods


def test_memory_stays_below_the_limit(hostile):
    assert 0 < hostile.crawl.peak_mb < MEMORY_MB


def test_of_floods_no_more_is_taken_than_a_response_may_have(hostile):
    # What lies in the buffers of the two sockets, up to 6 MiB each on Linux, was sent and never read.
    slack = 13 * MIB
    most = {request.url: request.sent for request in hostile.server.log if request.sent > RESPONSE_BYTES + slack}
    assert most == {}


def test_slow_answers_are_left_at_the_deadline(hostile):
    taken = {
        request.target: request.ended - request.began
        for request in hostile.server.log
        if request.host == hostile.sites["manman"].host and request.target.startswith("/di/")
    }
    assert {target for target, seconds in taken.items() if seconds > TIMEOUT_S + 2.5} == set()


# The snapshot


def test_warcs_are_read_whole_by_warcio_and_fastwarc_with_all_digests_right(hostile):
    read = [(record.kind, record.url) for record in hostile.records]
    assert read == [pair for warc in hostile.crawl.warcs for pair in fast_records(warc)]


def test_every_response_has_its_request(hostile):
    responses = {record.id for record in hostile.records if record.kind == "response"}
    requests = [record.concurrent_to for record in hostile.records if record.kind == "request"]
    assert sorted(requests) == sorted(responses)


def test_rows_point_at_their_records(hostile):
    archived = [row for row in hostile.crawl.rows if row["offset"] is not None]
    assert {row["url"] for row in archived} >= set(hostile.crawl.kept)
    for row in archived:
        head = cut_record(row, hostile.crawl.out).split(b"\r\n\r\n")[0].decode().split("\r\n")
        assert head[0] == "WARC/1.1"
        assert f"WARC-Target-URI: {row['url']}" in head
        assert f"WARC-Payload-Digest: {row['digest']}" in head


def test_pages_cut_by_their_server_are_marked(hostile):
    rows, host = hostile.crawl.by_url, hostile.sites["huai"]
    marked = {
        url for url, row in rows.items() if row["warc"] and b"WARC-Truncated: disconnect" in _head(row, hostile)
    }
    assert marked >= {host.url(path) for path in CUT}
    assert [url for url in marked if not url.startswith(host.url("/"))] == []


def _head(row, hostile):
    return cut_record(row, hostile.crawl.out).split(b"\r\n\r\n")[0]


def test_no_two_records_share_an_id(hostile):
    ids = Counter(record.id for record in hostile.records)
    assert [id for id, count in ids.items() if count > 1] == []


def test_rows_are_sorted_and_each_page_has_one(hostile):
    rows = hostile.crawl.rows
    assert [row["url"] for row in rows] == sorted(row["url"] for row in rows)
    pages = [row["url"] for row in rows if row["role"] == "page"]
    assert len(pages) == len(set(pages))


def test_every_address_is_booked_once(hostile):
    reasons = Counter(row["reason"] for row in hostile.crawl.rows)
    stats = hostile.crawl.stats
    assert stats["in"] == len(hostile.crawl.rows)
    assert stats["used"] == reasons.pop(None)
    assert stats["dropped"] == dict(reasons)
