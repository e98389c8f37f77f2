"""The loss plot's geometry: round ticks, larger values higher."""

import pytest

from pipeline.reporting.plot import Tick, plot, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1000, [0, 200, 400, 600, 800, 1000]),
        (4.2, 8.9, [4, 5, 6, 7, 8, 9]),
        (0.31, 0.38, [0.3, 0.32, 0.34, 0.36, 0.38]),
        (5, 5, [5, 6]),
        (0, 0, [0, 0.2]),
    ],
)
def test_ticks_are_round_and_enclose_the_values(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == expected


def test_a_falling_loss_runs_down_to_the_right() -> None:
    found = plot({"loss": [(0, 9.0), (500, 6.5), (1000, 4.0)], "empty": []})
    assert found is not None
    assert found.lines == {"loss": "0.00,0.00 50.00,50.00 100.00,100.00"}
    assert found.last == {"loss": (1000, 4.0)}
    assert (found.y_ticks[0], found.y_ticks[-1]) == (Tick(100.0, "4"), Tick(0.0, "9"))
    assert found.x_ticks[-1] == Tick(100.0, "1,000")


def test_no_point_no_plot() -> None:
    assert plot({"loss": []}) is None
