"""The learning rate of a step, as a share of its peak."""

import math

from pipeline.schema.train import Schedule, TrainConfig


def rate(config: TrainConfig, step: int) -> float:
    """Share of the peak for step 0 … steps − 1: a line up over `warmup_steps`, then down to `final_share`.

    cosine: Loshchilov and Hutter 2017 (SGDR), without restarts. wsd (warm-up, stable, decay): Hu et al. 2024
    (MiniCPM), falling on a line.
    """
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    last = config.steps - 1
    if config.schedule is Schedule.cosine:
        start = config.warmup_steps
    else:
        start = config.steps - round(config.decay_share * config.steps)
    if step < start:
        return 1.0
    done = (step - start) / max(1, last - start)
    left = 0.5 * (1 + math.cos(math.pi * done)) if config.schedule is Schedule.cosine else 1 - done
    return config.final_share + (1 - config.final_share) * left
