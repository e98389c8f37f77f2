"""split: how much goes to validation, test and task, and what must stay together."""

from dataclasses import dataclass


@dataclass
class SplitConfig:
    validation: float
    """Share of clusters."""
    test: float
    """Share of clusters."""
    task: float
    """Share of the clusters of labelled documents kept for few-shot tasks."""
    blocks: dict[str, int]
    """Kind -> so many consecutive documents stay in one part (news of one day tell one story)."""
    salt: str
    """Changes which clusters fall where."""

    def __post_init__(self) -> None:
        for name in ("validation", "test", "task"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is a share and lies outside [0, 1)")
        for kind, length in self.blocks.items():
            if length < 1:
                raise ValueError(f"blocks.{kind} {length} is at least 1")
        if self.validation + self.test + self.task >= 1:
            raise ValueError(
                f"validation {self.validation} + test {self.test} + task {self.task} leave nothing to train on"
            )
