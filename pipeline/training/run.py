"""A run in the making: weights, optimisers and all else that a checkpoint holds, and what a step does to them."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import torch

from pipeline.schema.train import TrainConfig
from pipeline.training.blocks import IGNORED, Pack
from pipeline.training.guard import Guard
from pipeline.training.history import History
from pipeline.training.loss import Loss, moved, summed_loss
from pipeline.training.machine import Machine
from pipeline.training.optimizers import make_optimizers, set_rate
from pipeline.training.order import BlockOrder
from pipeline.training.ranks import FlatGradient
from pipeline.training.schedule import phase_at, phases_of, rate
from pipeline.training.stopping import Stop

PRIME = 2_654_435_761  # spreads the numbers of forward passes over the seeds of dropout


@dataclass(frozen=True, slots=True)
class Batch:
    """The blocks of one step, of all ranks together."""

    inputs: torch.Tensor
    targets: torch.Tensor
    by_source: Counter[str]
    """Targets by source, padding not counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step's passes came to, of all ranks together."""

    loss: float
    """Mean over the targets, nats a token."""
    norm: float
    """Of the mean gradient."""
    targets: int
    asked_to_stop: bool


class Run:
    """`step` steps are done. Everything that a step changes is here, and `state` holds it all."""

    def __init__(self, model: Any, pack: Pack, config: TrainConfig, machine: Machine) -> None:
        self.model, self.pack, self.config, self.machine = model, pack, config, machine
        model.to(machine.device).train()
        self.phases = phases_of(config)
        self.order = BlockOrder(pack.train.runs, self.phases, config.batch_size * config.accumulation, config.seed)
        self.gradient = FlatGradient(model)
        self.optimizers = make_optimizers(model, config, machine.able_bf16)
        self.plain_loss = summed_loss(model, machine, pack.bos_id if config.document_mask else None)
        # One fixed shape: a validation batch of another shape must not make the training graph dynamic.
        self.loss_of: Loss = torch.compile(self.plain_loss, dynamic=False) if machine.compiled else self.plain_loss
        self.step, self.history, self.guard = 0, History(), Guard()

    def fetch(self, step: int) -> Batch | None:
        """The blocks of step 0, 1, …; None after the last."""
        if step >= self.config.steps:
            return None
        numbers = self.order.step(step)
        inputs, targets = self.pack.train.batch(numbers)
        by_source = Counter[str]()
        counts = (targets != IGNORED).sum(1).tolist()
        for source, count in zip(self.pack.train.sources(numbers), counts, strict=True):
            by_source[source] += count
        return Batch(inputs, targets, by_source)

    def set_rate(self) -> float:
        """Give every optimiser the rate of this step; returns AdamW's."""
        share = rate(self.phases, self.step)
        set_rate(self.optimizers, share)
        return self.config.lr * share

    def backward(self, batch: Batch, stop: Stop) -> torch.Tensor:
        """Leave the gradient of the summed loss in `gradient`. Returns the loss in nats and how many ranks were asked
        to stop, still on the device: a GPU works on after the call."""
        config, ranks = self.config, self.machine.ranks
        self.history.draw(phase_at(self.phases, self.step)[0].name, batch.by_source)
        self.gradient.clear()
        sums = torch.zeros(2, device=self.machine.device)
        for number in ranks.mine(range(config.accumulation)):
            torch.manual_seed(config.seed + PRIME * (self.step * config.accumulation + number + 1) % 2**62)
            rows = slice(number * config.batch_size, (number + 1) * config.batch_size)
            loss: Any = self.loss_of(*moved(batch.inputs[rows], batch.targets[rows], self.machine))
            loss.backward()
            sums[0] += loss.detach()
        sums[1] += stop.asked
        ranks.sum(self.gradient.buffer)
        return ranks.sum(sums)

    def outcome(self, batch: Batch, sums: torch.Tensor) -> Outcome:
        """Wait for the device: what `backward` came to."""
        targets = batch.by_source.total()
        norm = torch.linalg.vector_norm(self.gradient.buffer) / targets
        loss, asked = sums.tolist()
        return Outcome(loss / targets, norm.item(), targets, asked > 0)

    def update(self, outcome: Outcome) -> None:
        """Move the weights by the mean gradient, clipped."""
        self.gradient.buffer.mul_(_scale(outcome.norm, self.config.clip) / outcome.targets)
        for optimizer in self.optimizers:
            optimizer.step()
        self.history.add(outcome.loss, outcome.targets)

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "history": self.history.state(),
            "guard": asdict(self.guard),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Put everything back as it stood."""
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.history = int(state["step"]), History.of_state(state["history"])
        self.guard = Guard(**state["guard"])


def _scale(norm: float, clip: float | None) -> float:
    """What the gradient is multiplied by so that its norm is at most `clip`."""
    return min(1.0, clip / max(norm, 1e-12)) if clip else 1.0
