"""train: optimiser, schedule, budget and machine of the training run."""

import math
from dataclasses import dataclass
from enum import Enum

from pipeline.schema.device import Device


class Init(Enum):
    """scratch: random weights; pretrained: the base model, its embeddings extended to the tokenizer."""

    scratch = "scratch"
    pretrained = "pretrained"


class Optimizer(Enum):
    """adamw: for all weights; muon: Muon for the matrices inside the layers, AdamW for the rest."""

    adamw = "adamw"
    muon = "muon"


class Schedule(Enum):
    """Both warm up on a line; cosine then falls all the way, wsd stays up and falls on a line at the end."""

    cosine = "cosine"
    wsd = "wsd"


class Precision(Enum):
    """auto: bf16 where the device multiplies it in hardware (see pipeline/training/machine.py), else fp32."""

    fp32 = "fp32"
    bf16 = "bf16"
    auto = "auto"


class BadStep(Enum):
    """What a loss that is no number or explodes does: stop the run, or skip the step's batch and count it."""

    stop = "stop"
    skip = "skip"


class LiveLog(Enum):
    """Logs to watch a run by, in the folders dvclive/ and runs/, where the
    tools look for them. Never a DVC output: they hold times."""

    dvclive = "dvclive"
    tensorboard = "tensorboard"


class Compile(Enum):
    """auto: torch.compile where what it builds with is present (see pipeline/training/machine.py)."""

    never = "never"
    auto = "auto"
    always = "always"


