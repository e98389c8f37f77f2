"""Whose turn it is: robots.txt first, hosts in rotation, pauses, budgets, hosts given up."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from crawler.addresses.roles import Role
from crawler.addresses.scope import Scope
from crawler.frontier.entries import Found, Origin, Outcome
from crawler.frontier.frontier import Frontier
from crawler.frontier.politeness import NEVER, Politeness
from pipeline.contract.drop import DropReason
from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.schema.crawl import CrawlConfig

PARAMS = OmegaConf.to_yaml(compose_params(["crawl=sample"]))
A, B = "http://a.test", "http://b.test"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def make(tmp_path: Path):
    def politeness(known: bool = True, **changes) -> Politeness:
        params = OmegaConf.create(PARAMS)
        sites = {name: {"seeds": [f"http://{name}.test/"], "allow": [f"http://{name}.test"]} for name in "ab"}
        OmegaConf.update(params, "crawl.sites", sites, merge=False)
        for key, value in changes.items():
            params.crawl[key] = value
        config = load_section(params, "crawl", CrawlConfig)
        frontier = Frontier(tmp_path / "f.db", 1000, 1000)
        for at in (A, B):
            if known:
                frontier.learn(at, Origin(robots="User-agent: *\nDisallow: /no\nCrawl-delay: 2\n"))
            frontier.add(Found(f"{at}/{n}", f"{at}/{n}", at[7], Role.PAGE, 1) for n in range(5))
        return Politeness(config, Scope(config), frontier, Clock())

    return politeness


def take(politeness: Politeness, next_at=lambda _: 0.0) -> str | None:
    entry = politeness.take(next_at)
    return entry.url if entry is not None else None


def crawl_delays(politeness: Politeness) -> dict[str, float]:
    return {name: host.crawl_delay for name, host in politeness.hosts.items()}


def silent(politeness: Politeness) -> set[str]:
    return {name for name, host in politeness.hosts.items() if host.silent}


def test_hosts_take_turns_and_have_as_many_requests_as_allowed(make):
    politeness = make(per_host=2)
    assert [take(politeness) for _ in range(5)] == [f"{A}/0", f"{B}/0", f"{A}/1", f"{B}/1", None]
    assert politeness.wake_at == NEVER


def test_in_place_of_a_forbidden_address_of_an_api_its_page_is_asked_for(make):
    politeness = make()
    politeness.frontier.add([Found("no/7", f"{A}/no/7", "a", Role.API, 0)])
    politeness.instead = lambda entry: [Found("7", f"{A}/7?of={entry.role}", "a", Role.PAGE, 0)]
    assert take(politeness) == f"{A}/7?of=api"
    fate = politeness.frontier.store.db.execute("SELECT reason FROM url WHERE key = 'no/7'").fetchone()
    assert fate == ("ROBOTS",)


def test_robots_txt_comes_first_and_all_else_waits_for_it(make):
    politeness = make(known=False)
    first = politeness.take(lambda _: 0.0)
    assert (first.url, first.role) == (f"{A}/robots.txt", Role.ROBOTS)
    politeness.done(first)
    assert take(politeness) == f"{B}/robots.txt"
    assert take(politeness) is None
    politeness.obey(first, "User-agent: *\nDisallow: /0\n")
    assert take(politeness) == f"{A}/1"
    assert politeness.frontier.store.db.execute("SELECT reason FROM url WHERE url = ?", (f"{A}/0",)).fetchone() == (
        "ROBOTS",
    )


def test_a_host_whose_slot_is_not_free_yet_is_passed_over(make):
    politeness = make()
    assert take(politeness, {"a.test": 103.0, "b.test": 0.0}.get) == f"{B}/0"
    assert take(politeness, {"a.test": 103.0, "b.test": 0.0}.get) is None
    assert politeness.wake_at == 103.0
    assert crawl_delays(politeness) == {"a.test": 2.0, "b.test": 2.0}


def test_a_crawl_delay_counts_up_to_the_cap(make):
    assert crawl_delays(make(max_crawl_delay=1.5)) == {"a.test": 1.5, "b.test": 1.5}


def test_after_retry_after_the_whole_host_is_silent(make):
    politeness = make()
    entry = politeness.take(lambda _: 0.0)
    politeness.again(entry, 30.0, whole_host=True)
    assert take(politeness) == f"{B}/0"
    assert take(politeness) is None
    assert politeness.wake_at == 130.0
    politeness.clock.now = 131.0
    assert take(politeness) == f"{A}/0"


def test_one_address_may_wait_alone(make):
    politeness = make()
    politeness.again(politeness.take(lambda _: 0.0), 30.0, whole_host=False)
    assert [take(politeness), take(politeness)] == [f"{B}/0", f"{A}/1"]


def test_a_site_ends_with_its_pages_also_those_under_way(make):
    politeness = make(max_pages=2, per_host=2)
    entries = [politeness.take(lambda _: 0.0) for _ in range(4)]
    assert [entry.url for entry in entries] == [f"{A}/0", f"{B}/0", f"{A}/1", f"{B}/1"]
    assert take(politeness) is None
    for entry in entries:
        politeness.frontier.finish(entry, Outcome(status=200), ())
        politeness.answered(entry)
    assert take(politeness) is None
    assert politeness.budgets.closed == {"a", "b"}
    assert not politeness


def test_a_site_ends_with_its_time(make):
    politeness = make(max_seconds=60)
    politeness.answered(politeness.take(lambda _: 0.0))
    politeness.clock.now += 61
    assert take(politeness) == f"{B}/0"  # its clock begins with its own first request
    assert take(politeness) is None
    assert politeness.budgets.closed == {"a"}


def test_a_host_that_never_answers_is_given_up_and_another_is_not(make):
    politeness = make(max_failures=3)
    for _ in range(3):
        entry = politeness.take(lambda host: 0.0 if host == "a.test" else 1e9)
        politeness.frontier.finish(entry, Outcome(), ())
        politeness.failed(entry)
    assert silent(politeness) == {"a.test"}
    assert take(politeness) == f"{B}/0"
    assert politeness.frontier.give_up(A, DropReason.UNREACHABLE) == 2


def test_an_answer_in_between_begins_the_count_anew(make):
    politeness = make(max_failures=2)
    for outcome in (politeness.failed, politeness.answered, politeness.failed):
        entry = politeness.take(lambda host: 0.0 if host == "a.test" else 1e9)
        outcome(entry)
    assert silent(politeness) == set()


def test_addresses_of_an_origin_that_conf_no_longer_has_do_not_keep_a_crawl_going(make):
    politeness = make()
    gone = "http://gone.test"
    politeness.frontier.add([Found(f"{gone}/1", f"{gone}/1", "gone", Role.PAGE, 1)])
    for at in (A, B):
        politeness.frontier.give_up(at, DropReason.OVER_BUDGET)
        politeness.frontier.queued[at] = 0
    assert not politeness
    assert take(politeness) is None


def test_a_pause_outlives_a_kill(make, tmp_path):
    politeness = make()
    politeness.again(politeness.take(lambda _: 0.0), 500.0, whole_host=True)
    again = Politeness(politeness.config, politeness.scope, Frontier(tmp_path / "f.db", 1000, 1000), Clock())
    assert 400 < again.hosts["a.test"].paused_until - again.clock() <= 500
