"""Whose turn it is: robots.txt first, hosts in rotation, pauses, budgets, hosts given up."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from crawler.addresses.scope import Scope
from crawler.frontier.frontier import API, PAGE, ROBOTS, Found, Frontier, Origin, Outcome
from crawler.frontier.politeness import NEVER, Turns
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
    def turns(known: bool = True, **changes) -> Turns:
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
            frontier.add(Found(f"{at}/{n}", f"{at}/{n}", at[7], PAGE, 1) for n in range(5))
        return Turns(config, Scope(config), frontier, Clock())

    return turns


def take(turns: Turns, next_at=lambda _: 0.0) -> str | None:
    entry = turns.take(next_at)
    return entry.url if entry is not None else None


def test_hosts_take_turns_and_have_as_many_requests_as_allowed(make):
    turns = make(per_host=2)
    assert [take(turns) for _ in range(5)] == [f"{A}/0", f"{B}/0", f"{A}/1", f"{B}/1", None]
    assert turns.wake_at == NEVER


def test_in_place_of_a_forbidden_address_of_an_api_its_page_is_asked_for(make):
    turns = make()
    turns.frontier.add([Found("no/7", f"{A}/no/7", "a", API, 0)])
    turns.instead = lambda entry: [Found("7", f"{A}/7?of={entry.role}", "a", PAGE, 0)]
    assert take(turns) == f"{A}/7?of=api"
    fate = turns.frontier.db.execute("SELECT reason FROM url WHERE key = 'no/7'").fetchone()
    assert fate == ("ROBOTS",)


def test_robots_txt_comes_first_and_all_else_waits_for_it(make):
    turns = make(known=False)
    first = turns.take(lambda _: 0.0)
    assert (first.url, first.role) == (f"{A}/robots.txt", ROBOTS)
    turns.done(first)
    assert take(turns) == f"{B}/robots.txt"
    assert take(turns) is None
    turns.obey(first, "User-agent: *\nDisallow: /0\n")
    assert take(turns) == f"{A}/1"
    assert turns.frontier.db.execute("SELECT reason FROM url WHERE url = ?", (f"{A}/0",)).fetchone() == ("ROBOTS",)


def test_a_host_whose_slot_is_not_free_yet_is_passed_over(make):
    turns = make()
    assert take(turns, {"a.test": 103.0, "b.test": 0.0}.get) == f"{B}/0"
    assert take(turns, {"a.test": 103.0, "b.test": 0.0}.get) is None
    assert turns.wake_at == 103.0
    assert turns.floor == {"a.test": 2.0, "b.test": 2.0}


def test_a_crawl_delay_counts_up_to_the_cap(make):
    assert make(max_crawl_delay=1.5).floor == {"a.test": 1.5, "b.test": 1.5}


def test_after_retry_after_the_whole_host_is_silent(make):
    turns = make()
    entry = turns.take(lambda _: 0.0)
    turns.again(entry, 30.0, whole_host=True)
    assert take(turns) == f"{B}/0"
    assert take(turns) is None
    assert turns.wake_at == 130.0
    turns.clock.now = 131.0
    assert take(turns) == f"{A}/0"


def test_one_address_may_wait_alone(make):
    turns = make()
    turns.again(turns.take(lambda _: 0.0), 30.0, whole_host=False)
    assert [take(turns), take(turns)] == [f"{B}/0", f"{A}/1"]


def test_a_site_ends_with_its_pages_also_those_under_way(make):
    turns = make(max_pages=2, per_host=2)
    entries = [turns.take(lambda _: 0.0) for _ in range(4)]
    assert [entry.url for entry in entries] == [f"{A}/0", f"{B}/0", f"{A}/1", f"{B}/1"]
    assert take(turns) is None
    for entry in entries:
        turns.frontier.finish(entry, Outcome(status=200), ())
        turns.answered(entry)
    assert take(turns) is None
    assert turns.closed == {"a", "b"}
    assert not turns


def test_a_site_ends_with_its_time(make):
    turns = make(max_seconds=60)
    turns.answered(turns.take(lambda _: 0.0))
    turns.clock.now += 61
    assert take(turns) == f"{B}/0"  # its clock begins with its own first request
    assert take(turns) is None
    assert turns.closed == {"a"}


def test_a_host_that_never_answers_is_given_up_and_another_is_not(make):
    turns = make(max_failures=3)
    for _ in range(3):
        entry = turns.take(lambda host: 0.0 if host == "a.test" else 1e9)
        turns.frontier.finish(entry, Outcome(), ())
        turns.failed(entry)
    assert turns.silent == {"a.test"}
    assert take(turns) == f"{B}/0"
    assert turns.frontier.give_up(A, DropReason.UNREACHABLE) == 2


def test_an_answer_in_between_begins_the_count_anew(make):
    turns = make(max_failures=2)
    for outcome in (turns.failed, turns.answered, turns.failed):
        entry = turns.take(lambda host: 0.0 if host == "a.test" else 1e9)
        outcome(entry)
    assert turns.silent == set()


def test_addresses_of_an_origin_that_conf_no_longer_has_do_not_keep_a_crawl_going(make):
    turns = make()
    gone = "http://gone.test"
    turns.frontier.add([Found(f"{gone}/1", f"{gone}/1", "gone", PAGE, 1)])
    for at in (A, B):
        turns.frontier.give_up(at, DropReason.OVER_BUDGET)
        turns.frontier.queued[at] = 0
    assert not turns
    assert take(turns) is None


def test_a_pause_outlives_a_kill(make, tmp_path):
    turns = make()
    turns.again(turns.take(lambda _: 0.0), 500.0, whole_host=True)
    again = Turns(turns.config, turns.scope, Frontier(tmp_path / "f.db", 1000, 1000), Clock())
    assert 400 < again.paused["a.test"] - again.clock() <= 500
