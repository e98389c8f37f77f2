"""The learning rate's course, step by step."""

from dataclasses import replace

import pytest

from pipeline.schema.train import Schedule
from pipeline.training.schedule import rate
from tests.training.tiny_run import smoke_config


def course(**changes):
    config = replace(smoke_config(), steps=8, warmup_steps=2, final_share=0.0, **changes)
    return [round(rate(config, step), 4) for step in range(8)]


def test_cosine_falls_from_the_peak_to_the_last_step():
    assert course(schedule=Schedule.cosine) == [0.5, 1.0, 1.0, 0.9045, 0.6545, 0.3455, 0.0955, 0.0]


def test_wsd_stays_up_and_falls_on_a_line_over_the_last_half():
    assert course(schedule=Schedule.wsd, decay_share=0.5) == [0.5, 1.0, 1.0, 1.0, 1.0, 0.6667, 0.3333, 0.0]


def test_both_end_at_the_final_share():
    for schedule in Schedule:
        config = replace(smoke_config(), schedule=schedule, final_share=0.1)
        assert rate(config, config.steps - 1) == pytest.approx(0.1)


def test_warm_up_and_decay_may_not_overlap():
    with pytest.raises(ValueError, match="warmup_steps 5 and 4 steps of decay exceed steps 8"):
        replace(smoke_config(), steps=8, schedule=Schedule.wsd, warmup_steps=5, decay_share=0.5)
