"""Which steps must not be taken."""

import math

import pytest

from pipeline.training.guard import Guard


@pytest.mark.parametrize(("loss", "norm"), [(math.nan, 1.0), (math.inf, 1.0), (4.0, math.nan), (4.0, math.inf)])
def test_what_is_no_number_is_told_with_loss_and_norm(loss, norm):
    assert Guard().complaint(loss, norm, None) == f"loss {loss}, gradient norm {norm:.3g}"


def test_a_loss_explodes_against_the_late_mean_which_a_bad_step_does_not_move():
    guard = Guard()
    assert guard.complaint(8.0, 1.0, 3.0) is None
    assert guard.complaint(8.0, 1.0, 3.0) is None
    assert guard.complaint(25.0, 2.5, 3.0) == "loss 25.000 is above 3 times the late mean 8.000, gradient norm 2.5"
    assert guard.mean == 8.0
    assert guard.complaint(23.0, 1.0, 3.0) is None


def test_a_small_loss_may_vary_by_a_nat():
    guard = Guard(mean=0.05)
    assert guard.complaint(1.04, 1.0, 3.0) is None
    assert Guard(mean=0.05).complaint(1.06, 1.0, 3.0) is not None


def test_without_a_limit_only_numbers_are_asked_for():
    guard = Guard(mean=1.0)
    assert guard.complaint(1000.0, 1.0, None) is None
