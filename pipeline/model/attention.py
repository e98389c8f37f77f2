"""Attention for training: causal without a mask tensor.

While it is compiled, transformers (5.23) cannot look whether positions start anew, takes every batch for packed
documents and makes a mask for each row: the fused kernels' causal path is never reached. In a run that does not mask
documents the two implementations here leave the mask out.
"""

from typing import Any

import torch
from torch.nn.functional import dropout as drop
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

FUSED = "causal_fused"
"""torch's scaled_dot_product_attention with is_causal."""
PRODUCTS = "causal_products"
"""The plain products, of which torch.compile makes better code for a CPU than its fused attention is, up to a context
of a few hundred; memory grows with its square."""


def choose_attention(config: Any, products: bool, document_mask: bool) -> str:
    """transformers' name of the implementation; its own where documents or a sliding window are masked."""
    kinds = set(getattr(config, "layer_types", None) or [])
    windowed = getattr(config, "sliding_window", None) or kinds - {"full_attention"}
    if document_mask or windowed:
        return "eager" if products else "sdpa"
    AttentionInterface.register(FUSED, sdpa_attention_forward)
    AttentionInterface.register(PRODUCTS, causal_products)
    for name in (FUSED, PRODUCTS):
        AttentionMaskInterface.register(name, _no_mask)
    return PRODUCTS if products else FUSED


def causal_products(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """Query [batch, heads, context, head size], key and value with as many heads or a divisor of them (grouped-query
    attention); the result is [batch, context, heads, head size]."""
    del attention_mask, rest
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    scores = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5 if scaling is None else scaling)
    places = torch.arange(query.shape[2], device=query.device)
    scores = scores.masked_fill(places[:, None] < places, torch.finfo(scores.dtype).min)
    weights = drop(scores.softmax(-1, dtype=torch.float32).to(value.dtype), dropout, module.training)
    return (weights @ value).transpose(1, 2), None


def _no_mask(**arguments: Any) -> None:
    del arguments
