"""As much of Ray as the engine and the launcher call: it keeps what they ask for and runs each task at once, here.

`make acceptance` has the real one (tests/acceptance/test_ray.py).
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

import joblib
import pytest
from joblib._parallel_backends import SequentialBackend

NODE = "10.0.0.7"


@dataclass
class Task:
    function: Callable[..., Any]
    needs: dict[str, Any]
    """Arguments of ray.remote."""
    place: Any = None
    """Placement group and bundle."""
    arguments: tuple[Any, ...] = ()
    result: Any = None

    def options(self, scheduling_strategy: Any) -> "Task":
        self.place = scheduling_strategy
        return self

    def remote(self, *arguments: Any) -> "Task":
        self.arguments, self.result = arguments, self.function(*arguments)
        return self


@dataclass
class Cluster:
    """A cluster with these resources."""

    resources: dict[str, float]
    room: bool = True
    """Whether a placement group finds room."""
    inits: list[dict[str, Any]] = field(default_factory=list)
    groups: list[tuple[list[dict[str, float]], str]] = field(default_factory=list)
    """Bundles and strategy of the placement groups."""
    removed: list[Any] = field(default_factory=list)
    cancelled: list[Task] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    workers: set[int] = field(default_factory=set)
    """How many workers joblib asked for."""

    def remote(self, **needs: Any) -> Callable[[Callable[..., Any]], Task]:
        def task(function: Callable[..., Any]) -> Task:
            self.tasks.append(Task(function, needs))
            return self.tasks[-1]

        return task

    def placement_group(self, bundles: list[dict[str, float]], strategy: str) -> Any:
        self.groups.append((bundles, strategy))
        return SimpleNamespace(wait=lambda seconds: self.room and seconds > 0, number=len(self.groups))


class CountingBackend(SequentialBackend):
    """Runs each item at once, and notes for how many workers it was asked."""

    def __init__(self, cluster: Cluster, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.cluster = cluster

    def effective_n_jobs(self, n_jobs: int) -> int:
        self.cluster.workers.add(n_jobs)
        return 1


def put_in_place(patch: pytest.MonkeyPatch, cluster: Cluster) -> None:
    """`import ray` gives the stand-in."""
    ray, util, joblib_backend = ModuleType("ray"), ModuleType("ray.util"), ModuleType("ray.util.joblib")
    for name, value in {
        "is_initialized": lambda: bool(cluster.inits),
        "init": lambda **arguments: cluster.inits.append(arguments),
        "cluster_resources": lambda: cluster.resources,
        "remote": cluster.remote,
        "get": lambda task: task.result,
        "wait": lambda tasks, num_returns: (tasks[:num_returns], tasks[num_returns:]),
        "cancel": lambda task, force: cluster.cancelled.append(task) if force else None,
        "util": util,
    }.items():
        setattr(ray, name, value)
    for name, value in {
        "joblib": joblib_backend,
        "placement_group": cluster.placement_group,
        "remove_placement_group": cluster.removed.append,
        "get_node_ip_address": lambda: NODE,
        "scheduling_strategies": SimpleNamespace(
            PlacementGroupSchedulingStrategy=lambda group, placement_group_bundle_index: (
                group.number,
                placement_group_bundle_index,
            )
        ),
    }.items():
        setattr(util, name, value)
    backend = partial(CountingBackend, cluster)
    joblib_backend.register_ray = lambda: joblib.register_parallel_backend("ray", backend)  # type: ignore[attr-defined]
    for module in (ray, util, joblib_backend):
        patch.setitem(sys.modules, module.__name__, module)
