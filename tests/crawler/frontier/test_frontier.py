"""The frontier: each address once, breadth first, nothing lost to a kill, traps and floods bounded."""

from pathlib import Path

import pytest

from crawler.addresses.roles import Role
from crawler.frontier.entries import Found, Origin, Outcome
from crawler.frontier.frontier import Frontier
from pipeline.contract.drop import DropReason

AT = "http://a.test"


def found(path: str, depth: int = 1, **fields) -> Found:
    return Found(f"{AT}{path}", f"{AT}{path}", "a", Role.PAGE, depth, **fields)


@pytest.fixture
def frontier(tmp_path: Path) -> Frontier:
    return Frontier(tmp_path / "frontier.db", max_per_template=5, max_identical=3)


def pops(frontier: Frontier, count: int = 100) -> list[str]:
    paths = []
    while len(paths) < count and (entry := frontier.pop(AT)) is not None:
        paths.append(entry.url.removeprefix(AT))
    return paths


def test_an_address_is_queued_once_and_the_shallow_come_first(frontier):
    assert frontier.add([found("/b", 2), found("/a", 1), found("/b", 3)]) == 2
    assert frontier.add([found("/a", 0), found("/c", 0)]) == 1
    assert pops(frontier) == ["/a", "/c", "/b"]
    assert pops(frontier) == []


def test_what_has_no_outcome_is_queued_again_after_a_kill(tmp_path):
    path = tmp_path / "frontier.db"
    frontier = Frontier(path, 100, 100)
    frontier.add([found("/a"), found("/b"), found("/c")])
    first, second = frontier.pop(AT), frontier.pop(AT)
    frontier.finish(first, Outcome(status=200), [found("/d", 2)])
    frontier.learn(AT, Origin("discuz", {"rewritten": "yes"}, "User-agent: *"))
    frontier.retried(second)
    again = Frontier(path, 100, 100)  # the first was never closed
    assert pops(again) == ["/b", "/c", "/d"]
    assert again.queued[AT] == 3
    assert again.kept == 1
    assert again.spent["a"].pages == 1
    assert again.origins[AT] == Origin("discuz", {"rewritten": "yes"}, "User-agent: *")


def test_a_failed_commit_leaves_everything_as_it_was(frontier):
    frontier.add([found("/a")])
    entry = frontier.pop(AT)

    def broken():
        yield found("/b")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        frontier.finish(entry, Outcome(status=200), broken())
    rows = frontier.store.db.execute("SELECT url, state FROM url").fetchall()
    assert rows == [(f"{AT}/a", 0)]


def test_addresses_of_one_form_are_bounded(frontier):
    frontier.add(found(f"/thread-{n}-1-1.html") for n in range(8))
    frontier.add([found("/forum-2-1.html")])
    assert len(pops(frontier)) == 6
    reasons = dict(frontier.store.db.execute("SELECT reason, count(*) FROM url GROUP BY reason"))
    assert reasons == {None: 6, "TEMPLATE_BUDGET": 3}


def test_a_form_ends_after_pages_in_a_row_that_differ_in_digits_only(frontier):
    frontier.add(found(f"/rili/{n}.html", n) for n in range(5))
    folds = ["x", "x", "x"]
    for fold in folds:
        frontier.finish(frontier.pop(AT), Outcome(status=200, fold=fold), [])
    assert frontier.pop(AT) is None
    reasons = [row[0] for row in frontier.store.db.execute("SELECT reason FROM url ORDER BY id")]
    assert reasons == [None, None, None, "TEMPLATE_TRAP", "TEMPLATE_TRAP"]


def test_another_body_in_between_begins_the_count_anew(frontier):
    frontier.add(found(f"/2024/{n}.html", n) for n in range(5))
    for fold in ["dead", "dead", "a story", "dead", "dead"]:
        frontier.finish(frontier.pop(AT), Outcome(status=200, fold=fold), [])
    assert [row[0] for row in frontier.store.db.execute("SELECT reason FROM url ORDER BY id")] == [None] * 5


def test_a_closed_site_tells_what_it_left(frontier):
    frontier.add([found("/a"), found("/b")])
    frontier.finish(frontier.pop(AT), Outcome(status=200), [])
    assert frontier.close_site("a") == 1
    assert dict(frontier.store.db.execute("SELECT url, reason FROM url")) == {
        f"{AT}/a": None,
        f"{AT}/b": "OVER_BUDGET",
    }