@dataclass
class Phase:
    """A part of the run with a mixture and a learning-rate course of its own."""

    name: str
    """For the report."""
    steps: int
    """Optimiser steps of this phase."""
    mixture: dict[str, float] | None
    """Source, or pattern of sources such as `en*`, -> its weight among the drawn blocks; null: all blocks as they
    are. Sources of one pattern are drawn as they are; each pattern's blocks go round in epochs of their own."""
    peak: float
    """Share of the peak rates `lr` and `muon_lr` that this phase rises to."""
    schedule: Schedule
    """As the run's own."""
    warmup_steps: int
    """The rate rises from 0 over so many of the phase's steps."""
    decay_share: float
    """wsd: share of the phase's steps, at its end, over which the rate falls."""
    final_share: float
    """The phase's last rate as a share of the phase's peak."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"phase {self.name}: steps {self.steps} is at least 1")
        if not 0 < self.peak <= 1:
            raise ValueError(f"phase {self.name}: peak {self.peak} lies outside (0, 1]")
        if self.mixture is not None and (
            not self.mixture or not all(0 < weight < math.inf for weight in self.mixture.values())
        ):
            raise ValueError(
                f"phase {self.name}: mixture {self.mixture} needs weights above 0; null takes all as it is"
            )
        _check_course(self, f"phase {self.name}: ")


@dataclass
class TrainConfig:
    init: Init
    """What the weights start as."""
    steps: int
    """Optimiser steps: the whole budget. Never seconds, so that a slow hour gives the same model."""
    phases: list[Phase]
    """The run's parts in order, whose steps add up to `steps`; empty: one part of all sources as they are, with
    the schedule below."""
    batch_size: int
    """Blocks a forward pass of one process: what must fit in memory."""
    accumulation: int
    """Forward passes a step, of all processes together: a step sees batch_size × accumulation blocks, however many
    processes share them."""
    ranks: int
    """Processes that share each step's forward passes on this machine, one a GPU or a group of CPU threads. Sums are
    taken in another order than by one process, so the bytes depend on it, the curve to rounding alone."""
    document_mask: bool
    """A token sees only its own document, and positions count from the document's start; else all before it in the
    block."""
    optimizer: Optimizer
    """Which rule updates which weights."""
    lr: float
    """Peak learning rate of AdamW."""
    muon_lr: float | None
    """Peak learning rate of Muon, scaled to AdamW's update size (0.2 × √longer side); null unless muon."""
    momentum: float
    """Muon's (Nesterov)."""
    beta1: float
    """AdamW's decay of the gradient's mean."""
    beta2: float
    """AdamW's decay of the gradient's square."""
    weight_decay: float
    """Of matrices inside the layers only: embeddings, norms and biases never decay."""
    clip: float | None
    """Largest norm of the whole gradient; 0 or null: no clipping."""
    schedule: Schedule
    """The learning rate's course."""
    warmup_steps: int
    """The rate rises on a line over so many steps."""
    decay_share: float
    """wsd: share of the steps, at the end, over which the rate falls. cosine ignores it."""
    final_share: float
    """The last step's learning rate as a share of the peak."""
    bad_step: BadStep
    """What happens at a loss or gradient that is no number, or a loss above `max_loss_ratio`."""
    max_loss_ratio: float | None
    """A loss above so many times the mean of late (over some 50 steps), and 1 nat above it, has exploded; null: no
    limit."""
    validation_steps: int
    """Validation loss every so many steps, and after the last one."""
    validation_blocks: int | None
    """So many blocks on the way, at even distances; null: all. After the last step always all."""
    log_steps: int
    """A progress line and a row of the curve every so many steps."""
    checkpoint_steps: int
    """A checkpoint to resume from every so many steps."""
    live: list[LiveLog]
    """Logs to watch the run by while it goes on."""
    precision: Precision
    """Of matrix products; weights, optimiser and softmax stay float32."""
    compile: Compile
    """torch.compile of the training step's loss."""
    device: Device
    """Where the model stands."""
    threads: int
    """CPU threads of the arithmetic. A hyperparameter: the order of sums, and so the bytes, depend on it."""
    deterministic: bool
    """Only kernels that give the same bytes at each run. Compiled and with several threads, or on CUDA, the bytes of
    two runs differ without it."""
    seed: int
    """Of first weights, order of blocks and dropout."""

    def __post_init__(self) -> None:
        self._check_counts()
        self._check_rates()
        self._check_together()
        _check_course(self, "")
        self._check_phases()

    def _check_counts(self) -> None:
        for name in (
            "steps", "batch_size", "accumulation", "ranks", "validation_steps", "log_steps", "checkpoint_steps",
            "threads",
        ):  # fmt: skip
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is at least 1")
        if self.validation_blocks is not None and self.validation_blocks < 1:
            raise ValueError(f"validation_blocks {self.validation_blocks} is at least 1, or null for all")
        if not 0 <= self.seed < 1 << 62:
            raise ValueError(f"seed {self.seed} lies outside 0 … 2⁶² − 1")

    def _check_rates(self) -> None:
        for name in ("lr", "muon_lr"):
            rate = getattr(self, name)
            if rate is not None and not 0 < rate < math.inf:
                raise ValueError(f"{name} {rate} is not a finite number above 0")
        for name in ("momentum", "beta1", "beta2"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} lies outside [0, 1)")
        for name in ("weight_decay", "clip"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < math.inf:
                raise ValueError(f"{name} {value} is not a finite number from 0 on")
        if self.max_loss_ratio is not None and not self.max_loss_ratio > 1:
            raise ValueError(f"max_loss_ratio {self.max_loss_ratio} is not above 1")

    def _check_together(self) -> None:
        if self.optimizer is Optimizer.muon and self.muon_lr is None:
            raise ValueError("optimizer muon needs muon_lr, which is null")
        if self.accumulation % self.ranks:
            raise ValueError(
                f"accumulation {self.accumulation} is not a multiple of ranks {self.ranks}: each process takes as "
                "many forward passes as the next"
            )

    def _check_phases(self) -> None:
        total = sum(phase.steps for phase in self.phases)
        if len({phase.name for phase in self.phases}) < len(self.phases):
            raise ValueError("two phases have the same name")
        if self.phases and total != self.steps:
            raise ValueError(f"steps {self.steps}, but the phases have {total} together")


def _check_course(course: TrainConfig | Phase, whose: str) -> None:
    if not 0 <= course.warmup_steps <= course.steps:
        raise ValueError(f"{whose}warmup_steps {course.warmup_steps} is above steps {course.steps} or below 0")
    for name in ("decay_share", "final_share"):
        if not 0 <= getattr(course, name) <= 1:
            raise ValueError(f"{whose}{name} {getattr(course, name)} lies outside [0, 1]")
    decay_steps = round(course.decay_share * course.steps)
    if course.schedule is Schedule.wsd and course.warmup_steps + decay_steps > course.steps:
        raise ValueError(
            f"{whose}warmup_steps {course.warmup_steps} and {decay_steps} steps of decay exceed steps {course.steps}"
        )
