"""The training loop, read top to bottom: batch, loss, gradient, step, then what is due at this step."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from pipeline.core.errors import RunError
from pipeline.core.faults import reach
from pipeline.schema.train import TrainConfig
from pipeline.training.blocks import IGNORED, Pack, Part
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.history import History, Progress
from pipeline.training.machine import Machine
from pipeline.training.optimizers import make_optimizers, set_rate
from pipeline.training.order import BlockOrder
from pipeline.training.schedule import rate

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def train(
    model: Any,
    pack: Pack,
    config: TrainConfig,
    machine: Machine,
    checkpoints: Checkpoints,
    say: Callable[[str], None],
) -> History:
    """Train the causal model in place for config.steps steps, from the newest checkpoint if there is one.

    The position in the data is the step itself (see BlockOrder), so a checkpoint needs no cursor beside it. RunError
    if a loss is no finite number.
    """
    model.to(machine.device).train()
    order = BlockOrder(len(pack.train), config.batch_size * config.accumulation, config.seed)
    optimizers = make_optimizers(model, config)
    step, history = _resume(model, optimizers, checkpoints)
    plain_loss = _summed_loss(model, machine)
    # One fixed shape: a validation batch of another shape must not make the training graph dynamic.
    loss_of: Loss = torch.compile(plain_loss, dynamic=False) if machine.compiled else plain_loss
    progress = Progress(step, config.steps, history.tokens)

    while step < config.steps:
        share = rate(config, step)
        set_rate(optimizers, share)
        inputs, targets = pack.train.batch(order.step(step))
        counted = int((targets != IGNORED).sum())
        loss = torch.zeros((), device=machine.device)
        for x, y in zip(torch.split(inputs, config.batch_size), torch.split(targets, config.batch_size), strict=True):
            part: Any = loss_of(x.to(machine.device), y.to(machine.device)) / counted
            part.backward()
            loss += part.detach()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip or math.inf)
        _check(step + 1, loss, norm)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step += 1
        history.add(loss.item(), counted)
        reach(f"train.step:{step}")

        last = step == config.steps
        validation_loss = None
        if last or step % config.validation_steps == 0:
            blocks = None if last else config.validation_blocks
            validation_loss = validate(model, plain_loss, pack.validation, config.batch_size, blocks, machine)
        if last or validation_loss is not None or step % config.log_steps == 0:
            say(progress.line(history.point(step, validation_loss, config.lr * share)))
        if last or step % config.checkpoint_steps == 0:
            checkpoints.save(step, _state(step, model, optimizers, history))
    return history


def validate(model: Any, loss_of: Loss, part: Part, batch_size: int, blocks: int | None, machine: Machine) -> float:
    """Mean loss in nats a token over `blocks` blocks at even distances (None: all), without dropout."""
    total, counted = 0.0, 0
    model.eval()
    with torch.no_grad():
        for inputs, targets in part.batches(batch_size, blocks):
            total += loss_of(inputs.to(machine.device), targets.to(machine.device)).item()
            counted += int((targets != IGNORED).sum())
    model.train()
    return total / counted


def _summed_loss(model: Any, machine: Machine) -> Loss:
    """The loss of a batch in nats, summed over its targets; softmax in float32 whatever the matrices use."""

    def summed_loss(inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        with machine.autocast():
            logits = model(input_ids=inputs, use_cache=False).logits
        return cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum")

    return summed_loss


def _check(step: int, loss: torch.Tensor, norm: torch.Tensor) -> None:
    if not (math.isfinite(loss.item()) and math.isfinite(norm.item())):
        raise RunError(
            f"step {step}: loss {loss.item()}, gradient norm {norm.item():.3g}: the run has diverged. Lower train.lr "
            "(and train.muon_lr), raise train.warmup_steps or set train.clip; the last checkpoint is from before"
        )


def _state(step: int, model: Any, optimizers: list[torch.optim.Optimizer], history: History) -> dict[str, Any]:
    return {
        "step": step,
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "cpu_rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "history": history.state(),
    }


def _resume(model: Any, optimizers: list[torch.optim.Optimizer], checkpoints: Checkpoints) -> tuple[int, History]:
    """Put everything back as it stood; step 0 and an empty history where there is no checkpoint."""
    state = checkpoints.load()
    if state is None:
        return 0, History()
    model.load_state_dict(state["model"])
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    torch.set_rng_state(state["cpu_rng"])
    if state["cuda_rng"]:
        torch.cuda.set_rng_state_all(state["cuda_rng"])
    return int(state["step"]), History.of_state(state["history"])
