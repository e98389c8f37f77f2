"""The learning rate's course, step by step."""

from dataclasses import replace

import pytest

from pipeline.schema.train import Phase, Schedule
from pipeline.training.schedule import phases_of, rate
from tests.training.tiny_run import smoke_config


def course(**changes):
    phases = phases_of(replace(smoke_config(), steps=8, warmup_steps=2, final_share=0.0, **changes))
    return [round(rate(phases, step), 4) for step in range(8)]


def test_cosine_falls_from_the_peak_to_the_last_step():
    assert course(schedule=Schedule.cosine) == [0.5, 1.0, 1.0, 0.9045, 0.6545, 0.3455, 0.0955, 0.0]


def test_wsd_stays_up_and_falls_on_a_line_over_the_last_half():
    assert course(schedule=Schedule.wsd, decay_share=0.5) == [0.5, 1.0, 1.0, 1.0, 1.0, 0.6667, 0.3333, 0.0]


def test_both_end_at_the_final_share():
    for schedule in Schedule:
        config = replace(smoke_config(), schedule=schedule, final_share=0.1)
        assert rate(phases_of(config), config.steps - 1) == pytest.approx(0.1)


def test_each_phase_has_a_course_and_a_peak_of_its_own():
    phases = [
        Phase("中文", 4, None, 1.0, Schedule.wsd, 2, 0.0, 1.0),
        Phase("中英", 4, {"news": 1.0}, 0.5, Schedule.wsd, 1, 0.75, 0.0),
    ]
    assert [rate(phases, step) for step in range(8)] == [0.5, 1, 1, 1, 0.5, 0.5, 0.25, 0]


def test_warm_up_and_decay_may_not_overlap():
    with pytest.raises(ValueError, match="warmup_steps 5 and 4 steps of decay exceed steps 8"):
        replace(smoke_config(), steps=8, schedule=Schedule.wsd, warmup_steps=5, decay_share=0.5)


def test_phases_must_add_up_to_the_steps():
    one = Phase("one", 4, None, 1.0, Schedule.cosine, 0, 0.0, 0.0)
    with pytest.raises(ValueError, match="steps 10, but the phases have 8 together"):
        replace(smoke_config(), steps=10, phases=[one, replace(one, name="two")])
    with pytest.raises(ValueError, match="phase two: mixture"):
        replace(one, name="two", mixture={"news": 0.0})
    with pytest.raises(ValueError, match="phase two: warmup_steps 9 is above steps 4"):
        replace(one, name="two", warmup_steps=9)
