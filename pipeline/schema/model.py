"""model: the architecture. Its context comes from pack, its vocabulary from the tokenizer."""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Activation(Enum):
    """Non-linearity of the feed-forward layers, by transformers' name; relu2 is the square of relu."""

    gelu_new = "gelu_new"
    relu2 = "relu2"
    silu = "silu"


@dataclass
class ModelConfig:
    """With train.init=pretrained, layers, heads, width, inner, activation and tied must be the base model's own."""

    config_class: str
    """Of transformers, for a causal model: GPT2Config, LlamaConfig, Qwen3Config …; the keys below go into it."""
    arguments: dict[str, Any]
    """Further arguments of that class, by its own names: num_key_value_heads, rope_parameters …"""
    layers: int
    """Transformer blocks: attention and feed-forward."""
    heads: int
    """Attention heads a layer; they share the width equally."""
    width: int
    """Length of a token's vector."""
    inner: int | None
    """Width of the feed-forward layers; null: four times `width`."""
    activation: Activation
    """Of the feed-forward layers."""
    dropout: float
    """Of embeddings, attention and residual branches alike, as far as the architecture has it there."""
    init_std: float
    """Standard deviation of the first weights; GPT-2's residual projections get it divided by √(2 × layers)."""
    tied: bool
    """The output layer is the embedding table."""

    def __post_init__(self) -> None:
        for name in ("layers", "heads", "width", "inner"):
            size = getattr(self, name)
            if size is not None and size < 1:
                raise ValueError(f"{name} {size} is at least 1")
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads {self.heads}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout {self.dropout} lies outside [0, 1)")
        if not 0 < self.init_std < math.inf:
            raise ValueError(f"init_std {self.init_std} is not a finite number above 0")
