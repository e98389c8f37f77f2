"""The training loop, read top to bottom: batch, loss, gradient, step, then what is due at this step.

Nothing that a step does depends on anything but the state and the step's number: the blocks are a pure function of it
(see BlockOrder), and dropout is seeded anew before each forward pass, by step and pass. So a checkpoint needs neither
data cursor nor random state, and a resumed run is the undisturbed one, on any number of ranks.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.core.errors import RunError
from pipeline.core.faults import reach
from pipeline.model.flops import flops_per_token, peak_flops
from pipeline.schema.train import BadStep, TrainConfig
from pipeline.training.blocks import Pack
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.guard import Guard
from pipeline.training.history import History, Progress
from pipeline.training.live import live_logs
from pipeline.training.loss import validate
from pipeline.training.machine import Machine
from pipeline.training.ranks import joined
from pipeline.training.run import Run
from pipeline.training.stopping import stop_on_sigterm


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
    run = Run(model, pack, config, machine)
    with joined(ranks, machine.device), stop_on_sigterm() as stop:
        newest = ranks.of_first(checkpoints.newest())
        if newest is not None:
            run.restore(checkpoints.load(newest))
        progress = _progress(run)
        with live_logs(config.live if ranks.first else [], run.history.points) as live:
            batch = run.fetch(run.step)
            while batch is not None:
                learning_rate = run.set_rate()
                sums = run.backward(batch, stop)
                # A GPU is still at work here: time to read the next blocks.
                ahead = run.fetch(run.step + 1)
                outcome = run.outcome(batch, sums)

                complaint = run.guard.complaint(outcome.loss, outcome.norm, config.max_loss_ratio)
                if complaint is None:
                    run.update(outcome)
                elif config.bad_step is BadStep.stop or not run.guard.skip():
                    raise RunError(_advice(run.step + 1, complaint, checkpoints))
                else:
                    say(f"step {run.step + 1} is skipped, {run.guard.skipped} in all: {complaint}")
                run.step += 1
                reach(f"train.step:{run.step}")

                due = due_after(run.step, config)
                validation_loss = _validation_loss(run, due, checkpoints) if due.validation else None
                if due.point:
                    seen = progress.figures(run.history.point(run.step, validation_loss, learning_rate))
                    say(progress.line(run.step, seen))
                    live.write(run.step, seen)
                if ranks.first and (due.checkpoint or outcome.asked_to_stop):
                    checkpoints.save(run.step, run.state())
                if outcome.asked_to_stop and not due.last:
                    raise RunError(f"stopped by SIGTERM after step {run.step}; the same command goes on from there")
                batch = ahead
    return run.history, run.guard


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done after a step."""

    last: bool
    """It was the last one: validation reads all blocks."""
    validation: bool
    point: bool
    """A row of the curve, a line of progress."""
    checkpoint: bool


def due_after(step: int, config: TrainConfig) -> Due:
    """After step 1, 2, …; after the last one everything is due."""
    last = step == config.steps
    validation = last or step % config.validation_steps == 0
    return Due(
        last=last,
        validation=validation,
        point=validation or step % config.log_steps == 0,
        checkpoint=last or step % config.checkpoint_steps == 0,
    )


def _validation_loss(run: Run, due: Due, checkpoints: Checkpoints) -> float:
    """RunError where it is no number: such a model is not published."""
    config = run.config
    blocks = None if due.last else config.validation_blocks
    loss = validate(run.model, run.plain_loss, run.pack.validation, config.batch_size, blocks, run.machine)
    if not math.isfinite(loss):
        raise RunError(_advice(run.step, f"validation loss {loss}", checkpoints))
    return loss


def _advice(step: int, complaint: str, checkpoints: Checkpoints) -> str:
    last = checkpoints.newest()
    kept = f"the last good checkpoint is {last}" if last else "there is no checkpoint yet"
    return (
        f"step {step}: {complaint}: the run has diverged; {kept}. Lower train.lr (and train.muon_lr), raise "
        "train.warmup_steps, set train.clip, or let train.bad_step=skip pass over such batches"
    )


def _progress(run: Run) -> Progress:
    machine, pack = run.machine, run.pack
    peak = peak_flops(machine.name) if machine.bf16 else None
    at_peak = peak * machine.ranks.count / flops_per_token(run.model, pack.context) if peak else None
    return Progress(run.step, run.config.steps, run.history.tokens, pack.train.tokens_per_character, at_peak)
