"""The run's history: the curve that is published, and the progress line that is only shown."""

import csv
import io
import time
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """One row of the curve."""

    step: int
    tokens: int
    """Targets trained on so far, padding not counted."""
    train_loss: float
    """Nats a token, over the steps since the row before."""
    validation_loss: float | None
    """Nats a token; null where it was not measured."""
    learning_rate: float
    """AdamW's, at this step."""


@dataclass
class History:
    """Grows with the run and travels in its checkpoints, so that a resumed curve is the undisturbed one."""

    points: list[Point] = field(default_factory=list)
    tokens: int = 0
    loss_sum: float = 0.0
    """Nats since the last point."""
    loss_tokens: int = 0

    def add(self, loss: float, tokens: int) -> None:
        """Count one step: its mean loss in nats a token, and its targets."""
        self.tokens += tokens
        self.loss_sum += loss * tokens
        self.loss_tokens += tokens

    def point(self, step: int, validation_loss: float | None, learning_rate: float) -> Point:
        """Close the interval since the last point."""
        found = Point(step, self.tokens, self.loss_sum / self.loss_tokens, validation_loss, learning_rate)
        self.points.append(found)
        self.loss_sum, self.loss_tokens = 0.0, 0
        return found

    def state(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of_state(state: dict[str, Any]) -> "History":
        return History(**{**state, "points": [Point(**point) for point in state["points"]]})

    def to_csv(self) -> str:
        """Header and one row a point; six digits, an empty field for None."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(column.name for column in fields(Point))
        for point in self.points:
            rows.writerow(f"{value:.6g}" if isinstance(value, float) else value for value in astuple(point))
        return text.getvalue()


class Progress:
    """Speed and time left, for the eyes alone: no clock enters an output."""

    def __init__(self, step: int, steps: int, tokens: int) -> None:
        self.steps = steps
        self.started = (time.monotonic(), step, tokens)
        self.last = self.started

    def line(self, point: Point) -> str:
        """`step 120/1500  loss 5.213  val 5.40  8,120 tokens/s  time left 3:12`; speed since the line before."""
        now = (time.monotonic(), point.step, point.tokens)
        speed = (now[2] - self.last[2]) / max(1e-9, now[0] - self.last[0])
        left = (now[0] - self.started[0]) / max(1, now[1] - self.started[1]) * (self.steps - point.step)
        self.last = now
        parts = [f"step {point.step}/{self.steps}", f"loss {point.train_loss:.3f}"]
        if point.validation_loss is not None:
            parts.append(f"val {point.validation_loss:.3f}")
        minutes, seconds = divmod(round(left), 60)
        return "  ".join([*parts, f"{speed:,.0f} tokens/s", f"time left {minutes}:{seconds:02d}"])
