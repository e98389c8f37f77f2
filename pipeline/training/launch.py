"""Starts the processes that share a run: on this machine, or as tasks of a Ray cluster.

Both run the stage's own command line again, once a rank, with the variables that torch.distributed reads, as torchrun
does; several nodes without Ray are started by hand, with torchrun on each of them.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, WenyuanError
from pipeline.core.stage import Stage, parser
from pipeline.schema.device import Device
from pipeline.schema.engine import EngineConfig, EngineKind
from pipeline.schema.train import TrainConfig

LOOK_S = 0.2
GRACE_S = 20.0
"""What the other ranks get to end by themselves once one has failed."""
ROOM_S = 60
"""How long a Ray cluster gets to make room for the ranks."""


def launch(stage: Stage, argv: Sequence[str]) -> int | None:
    """Exit status of the ranks together, or None where this process itself is to do the work: it is a rank already,
    or the only one."""
    options = parser(stage).parse_args(argv)
    if "RANK" in os.environ:
        return None
    try:
        params = read_params(options.params, options.set)
        config, engine = load_section(params, "train", TrainConfig), load_section(params, "engine", EngineConfig)
        command = [sys.executable, "-m", f"{stage.package}.{stage.name}", *argv]
        if engine.kind is EngineKind.ray:
            return _on_ray(command, config)
    except WenyuanError as error:
        print(f"{stage.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return None if config.ranks == 1 else _on_this_machine(command, config.ranks)


def _on_this_machine(command: Sequence[str], ranks: int) -> int:
    """The first status other than 0, or 0. A rank that fails ends the others; SIGTERM goes on to all of them."""
    address = _address_here()
    running = [subprocess.Popen(command, env=_variables(address, rank, rank, ranks)) for rank in range(ranks)]

    def pass_on(number: int, _: object) -> None:
        for rank in running:
            rank.send_signal(number)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while _going_on(running) and not _failed(running):
            time.sleep(LOOK_S)
        status = _failed(running)
        if status:
            _await_end(running)
        return status
    finally:
        signal.signal(signal.SIGTERM, before)
        for rank in running:
            rank.kill()


def _going_on(running: "Sequence[subprocess.Popen[bytes]]") -> bool:
    return any(rank.poll() is None for rank in running)


def _failed(running: "Sequence[subprocess.Popen[bytes]]") -> int:
    """The first status other than 0 of those that have ended, or 0."""
    return next((status for rank in running if (status := rank.poll())), 0)


def _await_end(running: "Sequence[subprocess.Popen[bytes]]") -> None:
    until = time.monotonic() + GRACE_S
    while _going_on(running) and time.monotonic() < until:
        time.sleep(LOOK_S)


def _on_ray(command: Sequence[str], config: TrainConfig) -> int:
    """One task a rank, each with its CPU threads and, where the cluster has them, a GPU. The paths of the command
    line must lead to the same files on every node."""
    try:
        import ray
    except ImportError as error:
        raise ConfigError(f"engine.kind=ray needs the ray extra, pip install '.[ray]': {error}") from error
    if not ray.is_initialized():
        ray.init(address=os.environ.get("RAY_ADDRESS"), log_to_driver=True)
    ranks, cluster = config.ranks, ray.cluster_resources()
    needs = needs_of_rank(config, cluster)
    group = ray.util.placement_group([needs] * ranks, strategy="PACK")
    try:
        if not group.wait(ROOM_S):
            raise ConfigError(
                f"the Ray cluster has no room for train.ranks={ranks} of {needs} each; it has {cluster}"
            )

        def start(rank: int, function: Callable[..., Any], *arguments: object) -> Any:
            place = ray.util.scheduling_strategies.PlacementGroupSchedulingStrategy
            task = ray.remote(num_cpus=needs["CPU"], num_gpus=needs.get("GPU", 0), max_retries=0)(function)
            where = place(group, placement_group_bundle_index=rank)
            return task.options(scheduling_strategy=where).remote(*arguments)

        address = ray.get(start(0, _address_in_ray))
        waiting = [start(rank, _run_rank, command, os.getcwd(), address, rank, ranks) for rank in range(ranks)]
        return _first_failure(ray, waiting)
    finally:
        ray.util.remove_placement_group(group)


def needs_of_rank(config: TrainConfig, cluster: Mapping[str, float]) -> dict[str, float]:
    """What one rank asks of a Ray cluster of these resources."""
    wants_gpu = config.device is not Device.cpu and cluster.get("GPU", 0) >= config.ranks
    return {"CPU": config.threads, **({"GPU": 1} if wants_gpu else {})}


def _first_failure(ray: Any, waiting: list[Any]) -> int:
    """The status of the first task that gives another than 0, the rest cancelled; 0 once all have ended."""
    while waiting:
        done, waiting = ray.wait(waiting, num_returns=1)
        status = int(ray.get(done[0]))
        if status:
            for other in waiting:
                ray.cancel(other, force=True)
            return status
    return 0


def _address_here() -> tuple[str, int]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return "127.0.0.1", int(found.getsockname()[1])


def _address_in_ray() -> tuple[str, int]:
    """Where rank 0 can be met: this node's address and a free port."""
    import ray

    return ray.util.get_node_ip_address(), _address_here()[1]


def _run_rank(command: Sequence[str], folder: str, address: tuple[str, int], rank: int, ranks: int) -> int:
    """The stage in a process of its own; Ray has set CUDA_VISIBLE_DEVICES to this rank's GPU."""
    done = subprocess.run(command, cwd=folder, env=_variables(address, rank, 0, ranks), check=False)
    return done.returncode


def _variables(address: tuple[str, int], rank: int, local: int, ranks: int) -> dict[str, str]:
    return {
        **os.environ,
        "MASTER_ADDR": address[0],
        "MASTER_PORT": str(address[1]),
        "RANK": str(rank),
        "LOCAL_RANK": str(local),
        "WORLD_SIZE": str(ranks),
    }
