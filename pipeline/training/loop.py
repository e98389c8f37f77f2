"""The training loop, read top to bottom: batch, loss, gradient, step, then what is due at this step.

Nothing that a step does depends on anything but the state and the step's number: the blocks are a pure function of it
(see BlockOrder), and dropout is seeded anew before each forward pass, by step and pass. So a checkpoint needs neither
data cursor nor random state, and a resumed run is the undisturbed one, on any number of ranks.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from pipeline.core.errors import RunError
from pipeline.core.faults import reach
from pipeline.model.attention import document_positions
from pipeline.model.flops import flops_per_token, peak_flops
from pipeline.schema.train import BadStep, TrainConfig
from pipeline.training.blocks import IGNORED, Ints, Pack, Part
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.guard import Guard
from pipeline.training.history import History, Progress
from pipeline.training.live import live_logs
from pipeline.training.machine import Machine
from pipeline.training.optimizers import make_optimizers, set_rate
from pipeline.training.order import BlockOrder
from pipeline.training.ranks import FlatGradient, joined
from pipeline.training.schedule import phase_at, phases_of, rate
from pipeline.training.stopping import stop_on_sigterm

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Fetched = tuple[torch.Tensor, torch.Tensor, Counter[str]]
PRIME = 2_654_435_761  # spreads the numbers of forward passes over the seeds of dropout


def train(
    model: Any,
    pack: Pack,
    config: TrainConfig,
    machine: Machine,
    checkpoints: Checkpoints,
    say: Callable[[str], None],
) -> tuple[History, Guard]:
    """Train the causal model in place for config.steps steps, from the newest checkpoint if there is one.

    RunError if a step goes wrong (see Guard) and conf does not skip it, or on SIGTERM, after a checkpoint.
    """
    ranks = machine.ranks
    model.to(machine.device).train()
    phases = phases_of(config)
    order = BlockOrder(pack.train.runs, phases, config.batch_size * config.accumulation, config.seed)
    gradient = FlatGradient(model)
    optimizers = make_optimizers(model, config, machine.able_bf16)
    with joined(ranks, machine.device), stop_on_sigterm() as stop:
        step, history, guard = _resume(model, optimizers, checkpoints, ranks.of_first(checkpoints.newest()))
        plain_loss = summed_loss(model, machine, pack.bos_id if config.document_mask else None)
        # One fixed shape: a validation batch of another shape must not make the training graph dynamic.
        loss_of: Loss = torch.compile(plain_loss, dynamic=False) if machine.compiled else plain_loss
        progress = _progress(step, history, model, pack, config, machine)
        passes = range(config.accumulation)
        ahead: Fetched | None = None

        with live_logs(config.live if ranks.first else [], history.points) as live:
            while step < config.steps:
                share, phase = rate(phases, step), phase_at(phases, step)[0]
                set_rate(optimizers, share)
                inputs, targets, by_source = ahead or _fetch(pack.train, order.step(step))
                counted = by_source.total()
                history.draw(phase.name, by_source)
                gradient.clear()
                figures = torch.zeros(2, device=machine.device)  # loss in nats, ranks that were asked to stop
                for number in ranks.mine(passes):
                    torch.manual_seed(config.seed + PRIME * (step * config.accumulation + number + 1) % 2**62)
                    rows = slice(number * config.batch_size, (number + 1) * config.batch_size)
                    loss: Any = loss_of(*_moved(inputs[rows], targets[rows], machine))
                    loss.backward()
                    figures[0] += loss.detach()
                figures[1] += stop.asked
                ranks.sum(gradient.buffer)
                ranks.sum(figures)
                # A GPU is still at work here: time to read the next blocks.
                ahead = _fetch(pack.train, order.step(step + 1)) if step + 1 < config.steps else None
                norm = torch.linalg.vector_norm(gradient.buffer) / counted
                total, asked, norm_value = [*figures.tolist(), norm.item()]

                complaint = guard.complaint(total / counted, norm_value, config.max_loss_ratio)
                if complaint is None:
                    gradient.buffer.mul_(_scale(norm_value, config.clip) / counted)
                    for optimizer in optimizers:
                        optimizer.step()
                    history.add(total / counted, counted)
                elif config.bad_step is BadStep.stop or not guard.skip():
                    raise RunError(_advice(step + 1, complaint, checkpoints))
                else:
                    say(f"step {step + 1} is skipped, {guard.skipped} in all: {complaint}")
                step += 1
                reach(f"train.step:{step}")

                last = step == config.steps
                validation_loss = None
                if last or step % config.validation_steps == 0:
                    blocks = None if last else config.validation_blocks
                    validation_loss = validate(model, plain_loss, pack.validation, config.batch_size, blocks, machine)
                    if not math.isfinite(validation_loss):
                        raise RunError(_advice(step, f"validation loss {validation_loss}", checkpoints))
                if last or validation_loss is not None or step % config.log_steps == 0:
                    seen = progress.figures(history.point(step, validation_loss, config.lr * share))
                    say(progress.line(step, seen))
                    live.write(step, seen)
                if ranks.first and (last or asked or step % config.checkpoint_steps == 0):
                    checkpoints.save(step, _state(step, model, optimizers, history, guard))
                if asked and not last:
                    raise RunError(f"stopped by SIGTERM after step {step}; the same command goes on from there")
    return history, guard


def validate(model: Any, loss_of: Loss, part: Part, batch_size: int, blocks: int | None, machine: Machine) -> float:
    """Mean loss in nats a token over `blocks` blocks at even distances (None: all), without dropout."""
    sums = torch.zeros(2, dtype=torch.float64, device=machine.device)
    model.eval()
    with torch.no_grad():
        for inputs, targets in part.batches(batch_size, blocks, machine.ranks):
            sums[0] += loss_of(*_moved(inputs, targets, machine)).double()
            sums[1] += (targets != IGNORED).sum()
    model.train()
    total, counted = machine.ranks.sum(sums).tolist()
    return float(total / counted)


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


def _moved(inputs: torch.Tensor, targets: torch.Tensor, machine: Machine) -> tuple[torch.Tensor, torch.Tensor]:
    return inputs.to(machine.device, non_blocking=True), targets.to(machine.device, non_blocking=True)


def _fetch(part: Part, numbers: Ints) -> Fetched:
    """Inputs and targets of these blocks, and their targets by source."""
    inputs, targets = part.batch(numbers)
    by_source = Counter[str]()
    counts = (targets != IGNORED).sum(1).tolist()
    for source, count in zip(part.sources(numbers), counts, strict=True):
        by_source[source] += count
    return inputs, targets, by_source


def _scale(norm: float, clip: float | None) -> float:
    """What the gradient is multiplied by so that its norm is at most `clip`."""
    return min(1.0, clip / max(norm, 1e-12)) if clip else 1.0


def _advice(step: int, complaint: str, checkpoints: Checkpoints) -> str:
    last = checkpoints.newest()
    kept = f"the last good checkpoint is {last}" if last else "there is no checkpoint yet"
    return (
        f"step {step}: {complaint}: the run has diverged; {kept}. Lower train.lr (and train.muon_lr), raise "
        "train.warmup_steps, set train.clip, or let train.bad_step=skip pass over such batches"
    )


def _progress(step: int, history: History, model: Any, pack: Pack, config: TrainConfig, machine: Machine) -> Progress:
    peak = peak_flops(machine.name) if machine.bf16 else None
    at_peak = peak * machine.ranks.count / flops_per_token(model, pack.context) if peak else None
    return Progress(step, config.steps, history.tokens, pack.train.tokens_per_character, at_peak)


def _state(
    step: int, model: Any, optimizers: list[torch.optim.Optimizer], history: History, guard: Guard
) -> dict[str, Any]:
    return {
        "step": step,
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "history": history.state(),
        "guard": asdict(guard),
    }


def _resume(
    model: Any, optimizers: list[torch.optim.Optimizer], checkpoints: Checkpoints, newest: Any
) -> tuple[int, History, Guard]:
    """Put everything back as it stood; step 0 and an empty history where there is no checkpoint."""
    if newest is None:
        return 0, History(), Guard()
    state = checkpoints.load(newest)
    model.load_state_dict(state["model"])
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    return int(state["step"]), History.of_state(state["history"]), Guard(**state["guard"])
