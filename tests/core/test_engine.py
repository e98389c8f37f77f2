"""Shards are worked on in order, and a failure names its shard."""

import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.core.engine import map_shards, worker_count
from pipeline.core.errors import ContractError, ShardError
from pipeline.schema.engine import EngineConfig, EngineKind


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
