"""The learning rate of a step, as a share of its peak."""

import math
from collections.abc import Sequence

from pipeline.schema.train import Phase, Schedule, TrainConfig

WHOLE = "whole"
"""Name of the one phase of a run that has none in conf."""


def phases_of(config: TrainConfig) -> Sequence[Phase]:
    """The phases of conf, or one of all sources with the run's own course."""
    whole = Phase(
        name=WHOLE,
        steps=config.steps,
        mixture=None,
        peak=1.0,
        schedule=config.schedule,
        warmup_steps=config.warmup_steps,
        decay_share=config.decay_share,
        final_share=config.final_share,
    )
    return config.phases or [whole]


def phase_at(phases: Sequence[Phase], step: int) -> tuple[Phase, int]:
    """The phase of step 0, 1, … and the step within it; IndexError beyond the last."""
    for phase in phases:
        if step < phase.steps:
            return phase, step
        step -= phase.steps
    raise IndexError(f"{step} steps after the last phase")


def rate(phases: Sequence[Phase], step: int) -> float:
    """Share of the run's peak at step 0 … steps − 1: in each phase a line up over `warmup_steps` to its own peak,
    then down to `final_share` of that.

    cosine: Loshchilov and Hutter 2017 (SGDR), without restarts. wsd (warm-up, stable, decay): Hu et al. 2024
    (MiniCPM), falling on a line.
    """
    phase, step = phase_at(phases, step)
    return phase.peak * _share(phase, step)


def _share(phase: Phase, step: int) -> float:
    if step < phase.warmup_steps:
        return (step + 1) / phase.warmup_steps
    last = phase.steps - 1
    if phase.schedule is Schedule.cosine:
        start = phase.warmup_steps
    else:
        start = phase.steps - round(phase.decay_share * phase.steps)
    if step < start:
        return 1.0
    done = (step - start) / (last - start) if last > start else 1.0
    left = 0.5 * (1 + math.cos(math.pi * done)) if phase.schedule is Schedule.cosine else 1 - done
    return phase.final_share + (1 - phase.final_share) * left
