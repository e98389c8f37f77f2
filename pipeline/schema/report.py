"""report: how much of everything the page shows."""

from dataclasses import dataclass
from typing import Any


@dataclass
class ReportConfig:
    samples_per_reason: int
    """Dropped rows shown for each stage and reason."""
    tokens_shown: int
    """Of the longest and of the most frequent new tokens."""
    parameters: dict[str, Any]
    """What the page prints under "how it was made": name -> value, by interpolation of the sections' own values."""

    def __post_init__(self) -> None:
        if min(self.samples_per_reason, self.tokens_shown) < 0:
            raise ValueError("samples_per_reason and tokens_shown are at least 0")
