"""Arithmetic of a model and of known devices, for model FLOPs utilisation (MFU)."""

import re
from typing import Any

from torch import nn

PEAKS = {
    "H200": 989.4e12,
    "H100 NVL": 835.5e12,
    "H100 PCIe": 756.0e12,
    "H100": 989.4e12,
    "A100": 312.0e12,
    "A800": 312.0e12,
    "H800": 989.4e12,
    "H20": 148.0e12,
    "L40S": 362.0e12,
    "L4": 121.0e12,
    "A10": 125.0e12,
    "RTX 4090": 165.2e12,
    "RTX 3090": 71.0e12,
}
"""Dense bf16 FLOP/s with float32 sums, by words of the device's name, from NVIDIA's data sheets; the first match
counts."""


def flops_per_token(model: Any, context: int) -> float:
    """Of a forward and a backward pass: 6·N + 12·layers·width·context (Chowdhery et al. 2022, PaLM, appendix B).

    N counts the weights that are multiplied: all but embedding tables, and the output layer also where it is tied.
    """
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    tables.discard(id(model.get_output_embeddings().weight))
    multiplied = sum(weight.numel() for weight in model.parameters() if id(weight) not in tables)
    config = model.config
    return float(6 * multiplied + 12 * config.num_hidden_layers * config.hidden_size * context)


def peak_flops(device_name: str) -> float | None:
    """bf16 FLOP/s of the device, or None where it is not in the table."""
    return next((peak for name, peak in PEAKS.items() if re.search(rf"\b{name}\b", device_name)), None)
