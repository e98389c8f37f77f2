"""The processes that share a run: data parallelism over torch.distributed, gloo on CPUs and NCCL on GPUs.

Each rank works on its share of a step's forward passes; gradients are summed in one all-reduce of one flat buffer a
step. DistributedDataParallel hides that sum behind the backward pass, but lays its buckets anew after the first
step: a resumed run would then sum in another order than an undisturbed one. All ranks hold the same weights and
optimiser.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from pipeline.core.errors import ConfigError

Thing = TypeVar("Thing")
PATIENCE = timedelta(hours=2)
"""How long a rank waits for the others: rank 0 alone writes checkpoints and the model."""


@dataclass(frozen=True, slots=True)
class Ranks:
    rank: int
    count: int
    local: int
    """Number of the process on its machine, and of its GPU."""

    @property
    def first(self) -> bool:
        return self.rank == 0

    def mine(self, things: Sequence[Thing]) -> Sequence[Thing]:
        """This rank's share: every `count`-th."""
        return things[self.rank :: self.count]

    def sum(self, tensor: torch.Tensor) -> torch.Tensor:
        """The sum over all ranks, in place."""
        if self.count > 1:
            dist.all_reduce(tensor)
        return tensor

    def of_first(self, thing: Any) -> Any:
        """What rank 0 holds."""
        if self.count == 1:
            return thing
        things = [thing]
        dist.broadcast_object_list(things, src=0)
        return things[0]


ALONE = Ranks(rank=0, count=1, local=0)


def launched() -> Ranks:
    """What the launcher says of this process; the only one where it was started by hand. ConfigError if it says only
    half of it."""
    if ("RANK" in os.environ) != ("WORLD_SIZE" in os.environ):
        raise ConfigError("of the variables RANK and WORLD_SIZE only one is set: set both, as torchrun does, or none")
    return Ranks(
        rank=int(os.environ.get("RANK", "0")),
        count=int(os.environ.get("WORLD_SIZE", "1")),
        local=int(os.environ.get("LOCAL_RANK", "0")),
    )


@contextmanager
def joined(ranks: Ranks, device: torch.device) -> Iterator[None]:
    """The process group while it is needed."""
    if ranks.count == 1:
        yield
        return
    backend, where = ("nccl", device) if device.type == "cuda" else ("gloo", None)
    dist.init_process_group(backend, timeout=PATIENCE, device_id=where)
    try:
        yield
    finally:
        dist.destroy_process_group()


class FlatGradient:
    """The gradients of all weights as views of one buffer: one sum over ranks, one norm, one scaling."""

    def __init__(self, model: Any) -> None:
        self.weights = list(model.parameters())
        first = self.weights[0]
        self.buffer = torch.zeros(
            sum(weight.numel() for weight in self.weights), dtype=first.dtype, device=first.device
        )
        start = 0
        for weight in self.weights:
            weight.grad = self.buffer[start : start + weight.numel()].view_as(weight)
            start += weight.numel()

    def clear(self) -> None:
        self.buffer.zero_()
