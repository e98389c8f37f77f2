"""Conf that cannot be crawled with: a clear error, status 2, nothing published and nothing connected to."""

import pytest

from tests.crawler.support.crawl_run import crawl_params, site
from tests.crawler.support.http_server import Reply

HOST = "http://a.wenyuan.test"


@pytest.fixture
def complaint(crawl, monkeypatch, capsys):
    """`complaint({…})` runs the stage in this process, under the guard, and gives what it says on standard error."""
    from crawler.crawl import STAGE, run
    from pipeline.core.stage import main

    def ask(changes):
        monkeypatch.chdir(crawl.folder)
        for name in ("PYTHONPATH", "WENYUAN_TEST_SOCKETS"):
            monkeypatch.setenv(name, crawl.environment[name])
        params = crawl_params(crawl.folder / "params.yaml", changes)
        out = crawl.folder / "crawl"
        status = main(STAGE, run, ["--out", str(out), "--params", str(params), "--metrics", f"{out}.json"])
        said = capsys.readouterr().err
        assert status == 2, said
        assert not out.exists()
        return "".join(line for line in said.splitlines(keepends=True) if line.startswith("crawl: "))

    return ask


def sites(**changes):
    return {"sites": {"a": site(HOST) | changes}, "addresses": {"a.wenyuan.test:80": "127.0.0.1:9"}}


BEFORE = {
    "no site": ({}, ["crawl.sites"]),
    "no seed": (sites(seeds=[]), ["crawl.sites.a.seeds"]),
    "no origin": (sites(allow=[]), ["crawl.sites.a.allow"]),
    "a seed outside the allow-list": (sites(seeds=["http://b.wenyuan.test/"]), ["http://b.wenyuan.test/", "a"]),
    "a seed at another port": (sites(seeds=[f"{HOST}:8080/"]), [f"{HOST}:8080/"]),
    "a seed of another scheme": (sites(seeds=["https://a.wenyuan.test/"]), ["https://a.wenyuan.test/"]),
    "a seed with a user name": (sites(seeds=["http://u:p@a.wenyuan.test/"]), ["a.wenyuan.test"]),
    "a seed that is a file": (sites(seeds=["file:///etc/passwd"]), ["file:///etc/passwd"]),
    "an origin with a path": (sites(allow=[f"{HOST}/wen/"]), [f"{HOST}/wen/"]),
    "an origin that is ftp": (sites(allow=[HOST, "ftp://a.wenyuan.test"]), ["ftp://a.wenyuan.test"]),
    "an origin without a scheme": (sites(allow=["a.wenyuan.test"]), ["a.wenyuan.test"]),
    "an unknown platform": (sites(platform="wordpress"), ["platform", "wordpress"]),
    "a pattern that is none": (sites(exclude=["(未完"]), ["crawl.sites.a.exclude", "(未完"]),
    "an unknown key": (sites(max_page=5), ["max_page"]),
    "three requests at a time": (sites() | {"per_host": 3}, ["crawl.per_host", "3"]),
    "a date that is none": (sites() | {"date": "2025年6月1日"}, ["crawl.date"]),
    "a snapshot name that is a path": (sites() | {"snapshot": "../x"}, ["crawl.snapshot", "../x"]),
    "an address that is no address": (sites() | {"addresses": {"a.wenyuan.test:80": "bendi"}}, ["bendi"]),
    "no older snapshot there": (sites() | {"previous": "meiyou/zheli"}, ["meiyou/zheli"]),
    "a live crawl without a contact": (sites() | {"addresses": {}}, ["crawl.contact"]),
    "a live crawl without a pause": (
        sites() | {"addresses": {}, "contact": "https://wenyuan.test/bot", "delay": 0.5},
        ["crawl.delay", "0.5"],
    ),
    "a contact that is none": (sites() | {"addresses": {}, "contact": "wo", "delay": 1}, ["crawl.contact"]),
    "served, and nothing to serve": (sites() | {"addresses": {"a.wenyuan.test:80": "served"}}, ["crawl.serve"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BEFORE)
def test_is_told_before_anything_is_asked(complaint, crawl, case):
    changes, words = BEFORE[case]
    said = complaint(changes)
    assert [word for word in words if word not in said] == [], said
    assert len(said.splitlines()) == 1
    assert crawl.sockets.read_text() == ""


def unanswered(server, **changes):
    return {
        "sites": {"kong": site(HOST)},
        "addresses": {"a.wenyuan.test:80": server.address},
        "retries": 0,
        **changes,
    }


@pytest.mark.parametrize(
    ("case", "answer", "reason"),
    [
        ("only errors", Reply(b"no", status=404), "HTTP_ERROR"),
        ("everything forbidden", Reply(b"User-agent: *\nDisallow: /\n", "text/plain"), "ROBOTS"),
        ("only empty pages", Reply(b""), "EMPTY_BODY"),
    ],
)
def test_a_site_without_a_page_is_told_and_is_no_success(complaint, serve, case, answer, reason):
    server = serve({"a.wenyuan.test": lambda _: answer})
    said = complaint(unanswered(server))
    assert "kong" in said and reason in said, (case, said)


def test_a_site_that_is_not_there_is_told_and_is_no_success(complaint, serve):
    server = serve({})
    server.close()
    said = complaint(unanswered(server))
    assert "kong" in said and "UNREACHABLE" in said


def test_an_allowed_address_that_is_not_of_the_internet_is_not_connected_to(complaint, crawl, serve):
    trap = serve({})
    inside = [trap.address, f"[::1]:{trap.port}", f"[::ffff:127.0.0.1]:{trap.port}", f"0.0.0.0:{trap.port}"]
    hosts = [*inside, "10.0.0.1", "169.254.169.254"]
    live = {"contact": "https://wenyuan.test/bot", "delay": 1, "retries": 0}
    said = complaint({"sites": {"neiwang": site(*(f"http://{host}" for host in hosts))}} | live)
    assert "neiwang" in said and "UNSAFE_ADDRESS" in said
    assert trap.connections == 0
    assert crawl.sockets.read_text() == ""
