"""report: how much of everything the page shows."""

from dataclasses import dataclass
from typing import Any


@dataclass
class ReportConfig:
    samples_per_reason: int
    """Dropped rows shown for each stage and reason."""
    tokens_shown: int
    """Of the longest and of the most frequent new tokens."""
    templates_shown: int
    """Names of dropped wiki templates, the most frequent first."""
    parameters: dict[str, Any]
    """What the page prints under "how it was made": name -> value, by interpolation of the sections' own values."""

    def __post_init__(self) -> None:
        for name in ("samples_per_reason", "tokens_shown", "templates_shown"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} {getattr(self, name)} is below 0")
