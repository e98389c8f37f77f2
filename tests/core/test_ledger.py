"""The ledger balances, or it says by how much it does not."""

from collections import Counter

import pytest

from pipeline.contract.drop import DropReason, excerpt
from pipeline.contract.metrics import Tally
from pipeline.core.errors import LedgerImbalance
from pipeline.core.ledger import Ledger, check
from pipeline.core.stage import ledger_metrics


def test_used_dropped_and_edited_add_up(document):
    ledger = Ledger("demo")
    ledger.receive("晨光　照进来")
    ledger.edit("SPACES", 6, 5)
    ledger.use()
    ledger.emit(document("晨光照进来"))
    ledger.receive("短")
    ledger.drop("d" * 32, DropReason.TOO_SHORT, "短", measured=1.0)
    assert ledger.close().to_json("document") == {
        "unit": "document",
        "in": 2,
        "used": 1,
        "dropped": {"TOO_SHORT": 1},
        "out": 1,
        "parts": 1,
        "characters": {"in": 7, "out": 5, "dropped": {"TOO_SHORT": 1}, "removed": {"SPACES": 1}, "added": {}},
    }


def test_a_unit_neither_used_nor_dropped_is_an_imbalance():
    ledger = Ledger("demo")
    ledger.receive("")
    with pytest.raises(LedgerImbalance, match="demo: 1 units came in, 0 were used and 0 dropped"):
        ledger.close()


def test_a_unit_counted_twice_is_an_imbalance():
    tally = Tally(units_in=1, used=1, parts=1, dropped=Counter(BLANK=1))
    with pytest.raises(LedgerImbalance, match="1 units came in, 1 were used and 1 dropped"):
        check(tally, "demo")


def test_an_output_without_its_units_is_an_imbalance():
    with pytest.raises(LedgerImbalance, match="outputs are made of 1 units, but 2 were used"):
        check(Tally(units_in=2, used=2, parts=1), "demo")


def test_an_edit_that_is_not_booked_is_an_imbalance(document):
    ledger = Ledger("demo")
    ledger.receive("春眠不觉晓。")
    ledger.use()
    ledger.emit(document("春眠不觉晓"))
    with pytest.raises(LedgerImbalance, match=r"6 characters came in; 5 out .* = 5"):
        ledger.close()


def test_tallies_of_shards_add_up_and_the_sum_is_checked():
    shards = [
        Tally(units_in=2, used=1, parts=1, outputs=1, dropped=Counter(BLANK=1)),
        Tally(units_in=1, used=1, parts=1),
    ]
    assert ledger_metrics("demo", "row", shards)["in"] == 3
    assert ledger_metrics("demo", "row", shards)["dropped"] == {"BLANK": 1}
    with pytest.raises(LedgerImbalance, match="4 units came in, 2 were used and 1 dropped"):
        ledger_metrics("demo", "row", [*shards, Tally(units_in=1)])


def test_counters_of_the_metrics_are_sorted_whatever_came_first():
    one = Tally(units_in=2, dropped=Counter({"TOO_SHORT": 1, "BLANK": 1}))
    two = Tally(units_in=2, dropped=Counter({"BLANK": 1, "TOO_SHORT": 1}))
    assert list(one.to_json("row")["dropped"]) == list(two.to_json("row")["dropped"]) == ["BLANK", "TOO_SHORT"]


def test_an_excerpt_is_one_line_of_at_most_eighty_characters():
    assert excerpt("第一行\n\n  第二行\t完") == "第一行 第二行 完"
    assert excerpt("很" * 200) == "很" * 80
