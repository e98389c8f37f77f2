"""Shards are worked on in order, and a failure names its shard."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from pipeline.core.engine import map_shards, worker_count
from pipeline.core.errors import ConfigError, ContractError, ShardError
from pipeline.schema.engine import EngineConfig, EngineKind
from tests.ray_stand_in import Cluster, put_in_place


def local(workers: int) -> EngineConfig:
    return EngineConfig(EngineKind.local, workers)


def slow_first(number: int) -> int:
    time.sleep(0.05 if number == 0 else 0)
    return number * number


def divide(path: Path) -> float:
    return 1 / (len(path.stem) - 1)


def break_contract(path: Path) -> None:
    raise ContractError(f"{path}: row 3: url is null")


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(workers):
    assert list(map_shards(local(workers), slow_first, range(7))) == [0, 1, 4, 9, 16, 25, 36]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_error_names_the_item_and_the_cause(workers):
    with pytest.raises(ShardError, match=r"^b\.parquet: ZeroDivisionError: division by zero$"):
        list(map_shards(local(workers), divide, [Path("ab.parquet"), Path("b.parquet")]))


@pytest.mark.parametrize("workers", [1, 2])
def test_our_own_errors_come_through_as_they_are(workers):
    with pytest.raises(ContractError, match=r"^[xy]: row 3: url is null$"):
        list(map_shards(local(workers), break_contract, [Path("x"), Path("y")]))


@pytest.mark.filterwarnings("ignore:A worker stopped while some jobs")
def test_a_killed_worker_is_a_shard_error():
    with pytest.raises(ShardError, match=r"a worker process was killed, .* fewer engine\.workers"):
        list(map_shards(local(2), die, [1, 2]))


def test_no_items_give_no_results():
    assert list(map_shards(local(2), slow_first, [])) == []


def test_zero_workers_means_one_a_core():
    assert worker_count(local(0)) == len(os.sched_getaffinity(0))
    assert worker_count(local(3)) == 3


def on_ray(workers: int) -> EngineConfig:
    return EngineConfig(EngineKind.ray, workers)


def test_on_ray_the_items_go_out_in_rounds_and_come_back_in_order(monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "ray-head:6379")
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 8.0}))
    begun: list[int] = []

    def note(number: int) -> int:
        begun.append(number)
        return number * number

    results = map_shards(on_ray(2), note, range(11))
    assert next(results) == 0
    assert begun == list(range(8))  # four items a worker
    assert list(results) == [number * number for number in range(1, 11)]
    assert begun == list(range(11))
    assert cluster.inits == [{"address": "ray-head:6379", "log_to_driver": False}]
    assert cluster.workers == {2}


def test_on_ray_zero_workers_means_all_cores_of_the_cluster(monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 3.0}))
    begun: list[int] = []
    next(map_shards(on_ray(0), begun.append, range(100)))
    assert begun == list(range(12))
    assert cluster.workers == {3}
    assert cluster.inits == [{"address": None, "log_to_driver": False}]


def test_a_cluster_that_is_there_is_used_again(monkeypatch):
    put_in_place(monkeypatch, cluster := Cluster({"CPU": 2.0}))
    assert list(map_shards(on_ray(1), abs, [-1])) == list(map_shards(on_ray(1), abs, [1])) == [1]
    assert len(cluster.inits) == 1


def test_on_ray_an_error_names_the_item_and_the_cause(monkeypatch):
    put_in_place(monkeypatch, Cluster({"CPU": 2.0}))
    with pytest.raises(ShardError, match=r"^b\.parquet: ZeroDivisionError: division by zero$"):
        list(map_shards(on_ray(2), divide, [Path("ab.parquet"), Path("b.parquet")]))


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"engine\.kind=ray needs the ray extra, pip install '\.\[ray\]'"):
        list(map_shards(on_ray(2), abs, [1]))
