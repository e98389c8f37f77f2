"""The base model carried over to our tokenizer: embeddings extended or cut by the embedding plan.

A kept token has one base id and keeps its row to the bit. A new token starts as the plan says: `mean`, the mean of
the rows of the base tokens that spelt it until now, or `normal`, a draw from the normal distribution with the mean
and covariance of all old rows (Hewitt 2021, "Initializing New Word Embeddings for Pretrained Language Models"). Both
lie inside the cloud that the layers know; small random rows would get logits near 0, which take much of the softmax.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from transformers import AutoConfig, GPT2Config, GPT2LMHeadModel

from pipeline.core.errors import ConfigError, ContractError
from pipeline.model.architecture import Vocabulary, model_config, model_of
from pipeline.schema.model import ModelConfig
from pipeline.schema.tokenizer import Embeddings

Ints = npt.NDArray[np.int64]

KEPT = (
    "layer_norm_epsilon", "scale_attn_weights", "scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn",
)  # fmt: skip
"""What conf does not set and the base model's numbers depend on."""


def pretrained_model(base: Path, plan: Path, model: ModelConfig, context: int, vocabulary: Vocabulary) -> Any:
    """The model of folder `base` with `context` positions and a row for every token of the plan, in float32.

    Rows that are drawn follow torch's seed. Input and output table, where they are two, are extended alike.

    ConfigError if the folder holds no GPT-2, or if conf and the base model differ in shape; ContractError if the
    plan does not fit the vocabulary or the base model.
    """
    if not (base / "config.json").is_file():
        raise ConfigError(f"{base}: no base model there; set base.model (conf/base/hub.yaml), or train.init=scratch")
    base_config = AutoConfig.from_pretrained(base)
    if not isinstance(base_config, GPT2Config):
        raise ConfigError(f"{base}: a {base_config.model_type} model; train.init=pretrained takes a gpt2")
    if model.config_class != GPT2Config.__name__:
        raise ConfigError(f"model.config_class is {model.config_class}; train.init=pretrained takes a GPT2Config")
    _check_shape(base, base_config, model, context)
    old = GPT2LMHeadModel.from_pretrained(base, dtype=torch.float32)
    config = model_config(model, context, vocabulary)
    for name in KEPT:
        setattr(config, name, getattr(base_config, name))
    new = model_of(config)
    start, ids, rows = _read_plan(plan, vocabulary.size, base_config.vocab_size)
    weights = dict(old.state_dict())
    weights["transformer.wpe.weight"] = weights["transformer.wpe.weight"][:context]
    wte, head = "transformer.wte.weight", "lm_head.weight"
    weights[wte] = _extend(weights[wte], start, ids, rows, vocabulary.size)
    weights[head] = weights[wte] if model.tied else _extend(weights[head], start, ids, rows, vocabulary.size)
    new.load_state_dict(weights)
    return new


def _check_shape(base: Path, found: GPT2Config, model: ModelConfig, context: int) -> None:
    """ConfigError names the first key in which conf and the base model differ, and both values."""
    width = found.n_embd
    pairs = {
        "layers": (model.layers, found.n_layer),
        "heads": (model.heads, found.n_head),
        "width": (model.width, width),
        "inner": (model.inner or 4 * model.width, found.n_inner or 4 * width),
        "activation": (model.activation.name, found.activation_function),
        "tied": (model.tied, found.tie_word_embeddings),
    }
    for key, (wanted, has) in pairs.items():
        if wanted != has:
            raise ConfigError(f"model.{key} is {wanted}, but the base model in {base} has {has}")
    if context > found.n_positions:
        raise ConfigError(
            f"pack.context is {context}, but the base model in {base} has {found.n_positions} positions"
        )


def _read_plan(path: Path, size: int, base_size: int) -> tuple[Embeddings, Ints, Ints]:
    """How new rows start, then the plan flattened: base ids, and for each the new id it counts for."""
    if not path.is_file():
        raise ConfigError(f"{path}: no embedding plan; run the tokenizer stage")
    table = pq.read_table(path, columns=["id", "base_ids"])
    if table["id"].to_pylist() != list(range(size)):
        raise ContractError(f"{path}: ids are not 0 to {size - 1} in order: the pack was made with another tokenizer")
    start = (table.schema.metadata or {}).get(b"embeddings", b"").decode()
    if start not in Embeddings.__members__:
        raise ContractError(f"{path}: its metadata says embeddings={start!r}; run the tokenizer stage again")
    lists = table["base_ids"].combine_chunks()
    lengths = np.asarray(lists.value_lengths().fill_null(0), np.int64)
    ids = np.array(lists.flatten().cast(pa.int64()), np.int64)
    if len(ids) and not 0 <= ids.min() <= ids.max() < base_size:
        raise ContractError(f"{path}: base id {ids.max()}, but the base model has {base_size} tokens")
    return Embeddings[start], ids, np.repeat(np.arange(size), lengths)


def _extend(table: torch.Tensor, start: Embeddings, ids: Ints, rows: Ints, size: int) -> torch.Tensor:
    """Row r of the result is the table's row ids[rows == r] if that is one; else it starts as `start` says.

    The mean is that of the table's rows `ids[rows == r]`, or of the whole table if there are none.
    """
    counts = torch.bincount(torch.from_numpy(rows), minlength=size)
    sums = torch.zeros(size, table.shape[1], dtype=torch.float64)
    sums.index_add_(0, torch.from_numpy(rows), table[torch.from_numpy(ids)].double())
    means = sums / counts.clamp(min=1)[:, None]
    means[counts == 0] = table.double().mean(0)
    if start is Embeddings.normal:
        new = counts != 1
        means[new] = _draw(table.double(), int(new.sum()))
    return means.to(table.dtype)


def _draw(table: torch.Tensor, count: int) -> torch.Tensor:
    """So many rows from the normal distribution with the mean and covariance of the table's rows; float64."""
    mean = table.mean(0)
    centred = table - mean
    values, vectors = torch.linalg.eigh(centred.T @ centred / max(len(table) - 1, 1))
    # The symmetric root, whatever signs the eigenvectors have; rounding can put a variance of 0 below 0.
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    drawn: torch.Tensor = mean + torch.randn(count, table.shape[1], dtype=table.dtype) @ root
    return drawn
