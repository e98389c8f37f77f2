"""What the report reads: tolerant about stages that are absent, strict about files that are damaged."""

import json
from pathlib import Path

import pytest

from pipeline.contract.drop import Dropped, DropReason
from pipeline.core.errors import ContractError, SourceError
from pipeline.core.shards import write_dropped
from pipeline.reporting.funnel import steps
from pipeline.reporting.inputs import read_curve, read_dropped, read_figures
from pipeline.reporting.page import percent


def test_dropped_samples_are_the_smallest_ids_whatever_the_sharding(tmp_path: Path) -> None:
    rows = [Dropped(f"{number:032x}", DropReason.TOO_SHORT, 2.0, f"文{number}", None) for number in (5, 1, 4, 2, 3)]
    folder = tmp_path / "data/filter/dropped"
    write_dropped(folder / "a-00000.parquet", rows[:2])
    write_dropped(folder / "b-00000.parquet", rows[2:])
    found = read_dropped([folder], 2)
    assert {key: [row["excerpt"] for row in value] for key, value in found.items()} == {
        ("filter", "TOO_SHORT"): ["文1", "文2"]
    }


def test_one_excerpt_is_shown_once_by_its_smallest_id(tmp_path: Path) -> None:
    folder = tmp_path / "data/filter/dropped"
    shards = {"a": [(7, "很好"), (3, "好"), (4, "好"), (2, "好")], "b": [(5, "差"), (1, "好"), (8, "很好")]}
    for name, rows in shards.items():
        dropped = [Dropped(f"{id:032x}", DropReason.TOO_SHORT, 2.0, text, None) for id, text in rows]
        write_dropped(folder / f"{name}-00000.parquet", dropped)
    found = read_dropped([folder], 3)["filter", "TOO_SHORT"]
    assert [(int(row["id"], 16), row["excerpt"]) for row in found] == [(1, "好"), (5, "差"), (7, "很好")]


def test_figures_are_named_by_their_file_and_the_reports_own_is_left_out(tmp_path: Path) -> None:
    for name in ("filter", "report"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"name": name}), encoding="utf-8")
    assert read_figures([tmp_path]) == {"filter": {"name": "filter"}}
    with pytest.raises(ContractError, match="the stage filter are given twice"):
        read_figures([tmp_path, tmp_path / "filter.json"])


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "filter.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match=r"filter\.json: not JSON"):
        read_figures([tmp_path])
    (tmp_path / "curve.csv").write_text("step,train_loss,validation_loss\n1,x,\n", encoding="utf-8")
    with pytest.raises(ContractError, match="line 2: could not convert"):
        read_curve(tmp_path / "curve.csv")


def test_an_empty_field_of_the_curve_is_no_point(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_text("step,train_loss,validation_loss\n1,5.5,\n2,5,5.25\n", encoding="utf-8")
    assert read_curve(tmp_path / "curve.csv") == [
        {"step": 1, "train_loss": 5.5, "validation_loss": None},
        {"step": 2, "train_loss": 5, "validation_loss": 5.25},
    ]


def test_stages_stand_in_the_order_of_the_data_and_reasons_by_frequency() -> None:
    characters = {"in": 0, "out": 0, "dropped": {}, "removed": {"SPACES": 3}, "added": {"OPENCC": 1}}
    ledger = {"unit": "document", "in": 9, "used": 6, "out": 6, "parts": 6, "characters": characters}
    found = steps(
        {
            "dedup": {**ledger, "dropped": {"NEAR_DUPLICATE": 1, "EXACT_DUPLICATE": 2}},
            "corpus": {**ledger, "dropped": {"SOMETHING_NEW": 3}},
            "train": {"steps": 5},
        },
        {},
    )
    assert [step.stage for step in found] == ["corpus", "dedup"]
    assert [(reason.name, reason.units) for reason in found[1].reasons] == [("完全重复", 2), ("近似重复", 1)]
    assert found[1].reasons[0].sentence == DropReason.EXACT_DUPLICATE.value
    assert (found[0].reasons[0].name, found[0].reasons[0].sentence) == ("SOMETHING_NEW", "")
    assert found[0].edits == [("OPENCC", 0, 1), ("SPACES", 3, 0)]


def test_a_small_share_is_never_shown_as_nothing() -> None:
    assert [percent(0), percent(0.00001), percent(0.0015), percent(1)] == ["0.0%", "<0.1%", "0.1%", "100.0%"]
