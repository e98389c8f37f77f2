"""pack: the shape of the token stream on disk."""

from dataclasses import dataclass


@dataclass
class PackConfig:
    context: int
    """Targets a block, the model's context length: a block holds one token more, shared with the next block."""
    shard_blocks: int
    """Blocks an Arrow file at most."""

    def __post_init__(self) -> None:
        if self.context < 2:
            raise ValueError(f"context {self.context} is below 2 tokens")
        if self.shard_blocks < 1:
            raise ValueError(f"shard_blocks {self.shard_blocks} is below 1")
