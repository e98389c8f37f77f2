"""Tells a step that must not be taken: its loss or gradient is no number, or its loss has exploded."""

import math
from dataclasses import dataclass

FLOOR = 1.0
"""Nats a token that a loss may always stand above the mean: a small loss of a small batch varies by more than any
ratio."""
PATIENCE = 10
"""Steps skipped one after another that are too many."""
MEMORY = 50
"""Steps that the mean of late losses looks back over."""


@dataclass
class Guard:
    """Travels in the checkpoints, so that a resumed run judges as the undisturbed one."""

    mean: float | None = None
    """Exponential mean of the losses taken, nats a token."""
    skipped: int = 0
    in_a_row: int = 0
    """Steps skipped since the last one that was taken."""

    def complaint(self, loss: float, norm: float, max_ratio: float | None) -> str | None:
        """What is wrong with the step, or None; a step that is taken enters the mean."""
        if not (math.isfinite(loss) and math.isfinite(norm)):
            return f"loss {loss}, gradient norm {norm:.3g}"
        if max_ratio is not None and self.mean is not None and loss > max(max_ratio * self.mean, self.mean + FLOOR):
            limit = f"{max_ratio:g} times the late mean {self.mean:.3f}"
            return f"loss {loss:.3f} is above {limit}, gradient norm {norm:.3g}"
        self.in_a_row = 0
        self.mean = loss if self.mean is None else self.mean + (loss - self.mean) / MEMORY
        return None

    def skip(self) -> bool:
        """Count a skipped step; False where so many follow each other that no batch is to blame."""
        self.skipped += 1
        self.in_a_row += 1
        return self.in_a_row < PATIENCE