def test_addresses_with_a_reason_are_booked_and_never_handed_out(frontier):
    frontier.add([found("/login", reason=DropReason.NOT_CONTENT), found("/a")])
    assert pops(frontier) == ["/a"]
    assert frontier.queued[AT] == 1


def test_a_shorter_way_to_an_address_counts(frontier):
    frontier.add([found("/far", 9, reason=DropReason.TOO_DEEP), found("/a", 5), found("/b", 4)])
    frontier.add([found("/a", 2), found("/far", 3), found("/b", 4)])
    assert pops(frontier) == ["/a", "/far", "/b"]
    assert frontier.queued[AT] == 3
    frontier.add([found("/c", 1, reason=DropReason.EXCLUDED), found("/far", 1, reason=DropReason.TOO_DEEP)])
    assert frontier.queued[AT] == 3


def test_what_belongs_to_others_is_sent_once_and_again_after_a_restart(tmp_path):
    frontier = Frontier(tmp_path / "f.db", 100, 100)
    frontier.add([found("/a"), found("/b")])
    other = Found("http://b.test/", "http://b.test/", "b", Role.PAGE, 1, via=f"{AT}/a")
    assert frontier.finish(frontier.pop(AT), Outcome(status=200), [], [other]) == [other]
    assert frontier.finish(frontier.pop(AT), Outcome(status=200), [], [other]) == []
    assert list(Frontier(tmp_path / "f.db", 100, 100).sent()) == [other]


def test_the_queue_is_read_in_order_beyond_one_batch(tmp_path):
    frontier = Frontier(tmp_path / "f.db", 10_000, 100)
    frontier.add(found(f"/{n}", 1) for n in range(300))
    assert pops(frontier, 1000) == [f"/{n}" for n in range(300)]


def test_a_form_that_turns_out_to_have_other_pages_is_queued_again(frontier):
    """Three threads of a closed board show the same notice; those of an open board have the same form."""
    frontier.add(found(f"/thread-{n}.html", n) for n in range(5))
    for _ in range(3):
        frontier.finish(frontier.pop(AT), Outcome(status=200, fold="notice"), [])
    frontier.forms.max_per_template = 100
    frontier.add(found(f"/thread-{n}.html", n) for n in range(5, 25))
    probe = frontier.pop(AT)
    assert probe.url == f"{AT}/thread-12.html"  # one in ten is tried
    assert frontier.queued[AT] == 13
    frontier.finish(probe, Outcome(status=200, fold="a thread"), [])
    assert frontier.queued[AT] == 21
    assert pops(frontier)[:3] == ["/thread-3.html", "/thread-4.html", "/thread-5.html"]


def test_a_sitemap_that_was_taken_for_a_file_is_fetched_as_what_it_is(frontier):
    address = f"{AT}/map.xml.gz"
    frontier.add([Found(address, address, "a", Role.PAGE, 1, reason=DropReason.NOT_A_PAGE)])
    frontier.add([Found(address, address, "a", Role.SITEMAP, 1)])
    entry = frontier.pop(AT)
    assert (entry.url, entry.role) == (address, Role.SITEMAP)


def test_pauses_and_depths_outlive_a_kill(tmp_path):
    frontier = Frontier(tmp_path / "f.db", 100, 100)
    frontier.pause("a.test", 1_800_000_000.0)
    assert Frontier(tmp_path / "f.db", 100, 100).pauses() == [("a.test", 1_800_000_000.0)]


def test_what_a_power_failure_took_of_the_records_is_queued_again(tmp_path):
    frontier = Frontier(tmp_path / "f.db", 100, 100)
    frontier.add([found("/a"), found("/b"), found("/c")])
    for start in (0, 100, 200):
        place = {"file": "00000.warc.gz", "start": start, "span": 100}
        frontier.finish(frontier.pop(AT), Outcome(status=200, digest=f"d{start}", **place), [])
    again = Frontier(tmp_path / "f.db", 100, 100)
    assert again.committed({"00000.warc.gz": 150}.get) == {"00000.warc.gz": 100}
    assert (again.kept, again.queued[AT]) == (1, 2)
    assert pops(again) == ["/b", "/c"]
    assert not again.store.same_bytes("d100", "a")
