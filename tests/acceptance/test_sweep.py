"""A sweep through DVC's queue, as README shows it: two workers, right parameters, nothing left behind."""

import json
import time
from pathlib import Path

import psutil
import pytest

from tests.checkout import TIME_LIMIT_S, Checkout

pytestmark = pytest.mark.acceptance


def left_behind(folder: Path) -> list[str]:
    """Command lines of processes that still work in the checkout."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if process.info["cwd"] and Path(process.info["cwd"]).is_relative_to(folder):
            found.append(" ".join(process.info["cmdline"] or []))
    return found


def wait_for_queue(checkout: Checkout) -> None:
    """Until no experiment is queued or running and the workers have gone."""
    until = time.monotonic() + TIME_LIMIT_S
    while time.monotonic() < until:
        status = checkout.dvc("queue", "status").stdout
        if "Running" not in status and "Queued" not in status and "0 active" in status:
            return
        time.sleep(2)
    raise AssertionError(f"the queue does not end:\n{status}\n{left_behind(checkout.folder)}")


def test_a_sweep_of_two_by_two_with_two_workers(tmp_path):
    checkout = Checkout(tmp_path)
    queued = checkout.run(
        "make", "sweep", "VENV=none", "ACTIVE=", "WORKERS=2",
        "SWEEP=-S experiment=smoke -S train.steps=10 -S train.lr=0.01,0.02 -S tokenizer.vocab_size=900,1024",
    )  # fmt: skip
    assert queued.stdout.count("Queued experiment") == 4
    wait_for_queue(checkout)
    table = json.loads(checkout.dvc("exp", "show", "--json").stdout)
    experiments = [branch["revs"][0]["data"] for row in table for branch in row["experiments"] or []]
    assert len(experiments) == 4
    chosen = set()
    for data in experiments:
        params = data["params"]["params.yaml"]["data"]
        figures = data["metrics"]["metrics/report.json"]["data"]
        assert figures["vocabulary"] == params["tokenizer"]["vocab_size"]
        assert 5 < figures["bpc"] < 15
        chosen.add((params["train"]["lr"], params["tokenizer"]["vocab_size"], params["train"]["steps"]))
    assert chosen == {(lr, size, 10) for lr in (0.01, 0.02) for size in (900, 1024)}
    assert left_behind(tmp_path) == []
