"""A sweep as README shows it, from a fresh clone: two workers, waited for, right parameters, nothing left behind."""

import json
from pathlib import Path

import psutil
import pytest
from omegaconf import OmegaConf

from tests.checkout import Checkout

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(3600)]
HERE = ("VENV=none", "ACTIVE=")
"""make takes the environment that is active."""


def left_behind(folder: Path) -> list[str]:
    """Command lines of processes that still work in the checkout."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if process.info["cwd"] and Path(process.info["cwd"]).is_relative_to(folder):
            found.append(" ".join(process.info["cmdline"] or []))
    return found


def rows(printed: str) -> list[list[str]]:
    """Experiment's name and the other cells of each experiment's row, in the order of `dvc exp show`."""
    lines = [line for line in printed.splitlines() if line.lstrip().startswith(("├──", "└──"))]
    return [[line.partition("[")[2].partition("]")[0], *line.partition("]")[2].split()] for line in lines]


def test_a_sweep_of_two_by_two_with_two_workers_and_its_winner(tmp_path):
    checkout = Checkout(tmp_path)
    done = checkout.run(
        "make", "sweep", *HERE, "WORKERS=2", "HOURS=1",
        "SWEEP=-S experiment=smoke -S train.steps=10 -S train.lr=0.01,0.02 -S tokenizer=bpe,wordlist",
        time_limit_s=3600,
    )  # fmt: skip
    assert left_behind(tmp_path) == []
    assert done.stdout.count("Queued experiment") == 4
    assert "4 of 4 done" in done.stdout and "workers stopped" in done.stdout

    table = json.loads(checkout.dvc("exp", "show", "--json").stdout)
    experiments = {branch["name"]: branch["revs"][0] for row in table for branch in row["experiments"] or []}
    assert len(experiments) == 4
    chosen, scores = set(), {}
    for name, experiment in experiments.items():
        params = experiment["data"]["params"]["params.yaml"]["data"]
        figures = experiment["data"]["metrics"]["metrics/report.json"]["data"]
        method = params["tokenizer"]["method"]
        assert (figures["vocabulary"] == params["tokenizer"]["vocab_size"]) is (method == "bpe")
        assert 5 < figures["bpc"] < 15
        scores[name] = figures["bpc"]
        chosen.add((params["train"]["lr"], method, params["train"]["steps"]))
    assert chosen == {(lr, method, 10) for lr in (0.01, 0.02) for method in ("bpe", "wordlist")}

    shown = rows(done.stdout)
    best = min(scores, key=scores.__getitem__)
    assert [row[0] for row in shown] == sorted(scores, key=scores.__getitem__)
    assert [float(row[1]) for row in shown] == pytest.approx(sorted(scores.values()), rel=1e-4)
    assert "tokenizer.method" in done.stdout and "train.lr" in done.stdout and "sentiment" not in done.stdout

    checkout.run("make", "winner", *HERE, "NAME=best")
    written = OmegaConf.load(tmp_path / "conf" / "experiment" / "best.yaml")
    assert written.train.steps == 10
    checkout.compose("experiment=best")
    winner = checkout.git("show", f"{experiments[best]['rev']}:params.yaml")
    assert (tmp_path / "params.yaml").read_text(encoding="utf-8") == winner
