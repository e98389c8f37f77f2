"""engine: where and how wide a stage runs. Never a DVC param: the bytes do not depend on it."""

from dataclasses import dataclass
from enum import Enum


class EngineKind(Enum):
    """local: processes of this machine; ray: tasks of a Ray cluster."""

    local = "local"
    ray = "ray"


@dataclass
class EngineConfig:
    kind: EngineKind
    """Processes of this machine or a Ray cluster."""
    workers: int
    """Worker processes or Ray tasks at a time; 0: one a core."""

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise ValueError(f"workers {self.workers} is below 0; 0 means one a core")
