"""The optimisers: AdamW for embeddings, norms and biases, AdamW or Muon for the matrices inside the layers."""

from typing import Any

import torch
from torch import nn

from pipeline.schema.train import Optimizer, TrainConfig
from pipeline.training.muon import Float32Muon


def matrices(model: Any) -> list[nn.Parameter]:
    """Two-dimensional weights that are neither an embedding table nor the output layer, in the model's order."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    tables.add(id(model.get_output_embeddings().weight))
    return [weight for weight in model.parameters() if weight.ndim == 2 and id(weight) not in tables]


def make_optimizers(model: Any, config: TrainConfig, able_bf16: bool) -> list[torch.optim.Optimizer]:
    """Each group's peak rate stands under `peak`; weights decay in the group of matrices alone. `able_bf16`:
    the device has instructions for bfloat16, in which torch's Muon always works."""
    inner = matrices(model)
    known = {id(weight) for weight in inner}
    rest = [weight for weight in model.parameters() if id(weight) not in known]
    adamw: dict[str, Any] = {"lr": config.lr, "betas": (config.beta1, config.beta2), "fused": True}
    if config.optimizer is Optimizer.adamw:
        groups = [
            {"params": inner, "weight_decay": config.weight_decay, "peak": config.lr},
            {"params": rest, "weight_decay": 0.0, "peak": config.lr},
        ]
        return [torch.optim.AdamW(groups, **adamw)]
    peak = config.muon_lr
    assert peak is not None, "TrainConfig checks it"
    # match_rms_adamw (Liu et al. 2025, "Muon is Scalable") does not ask which side of a matrix is the input:
    # GPT-2 stores its matrices transposed.
    kind = torch.optim.Muon if able_bf16 else Float32Muon
    muon = kind(
        [{"params": inner, "peak": peak}],
        lr=peak,
        weight_decay=config.weight_decay,
        momentum=config.momentum,
        adjust_lr_fn="match_rms_adamw",
    )
    return [muon, torch.optim.AdamW([{"params": rest, "peak": config.lr}], weight_decay=0.0, **adamw)]


def set_rate(optimizers: list[torch.optim.Optimizer], share: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * share
