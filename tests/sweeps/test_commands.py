"""`python -m pipeline.sweeps`: exit status by what became of the experiments, files of others left alone."""

import shutil
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from pipeline.core.compose import CONF, compose_params
from pipeline.core.errors import RunError
from pipeline.sweeps import __main__ as sweeps
from pipeline.sweeps.__main__ import main
from pipeline.sweeps.queue import Task
from pipeline.sweeps.results import Result

RUN = ["run", "--workers", "2", "--hours", "1", "--", "-S", "train.lr=0.01,0.02"]


@pytest.fixture
def done(monkeypatch) -> list:
    """What was asked of the queue, in order; both experiments succeed."""
    calls: list = []
    states = {"a": Task("1" * 7, "a", "Success"), "b": Task("2" * 7, "b", "Success")}
    monkeypatch.setattr(sweeps.queue, "fill", lambda words, _: calls.append(words) or ["a", "b"])
    monkeypatch.setattr(sweeps.queue, "start", lambda workers: calls.append(workers))
    monkeypatch.setattr(sweeps.queue, "wait", lambda names, limit_s, _: calls.append((names, limit_s)) or states)
    monkeypatch.setattr(sweeps.queue, "stop", lambda _, kill=False: calls.append("kill" if kill else "stop"))
    monkeypatch.setattr(sweeps, "results", lambda **_: [Result("a", "0a1b", 6.5, {})])
    monkeypatch.setattr(sweeps, "show", lambda found: calls.append([result.name for result in found]))
    return calls


def test_a_sweep_is_queued_worked_on_waited_for_stopped_and_shown(done):
    assert main(RUN) == 0
    assert done == [["-S", "train.lr=0.01,0.02"], 2, (["a", "b"], 3600.0), "stop", ["a"]]


def test_a_failed_experiment_ends_with_status_one_after_the_table(done, monkeypatch, capsys):
    failed = {"a": Task("1" * 7, "a", "Success"), "b": Task("2" * 7, "b", "Failed")}
    monkeypatch.setattr(sweeps.queue, "wait", lambda *_: failed)
    assert main(RUN) == 1
    assert done[-1] == ["a"]
    assert capsys.readouterr().err.startswith("failed: b")


def test_a_sweep_that_does_not_end_is_killed_and_ends_with_status_two(done, monkeypatch, capsys):
    def wait(*_: object) -> None:
        raise RunError("b: not done after 1 hours")

    monkeypatch.setattr(sweeps.queue, "wait", wait)
    assert main(RUN) == 2
    assert done[-1] == "kill"
    assert capsys.readouterr().err == "sweeps: RunError: b: not done after 1 hours\n"


def test_interrupted_the_queue_works_on(done, monkeypatch, capsys):
    def wait(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeps.queue, "wait", wait)
    assert main(RUN) == 130
    assert done[-1] == 2
    assert "dvc queue stop --kill" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--workers", "0", "--hours", "1"], ["--workers", "1", "--hours", "0"]])
def test_a_sweep_without_workers_or_time_queues_nothing(done, words):
    assert main(["run", *words, "--", "-S", "seed=1,2"]) == 2
    assert done == []


@pytest.fixture
def conf(tmp_path: Path, monkeypatch) -> Path:
    """A copy of conf/ that the winner is written to; the only result is of the seed 7."""
    params = OmegaConf.to_yaml(compose_params(["seed=7"]))
    monkeypatch.setattr(sweeps, "CONF", Path(shutil.copytree(CONF, tmp_path / "conf")))
    monkeypatch.setattr(sweeps, "results", lambda **_: [Result("boric-scut", "0a1b", 6.5123, {})])
    monkeypatch.setattr(sweeps, "git", lambda *words: {("show", "0a1b:params.yaml"): params}[words])
    return tmp_path / "conf"


def test_the_winner_becomes_an_experiment_and_may_be_replaced_by_the_next(conf, capsys):
    for _ in range(2):
        assert main(["winner", "--name", "best"]) == 0
        assert (conf / "experiment/best.yaml").read_text(encoding="utf-8") == (
            "# @package _global_\n"
            "# boric-scut: 6.5123 bits per character on test. Written by `make winner NAME=best`.\n"
            "seed: 7\n"
        )
    assert "make repro EXPERIMENT=best" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "message"),
    [("smoke", "smoke.yaml was written by hand"), ("../best", "letters, digits"), ("", "NAME ''")],
)
def test_a_name_that_is_taken_or_none_changes_nothing(conf, capsys, name, message):
    before = {path: path.read_bytes() for path in conf.rglob("*.yaml")}
    assert main(["winner", "--name", name]) == 2
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in conf.rglob("*.yaml")} == before
