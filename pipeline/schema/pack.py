"""pack: the shape of the training blocks on disk."""

from dataclasses import dataclass
from enum import Enum


class Packing(Enum):
    """stream: documents one after another, cut where a block ends; best_fit: whole in one block where they fit."""

    stream = "stream"
    best_fit = "best_fit"


@dataclass
class PackConfig:
    packing: Packing
    """How documents are laid into blocks."""
    context: int
    """Targets a block, the model's context length: a block holds one token more, which is only an input."""
    shard_blocks: int
    """Blocks an Arrow file at most."""

    def __post_init__(self) -> None:
        if self.context < 2:
            raise ValueError(f"context {self.context} is below 2 tokens")
        if self.shard_blocks < 1:
            raise ValueError(f"shard_blocks {self.shard_blocks} is below 1")
