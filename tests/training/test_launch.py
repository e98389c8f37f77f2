"""The launcher starts the stage's own command line once a rank, and what torch.distributed reads: here, or on Ray."""

import json
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pipeline.core.stage import Stage
from pipeline.schema.device import Device
from pipeline.schema.model import ModelConfig
from pipeline.schema.train import TrainConfig
from pipeline.training import launch as launcher
from pipeline.training.launch import launch, needs_of_rank
from tests.ray_stand_in import NODE, Cluster, put_in_place
from tests.training.tiny_run import ROOT, params, smoke_config

STAGE = Stage(
    "rank_report", "", {"model": ModelConfig, "train": TrainConfig}, {"pack": ""}, {"out": ""},
    package="tests.training", ranks=True,
)  # fmt: skip


@pytest.fixture
def command(tmp_path, monkeypatch):
    """The arguments of the stage with `changes` of params.yaml."""
    OmegaConf.save(params(), tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    for name in ("RANK", "WORLD_SIZE", "RAY_ADDRESS", "FAILING_RANK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("REPORTS", str(tmp_path))

    def arguments(*changes: str) -> list[str]:
        settings = [word for change in changes for word in ("--set", change)]
        return ["--params", "params.yaml", "--pack", "a pack", "--out", "模型", *settings]

    return arguments


def reports() -> list[dict[str, Any]]:
    """What the ranks were called with, in their order."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path().glob("[0-9].json"))]


def test_one_rank_and_a_rank_that_was_started_do_the_work_themselves(command, monkeypatch):
    assert launch(STAGE, command()) is None
    monkeypatch.setenv("RANK", "1")
    assert launch(STAGE, command("train.ranks=2", "engine.kind=ray")) is None
    assert reports() == []


def test_every_rank_gets_the_command_line_and_its_number(command):
    arguments = command("train.ranks=2", "train.lr=0.5")
    assert launch(STAGE, arguments) == 0
    found = reports()
    assert [report["arguments"] for report in found] == [arguments, arguments]
    assert [(report["RANK"], report["LOCAL_RANK"], report["WORLD_SIZE"]) for report in found] == [
        ("0", "0", "2"), ("1", "1", "2"),
    ]  # fmt: skip
    assert {report["MASTER_ADDR"] for report in found} == {"127.0.0.1"}
    (port,) = {report["MASTER_PORT"] for report in found}
    assert 1 <= int(port) <= 65_535


@pytest.mark.parametrize("rank", ["0", "1"])
def test_the_status_of_the_rank_that_fails_is_the_status_of_all(command, monkeypatch, rank):
    monkeypatch.setenv("FAILING_RANK", rank)
    assert launch(STAGE, command("train.ranks=2")) == 3


def test_what_is_wrong_in_conf_is_said_before_anything_starts(command, capsys):
    assert launch(STAGE, command("train.ranks=3")) == 2
    assert "rank_report: ConfigError: " in capsys.readouterr().err
    assert reports() == []


def test_on_ray_each_rank_is_a_task_with_its_threads_in_a_bundle_of_its_own(command, monkeypatch, tmp_path):
    monkeypatch.setenv("RAY_ADDRESS", "ray-head:6379")
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 8.0}))
    arguments = command("engine.kind=ray", "train.ranks=2", "train.threads=3")
    assert launch(STAGE, arguments) == 0
    assert cluster.inits == [{"address": "ray-head:6379", "log_to_driver": True}]
    assert cluster.groups == [([{"CPU": 3}, {"CPU": 3}], "PACK")]
    assert [group.number for group in cluster.removed] == [1]
    # Rank 0's node says where it can be met, then the ranks start.
    assert [(task.function.__name__, task.place) for task in cluster.tasks] == [
        ("_address_in_ray", (1, 0)), ("_run_rank", (1, 0)), ("_run_rank", (1, 1)),
    ]  # fmt: skip
    assert all(task.needs == {"num_cpus": 3, "num_gpus": 0, "max_retries": 0} for task in cluster.tasks)
    found = reports()
    assert [report["arguments"] for report in found] == [arguments, arguments]
    assert [report["folder"] for report in found] == [str(tmp_path)] * 2
    # A rank sees one GPU, its own: number 0 on its node.
    assert [(report["RANK"], report["LOCAL_RANK"], report["WORLD_SIZE"]) for report in found] == [
        ("0", "0", "2"), ("1", "0", "2"),
    ]  # fmt: skip
    assert {(report["MASTER_ADDR"], report["MASTER_PORT"]) for report in found} == {
        (NODE, str(cluster.tasks[0].result[1]))
    }


def test_one_rank_on_ray_is_a_task_too(command, monkeypatch):
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 8.0}))
    assert launch(STAGE, command("engine.kind=ray")) == 0
    assert cluster.inits == [{"address": None, "log_to_driver": True}]
    assert [report["WORLD_SIZE"] for report in reports()] == ["1"]


def test_a_rank_that_fails_on_ray_ends_the_others(command, monkeypatch):
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 8.0}))
    monkeypatch.setenv("FAILING_RANK", "0")
    assert launch(STAGE, command("engine.kind=ray", "train.ranks=2")) == 3
    assert [task.arguments[3] for task in cluster.cancelled] == [1]
    assert len(cluster.removed) == 1


def test_a_cluster_without_room_is_named_with_what_it_has(command, monkeypatch, capsys):
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 1.0}, room=False))
    assert launch(STAGE, command("engine.kind=ray", "train.ranks=2")) == 2
    error = capsys.readouterr().err
    assert "the Ray cluster has no room for train.ranks=2 of {'CPU': 1} each; it has {'CPU': 1.0}" in error
    assert cluster.tasks == [] and len(cluster.removed) == 1


def test_without_ray_the_extra_is_named(command, monkeypatch, capsys):
    monkeypatch.setitem(launcher.sys.modules, "ray", None)
    assert launch(STAGE, command("engine.kind=ray")) == 2
    assert "engine.kind=ray needs the ray extra, pip install '.[ray]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("device", "gpus", "needs"),
    [
        (Device.auto, 2.0, {"CPU": 1, "GPU": 1}),
        (Device.cuda, 3.0, {"CPU": 1, "GPU": 1}),
        (Device.auto, 1.0, {"CPU": 1}),
        (Device.cpu, 2.0, {"CPU": 1}),
    ],
)
def test_a_rank_asks_for_a_gpu_where_the_cluster_has_one_for_each(device, gpus, needs):
    config = smoke_config()
    config.ranks, config.device = 2, device
    assert needs_of_rank(config, {"CPU": 8.0, "GPU": gpus}) == needs
    assert needs_of_rank(config, {"CPU": 8.0}) == {"CPU": 1}
