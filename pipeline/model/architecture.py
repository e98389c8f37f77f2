"""A causal model from conf: any of transformers, by its configuration class, with the pack's context and the
tokenizer's vocabulary."""

from dataclasses import dataclass
from typing import Any, cast

import transformers
from transformers import AutoModelForCausalLM, PreTrainedConfig

from pipeline.core.errors import ConfigError
from pipeline.schema.model import ModelConfig

DROPOUTS = (
    "resid_pdrop", "embd_pdrop", "attn_pdrop", "attention_dropout", "hidden_dropout", "embedding_dropout",
    "residual_dropout",
)  # fmt: skip
"""Names that transformers' causal models have for it."""
ACTIVATIONS = ("activation_function", "hidden_act", "hidden_activation")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the model must know of the tokenizer."""

    size: int
    bos: int
    eos: int
    pad: int


def model_config(model: ModelConfig, context: int, vocabulary: Vocabulary) -> Any:
    """The configuration as it will stand in config.json: no path, no date, nothing of this machine.

    ConfigError if transformers has no such class, no causal model for it, or the class lacks what conf sets.
    """
    found: Any = getattr(transformers, model.config_class, None)
    if not (isinstance(found, type) and issubclass(found, PreTrainedConfig)):
        raise ConfigError(f"model.config_class: transformers has no configuration {model.config_class}")
    known = found()
    arguments: dict[str, Any] = {
        "vocab_size": vocabulary.size,
        "max_position_embeddings": context,
        "hidden_size": model.width,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        _inner_name(known): model.inner if model.inner or _has_own_inner(known) else 4 * model.width,
        "initializer_range": model.init_std,
        **{name: model.activation.name for name in ACTIVATIONS if hasattr(known, name)},
        **{name: model.dropout for name in DROPOUTS if hasattr(known, name)},
        "tie_word_embeddings": model.tied,
        "bos_token_id": vocabulary.bos,
        "eos_token_id": vocabulary.eos,
        "pad_token_id": vocabulary.pad,
        **model.arguments,
    }
    for name in arguments:
        if not hasattr(known, name):
            raise ConfigError(f"model.arguments: {model.config_class} of transformers knows no {name}")
    if model.dropout and not any(hasattr(known, name) for name in DROPOUTS):
        raise ConfigError(f"model.dropout {model.dropout}: {model.config_class} has no dropout; set 0")
    try:
        return found(**arguments)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"model: {model.config_class} refuses its arguments: {error}") from error


def new_model(model: ModelConfig, context: int, vocabulary: Vocabulary) -> Any:
    """Random float32 weights as the architecture draws them; they follow torch's seed."""
    config, auto = model_config(model, context, vocabulary), cast(Any, AutoModelForCausalLM)
    try:
        return auto.from_config(config)  # attention: sdpa where none is named
    except ValueError as error:
        raise ConfigError(f"model.config_class: {model.config_class} is of no causal model: {error}") from error


def parameter_count(model: Any) -> int:
    """Trained numbers; tied tables count once."""
    return sum(parameter.numel() for parameter in model.parameters())


def _inner_name(config: Any) -> str:
    return "n_inner" if _has_own_inner(config) else "intermediate_size"


def _has_own_inner(config: Any) -> bool:
    """GPT-2 and its kin, where null means four times the width."""
    return hasattr(config, "n_inner")
