"""Geometry of a line plot: curves and ticks in per cent of the plot, so that it fits any width without a script."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    """Per cent from the left, or from the top."""
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    lines: Mapping[str, str]
    """Name -> the points of an SVG polyline, both axes 0 … 100."""
    last: Mapping[str, Point]
    """Name -> its last point, x and y as given."""
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]


def plot(curves: Mapping[str, Sequence[Point]]) -> Plot | None:
    """None where no curve has a point. Axes end at round numbers; larger y stands higher."""
    filled = {name: points for name, points in curves.items() if points}
    if not filled:
        return None
    x_values, y_values = zip(*(point for points in filled.values() for point in points), strict=True)
    x_ticks, y_ticks = ticks(0, max(x_values)), ticks(min(y_values), max(y_values))
    frame = _Frame(right=max(x_values) or 1.0, bottom=y_ticks[0], top=y_ticks[-1])
    return Plot(
        {name: frame.polyline(points) for name, points in filled.items()},
        {name: points[-1] for name, points in filled.items()},
        [Tick(round(frame.across(x), 2), label(x)) for x in x_ticks if x <= frame.right],
        [Tick(round(frame.down(y), 2), label(y)) for y in y_ticks],
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot's edges, as given; the left one is 0."""

    right: float
    bottom: float
    top: float

    def across(self, x: float) -> float:
        """Per cent from the left."""
        return 100 * x / self.right

    def down(self, y: float) -> float:
        """Per cent from the top."""
        return 100 * (self.top - y) / (self.top - self.bottom)

    def polyline(self, points: Sequence[Point]) -> str:
        return " ".join(f"{self.across(x):.2f},{self.down(y):.2f}" for x, y in points)


def ticks(low: float, high: float) -> list[float]:
    """Round numbers 1, 2 or 5 × 10ⁿ apart, the first at or below `low`, the last at or above `high`."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= span)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 12) for number in range(first, max(last, first + 1) + 1)]


def label(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.6g}"
