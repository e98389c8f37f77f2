"""The loss of a batch, as a function to call or to compile, and its mean over a part of the pack."""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from pipeline.model.attention import document_positions
from pipeline.training.blocks import IGNORED, Part
from pipeline.training.machine import Machine

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def summed_loss(model: Any, machine: Machine, bos_id: int | None) -> Loss:
    """The loss of a batch in nats, summed over its targets; softmax in float32 whatever the matrices use.

    With `bos_id` no token sees another document than its own.
    """

    def loss(inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        positions = None if bos_id is None else document_positions(inputs, bos_id)
        with machine.autocast():
            logits = model(input_ids=inputs, position_ids=positions, use_cache=False).logits
        return cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum")

    return loss


def validate(model: Any, loss_of: Loss, part: Part, batch_size: int, blocks: int | None, machine: Machine) -> float:
    """Mean loss in nats a token over `blocks` blocks at even distances (None: all), without dropout."""
    sums = torch.zeros(2, dtype=torch.float64, device=machine.device)
    model.eval()
    with torch.no_grad():
        for inputs, targets in part.batches(batch_size, blocks, machine.ranks):
            sums[0] += loss_of(*moved(inputs, targets, machine)).double()
            sums[1] += (targets != IGNORED).sum()
    model.train()
    total, counted = machine.ranks.sum(sums).tolist()
    return float(total / counted)


def moved(inputs: torch.Tensor, targets: torch.Tensor, machine: Machine) -> tuple[torch.Tensor, torch.Tensor]:
    """Both on the machine's device; a copy to a GPU is not waited for."""
    return inputs.to(machine.device, non_blocking=True), targets.to(machine.device, non_blocking=True)
