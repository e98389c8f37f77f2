"""Attention for training on packed blocks: without a mask tensor where none is needed, with a slim one where it is.

While it is compiled, transformers (5.23) cannot look whether positions start anew, takes every batch for packed
documents and makes a mask for each row: the fused kernels' causal path is never reached.
"""

from typing import Any

import torch
from torch.nn.functional import dropout as drop
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

FUSED = "causal_fused"
"""torch's scaled_dot_product_attention with is_causal."""
PRODUCTS = "causal_products"
"""The plain products, of which torch.compile makes better code for a CPU than its fused attention is, up to a context
of a few hundred; memory grows with its square."""
DOCUMENT_PRODUCTS = "document_products"
"""The plain products with a mask that keeps documents apart."""


def choose_attention(config: Any, products: bool, document_mask: bool) -> str:
    """transformers' name of the implementation; its own where a sliding window is masked."""
    kinds = set(getattr(config, "layer_types", None) or [])
    windowed = bool(getattr(config, "sliding_window", None) or kinds - {"full_attention"})
    if windowed or (document_mask and not products):
        return "eager" if products else "sdpa"
    AttentionInterface.register(FUSED, sdpa_attention_forward)
    AttentionMaskInterface.register(FUSED, _no_mask)
    AttentionInterface.register(PRODUCTS, multiplied_out)
    AttentionMaskInterface.register(PRODUCTS, _no_mask)
    AttentionInterface.register(DOCUMENT_PRODUCTS, multiplied_out)
    AttentionMaskInterface.register(DOCUMENT_PRODUCTS, sdpa_mask)
    if document_mask:
        return DOCUMENT_PRODUCTS
    return PRODUCTS if products else FUSED


def attend(model: Any, products: bool, document_mask: bool) -> None:
    """Set the implementation; transformers' eager one where the architecture takes no other."""
    try:
        model.set_attn_implementation(choose_attention(model.config, products, document_mask))
    except ValueError:
        model.set_attn_implementation("eager")


def multiplied_out(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """Query [batch, heads, context, head size], key and value with as many heads or a divisor of them (grouped-query
    attention), mask bool[batch, 1, context, context] or None for a causal one; the result is [batch, context, heads,
    head size]."""
    del rest
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    scores = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5 if scaling is None else scaling)
    places = torch.arange(query.shape[2], device=query.device)
    allowed = places[:, None] >= places if attention_mask is None else attention_mask
    scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
    weights = drop(scores.softmax(-1, dtype=torch.float32).to(value.dtype), dropout, module.training)
    return (weights @ value).transpose(1, 2), None


def document_positions(inputs: torch.Tensor, bos_id: int) -> torch.Tensor:
    """Position of each input in its document, int64[blocks, context]; a document begins at its bos.

    transformers reads off positions that start anew that documents are packed, and masks them from each other.
    """
    places = torch.arange(inputs.shape[1], device=inputs.device).expand_as(inputs)
    starts = torch.where(inputs == bos_id, places, 0).cummax(1).values
    return places - starts


def _no_mask(**arguments: Any) -> None:
    del arguments
