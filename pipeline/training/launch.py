"""Starts the processes that share a run: torchrun on this machine, or tasks of a Ray cluster.

Both run the stage's own command line again, once a rank, with the variables that torch.distributed reads; several
nodes without Ray are started by hand, with torchrun on each of them.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, WenyuanError
from pipeline.core.stage import Stage, parser
from pipeline.schema.engine import EngineConfig, EngineKind
from pipeline.schema.train import TrainConfig


def launch(stage: Stage, argv: Sequence[str]) -> int | None:
    """Exit status of the ranks together, or None where this process itself is to do the work: it is a rank already,
    or the only one."""
    options = parser(stage).parse_args(argv)
    if "RANK" in os.environ:
        return None
    try:
        params = read_params(options.params, options.set)
        ranks, engine = load_section(params, "train", TrainConfig).ranks, load_section(params, "engine", EngineConfig)
        command = ["-m", f"{stage.package}.{stage.name}", *argv]
        if engine.kind is EngineKind.ray:
            return _on_ray(command, ranks, load_section(params, "train", TrainConfig))
    except WenyuanError as error:
        print(f"{stage.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if ranks == 1:
        return None
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}", *command]
    os.execv(sys.executable, [sys.executable, *torchrun])  # signals reach torchrun, which passes them on


def _on_ray(command: Sequence[str], ranks: int, config: TrainConfig) -> int:
    """One task a rank, each with its CPU threads and, where the cluster has them, a GPU. The paths of the command
    line must lead to the same files on every node."""
    try:
        import ray
    except ImportError as error:
        raise ConfigError(f"engine.kind=ray needs the ray extra, pip install '.[ray]': {error}") from error
    if not ray.is_initialized():
        ray.init(address=os.environ.get("RAY_ADDRESS"), log_to_driver=True)
    wants_gpu = config.device.name != "cpu" and ray.cluster_resources().get("GPU", 0) >= ranks
    task: Any = ray.remote(num_cpus=config.threads, num_gpus=int(wants_gpu), max_retries=0)
    bundles = [{"CPU": config.threads, **({"GPU": 1} if wants_gpu else {})} for _ in range(ranks)]
    group = ray.util.placement_group(bundles, strategy="PACK")
    try:
        if not ray.util.placement_group_table(group) or not group.wait(60):
            raise ConfigError(
                f"the Ray cluster has no room for train.ranks={ranks} of {bundles[0]} each; it has "
                f"{ray.cluster_resources()}"
            )
        placed = [
            ray.util.scheduling_strategies.PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=rank)
            for rank in range(ranks)
        ]
        address = ray.get(task(_address).options(scheduling_strategy=placed[0]).remote())
        folder = os.getcwd()
        running = [
            task(_run_rank).options(scheduling_strategy=placed[rank]).remote(command, folder, address, rank, ranks)
            for rank in range(ranks)
        ]
        return int(max(ray.get(running), key=abs))
    finally:
        ray.util.remove_placement_group(group)


def _address() -> tuple[str, int]:
    """Where rank 0 can be met: this node's address and a free port."""
    import ray

    with socket.socket() as found:
        found.bind(("", 0))
        return ray.util.get_node_ip_address(), found.getsockname()[1]


def _run_rank(command: Sequence[str], folder: str, address: tuple[str, int], rank: int, ranks: int) -> int:
    """The stage in a process of its own; Ray has set CUDA_VISIBLE_DEVICES to this rank's GPU."""
    variables = {
        "MASTER_ADDR": address[0],
        "MASTER_PORT": str(address[1]),
        "RANK": str(rank),
        "LOCAL_RANK": "0",
        "WORLD_SIZE": str(ranks),
    }
    done = subprocess.run([sys.executable, *command], cwd=folder, env={**os.environ, **variables}, check=False)
    return done.returncode
