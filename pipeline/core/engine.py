"""Where shards are worked on: processes of this machine, or a Ray cluster. The bytes are the same."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import joblib
from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError

from pipeline.core.errors import ConfigError, ShardError, WenyuanError
from pipeline.schema.engine import EngineConfig, EngineKind

Item = TypeVar("Item")
Result = TypeVar("Result")

RAY_ROUND = 4
"""Items a worker in one round on Ray."""


def worker_count(engine: EngineConfig) -> int:
    """`engine.workers`, or all cores of this machine where it is 0."""
    return engine.workers or joblib.cpu_count()


def map_shards(engine: EngineConfig, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Apply `function` to every item, yielding results in the order of `items`.

    Workers are processes (local) or Ray tasks (ray). A failure raises ShardError with the item's name, except
    our own errors, which already say what to do.
    """
    guarded = _Guard(function)
    if engine.kind is EngineKind.ray:
        yield from _map_on_ray(engine, guarded, items)
        return
    workers = min(worker_count(engine), max(1, len(items)))
    if workers == 1:
        yield from map(guarded, items)
        return
    try:
        run = Parallel(n_jobs=workers, backend="loky", return_as="generator", pre_dispatch="2*n_jobs")
        yield from run(delayed(guarded)(item) for item in items)
    except TerminatedWorkerError as error:
        cause = "a worker process was killed, most often for want of memory; try fewer engine.workers"
        raise ShardError(cause) from error


def _map_on_ray(engine: EngineConfig, guarded: "_Guard", items: Sequence[Any]) -> Iterator[Any]:
    """In rounds of a few items a worker: Ray's joblib backend returns whole lists, which must stay small."""
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError as error:
        raise ConfigError(f"engine.kind=ray needs the ray extra, pip install '.[ray]': {error}") from error
    if not ray.is_initialized():
        ray.init(address=os.environ.get("RAY_ADDRESS"), log_to_driver=False)
    register_ray()
    workers = engine.workers or int(ray.cluster_resources()["CPU"])
    size = workers * RAY_ROUND
    for start in range(0, len(items), size):
        with parallel_config(backend="ray"):
            results = Parallel(n_jobs=workers)(delayed(guarded)(item) for item in items[start : start + size])
        yield from results


class _Guard:
    """Names the item in the error of a worker (picklable, unlike a closure)."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, item: Any) -> Any:
        try:
            return self.function(item)
        except WenyuanError:
            raise
        except Exception as error:
            name = item if isinstance(item, (str, Path)) else repr(item)[:200]
            raise ShardError(f"{name}: {type(error).__name__}: {error}") from error
