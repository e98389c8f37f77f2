"""The run's history: the curve that is published, and the progress line that is only shown."""

import csv
import io
import math
import time
from collections import Counter
from collections.abc import Mapping
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
    drawn: dict[str, dict[str, int]] = field(default_factory=dict)
    """Phase -> source -> targets drawn from it, those of skipped steps too."""

    def draw(self, phase: str, tokens: Mapping[str, int]) -> None:
        """Count a step's targets by source."""
        self.drawn[phase] = dict(Counter(self.drawn.get(phase, {})) + Counter(tokens))

    def add(self, loss: float, tokens: int) -> None:
        """Count one step: its mean loss in nats a token, and its targets."""
        self.tokens += tokens
        self.loss_sum += loss * tokens
        self.loss_tokens += tokens

    def point(self, step: int, validation_loss: float | None, learning_rate: float) -> Point:
        """Close the interval since the last point; its loss is no number where every step was skipped."""
        loss = self.loss_sum / self.loss_tokens if self.loss_tokens else math.nan
        found = Point(step, self.tokens, loss, validation_loss, learning_rate)
        self.points.append(found)
        self.loss_sum, self.loss_tokens = 0.0, 0
        return found

    @property
    def drawn_tokens(self) -> int:
        return sum(sum(tokens.values()) for tokens in self.drawn.values())

    def mixture(self) -> dict[str, dict[str, float]]:
        """Phase -> source -> share of the targets that were drawn, sources in order."""
        shares = {}
        for phase, tokens in self.drawn.items():
            total = sum(tokens.values())
            shares[phase] = {source: round(tokens[source] / total, 6) for source in sorted(tokens)}
        return shares

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

    def __init__(
        self, step: int, steps: int, tokens: int, tokens_per_character: float, tokens_at_peak: float | None
    ) -> None:
        self.steps, self.tokens_per_character, self.tokens_at_peak = steps, tokens_per_character, tokens_at_peak
        """`tokens_at_peak`: tokens/s if the devices did nothing but multiply; None where that is not known."""
        self.started = (time.monotonic(), step, tokens)
        self.last = self.started

    def figures(self, point: Point) -> dict[str, float]:
        """What there is to see at this point; speed since the point before. Bits per character are an estimate by
        the training text's mean characters a token, document ends counted as characters."""
        now = (time.monotonic(), point.step, point.tokens)
        speed = (now[2] - self.last[2]) / max(1e-9, now[0] - self.last[0])
        self.last = now
        found = {
            "loss": point.train_loss,
            "bits_per_character": point.train_loss * self.tokens_per_character / math.log(2),
            "learning_rate": point.learning_rate,
            "tokens_per_second": speed,
            "seconds_left": (now[0] - self.started[0]) / max(1, now[1] - self.started[1]) * (self.steps - point.step),
        }
        if point.validation_loss is not None:
            found["validation_loss"] = point.validation_loss
        if self.tokens_at_peak is not None:
            found["mfu"] = speed / self.tokens_at_peak
        return found

    def line(self, step: int, figures: Mapping[str, float]) -> str:
        """`step 120/1500  loss 5.213  6.41 bits/character  val 5.40  8,120 tokens/s  MFU 41.2%  time left 3:12`."""
        parts = [
            f"step {step}/{self.steps}",
            f"loss {figures['loss']:.3f}",
            f"{figures['bits_per_character']:.3f} bits/character",
        ]
        if "validation_loss" in figures:
            parts.append(f"val {figures['validation_loss']:.3f}")
        parts.append(f"{figures['tokens_per_second']:,.0f} tokens/s")
        if "mfu" in figures:
            parts.append(f"MFU {figures['mfu']:.1%}")
        minutes, seconds = divmod(round(figures["seconds_left"]), 60)
        return "  ".join([*parts, f"time left {minutes}:{seconds:02d}"])
