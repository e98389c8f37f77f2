"""The table: finished experiments alone, the best first, and the parameters that were swept."""

import pytest

from pipeline.core.errors import RunError
from pipeline.sweeps.results import best, changed, read_results


def experiment(name: str, score: float | None, state: str | None, **train: object) -> dict:
    params = {
        "seed": 42,
        "train": {"lr": 0.02, "betas": [0.9], **train},
        "report": {"parameters": {"train.lr": train}},
    }
    data = {
        "metrics": {"metrics/report.json": {"data": {"bpc": score} if score else {}}},
        "params": {"params.yaml": {"data": params}},
    }
    executor = {"state": state} if state else None
    return {"name": name, "executor": executor, "revs": [{"rev": f"{name}-commit", "data": data}]}


TABLE = [
    {"rev": "workspace", "experiments": None},
    {
        "rev": "c3d84da",
        "experiments": [
            experiment("slow", 6.8, "success", lr=0.01),
            experiment("running", 5.0, "running"),  # DVC shows its commit's scores
            experiment("good", 6.6, None, lr=0.02, clip=None),
            experiment("equal", 6.8, "success"),
            experiment("half", None, "success"),
            {"name": "broken", "executor": {"state": "failed"}, "revs": [{"rev": "x", "data": None}]},
            {"name": "lost", "executor": None, "revs": [{"rev": "x", "data": None, "error": "no such commit"}]},
        ],
    },
]


def test_finished_experiments_come_the_best_first():
    found = read_results(TABLE)
    assert [(result.name, result.score) for result in found] == [("good", 6.6), ("equal", 6.8), ("slow", 6.8)]
    assert found[0].revision == "good-commit"
    assert found[2].params["train.lr"] == 0.01


def test_the_parameters_that_differ_are_told_without_the_report_s_copies():
    assert changed(read_results(TABLE)) == ["train.lr"]
    assert changed(read_results(TABLE)[:1]) == [] == changed([])


def test_the_best_or_the_named_one_is_taken():
    found = read_results(TABLE)
    assert best(found).name == "good"
    assert best(found, "slow").name == "slow"


def test_without_a_result_there_is_no_winner():
    with pytest.raises(RunError, match=r"no finished experiment on this commit \(there are: none\)"):
        best([])
    with pytest.raises(RunError, match=r"no finished experiment running \(there are: good, equal, slow\)"):
        best(read_results(TABLE), "running")
