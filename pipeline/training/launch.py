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
from collections.abc import Sequence
from typing import Any

from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, WenyuanError
from pipeline.core.stage import Stage, parser
from pipeline.schema.engine import EngineConfig, EngineKind
from pipeline.schema.train import TrainConfig

LOOK_S = 0.2
GRACE_S = 20.0
"""What the other ranks get to end by themselves once one has failed."""


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
        while all(rank.poll() in (None, 0) for rank in running) and any(rank.poll() is None for rank in running):
            time.sleep(LOOK_S)
        failed = [rank.returncode for rank in running if rank.returncode]
        if failed:
            _end(running)
        return failed[0] if failed else 0
    finally:
        signal.signal(signal.SIGTERM, before)
        for rank in running:
            rank.kill()


def _end(running: Sequence["subprocess.Popen[bytes]"]) -> None:
    until = time.monotonic() + GRACE_S
    while any(rank.poll() is None for rank in running) and time.monotonic() < until:
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
    ranks, folder = config.ranks, os.getcwd()
    wants_gpu = config.device.name != "cpu" and ray.cluster_resources().get("GPU", 0) >= ranks
    bundles = [{"CPU": config.threads, **({"GPU": 1} if wants_gpu else {})} for _ in range(ranks)]
    group = ray.util.placement_group(bundles, strategy="PACK")
    try:
        if not group.wait(60):
            raise ConfigError(
                f"the Ray cluster has no room for train.ranks={ranks} of {bundles[0]} each; it has "
                f"{ray.cluster_resources()}"
            )
        task: Any = ray.remote(num_cpus=config.threads, num_gpus=int(wants_gpu), max_retries=0)
        place: Any = ray.util.scheduling_strategies.PlacementGroupSchedulingStrategy
        placed = [place(group, placement_group_bundle_index=rank) for rank in range(ranks)]
        address = ray.get(task(_address_in_ray).options(scheduling_strategy=placed[0]).remote())
        waiting = [
            task(_run_rank).options(scheduling_strategy=placed[rank]).remote(command, folder, address, rank, ranks)
            for rank in range(ranks)
        ]
        while waiting:
            done, waiting = ray.wait(waiting, num_returns=1)
            status = int(ray.get(done[0]))
            if status:
                for other in waiting:
                    ray.cancel(other, force=True)
                return status
        return 0
    finally:
        ray.util.remove_placement_group(group)


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
