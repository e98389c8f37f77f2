"""A causal model from conf: one of transformers, by its configuration class, with the pack's context and the
tokenizer's vocabulary."""

from dataclasses import dataclass
from typing import Any, cast

import torch
import transformers
from transformers import AutoModelForCausalLM, PreTrainedConfig

from pipeline.core.errors import ConfigError
from pipeline.model.attention import document_positions
from pipeline.schema.model import ModelConfig

ACTIVATIONS = ("activation_function", "hidden_act", "hidden_activation")
"""Names that transformers' causal models have for it."""
HEADS_NOT_DROPOUTS = ("summary", "classifier")
"""Beginnings of names of dropouts that belong to no language model."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the model must know of the tokenizer."""

    size: int
    bos: int
    eos: int
    pad: int


def model_config(model: ModelConfig, context: int, vocabulary: Vocabulary) -> Any:
    """The configuration as it will stand in config.json: no path, no date, nothing of this machine.

    ConfigError if transformers has no such class, or the class lacks or refuses what conf sets.
    """
    found: Any = getattr(transformers, model.config_class, None)
    if not (isinstance(found, type) and issubclass(found, PreTrainedConfig)):
        raise ConfigError(f"model.config_class: transformers has no configuration {model.config_class}")
    known = found()
    fields, aliases = set(known.to_dict()), dict(known.attribute_map)
    ours = _ours(model, context, vocabulary, known, fields | set(aliases))
    taken = {aliases.get(name, name) for name in ours} | {"dtype", "torch_dtype"}
    for name in model.arguments:
        if aliases.get(name, name) in taken:
            raise ConfigError(f"model.arguments.{name}: another key of model, pack or the tokenizer sets it")
        if name not in fields | set(aliases):
            raise ConfigError(f"model.arguments: {model.config_class} of transformers knows no {name}")
    optional = {"num_key_value_heads": model.heads, "head_dim": model.width // model.heads, "is_decoder": True}
    defaults = {name: value for name, value in optional.items() if name in fields}
    try:
        return found(**{**defaults, **ours, **model.arguments})
    except Exception as error:  # each class has errors of its own kind
        raise ConfigError(f"model: {model.config_class} refuses its arguments: {error}") from error


def new_model(model: ModelConfig, context: int, vocabulary: Vocabulary) -> Any:
    """Random float32 weights as the architecture draws them; they follow torch's seed. ConfigError if the class is of
    no causal model."""
    return model_of(model_config(model, context, vocabulary))


def model_of(config: Any) -> Any:
    auto = cast(Any, AutoModelForCausalLM)
    try:
        return auto.from_config(config)  # attention: sdpa where none is named
    except Exception as error:  # whatever the architecture's own code raises
        name = type(config).__name__
        raise ConfigError(f"model.config_class: transformers makes no causal model of {name}: {error}") from error


def check_model(model: Any, vocabulary: Vocabulary, context: int, document_mask: bool) -> None:
    """Three small forward passes: ConfigError if one fails, if a token sees a later one, or if documents see each
    other though they must not."""
    size = min(context, 16)
    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad}
    words = [token for token in range(min(vocabulary.size, size + len(special))) if token not in special]
    if len(words) < 2:
        raise ConfigError(f"the tokenizer has {vocabulary.size} tokens, fewer than two of them are text")
    inputs = torch.tensor([[words[place % len(words)] for place in range(size)]])
    inputs[0, size // 2] = vocabulary.bos
    name = type(model).__name__

    def logits(tokens: torch.Tensor) -> torch.Tensor:
        positions = document_positions(tokens, vocabulary.bos) if document_mask else None
        try:
            found: torch.Tensor = model(input_ids=tokens, position_ids=positions, use_cache=False).logits[0]
        except Exception as error:  # the same
            raise ConfigError(f"model: {name} fails on its first tokens: {type(error).__name__}: {error}") from error
        return found

    training = model.training
    model.eval()
    with torch.no_grad():
        before = logits(inputs)
        last, first = inputs.clone(), inputs.clone()
        last[0, -1] = words[size % len(words)]
        first[0, 1] = words[2 % len(words)]
        if not torch.allclose(logits(last)[:-1], before[:-1], rtol=1e-3, atol=1e-4):
            raise ConfigError(f"model.config_class: in {name} a token sees later ones: it is no causal model")
        apart = torch.allclose(logits(first)[size // 2 :], before[size // 2 :], rtol=1e-3, atol=1e-4)
        if document_mask and not apart:
            raise ConfigError(f"train.document_mask: {name} does not keep documents apart; set it to false")
    model.train(training)


def parameter_count(model: Any) -> int:
    """Trained numbers; tied tables count once."""
    return sum(parameter.numel() for parameter in model.parameters())


def _ours(model: ModelConfig, context: int, vocabulary: Vocabulary, known: Any, names: set[str]) -> dict[str, Any]:
    """What conf sets, by the names of transformers."""
    own_inner = "n_inner" in names  # GPT-2 and its kin, where null means four times the width
    inner = "n_inner" if own_inner else "intermediate_size"
    needed = ["vocab_size", "max_position_embeddings", "hidden_size", "num_hidden_layers", "num_attention_heads"]
    if model.inner:
        needed.append(inner)
    for name in needed:
        if name not in names:
            raise ConfigError(f"model.config_class: {model.config_class} has no {name}, which conf/model must set")
    dropouts = [name for name, value in known.to_dict().items() if _is_dropout(name, value)]
    if model.dropout and not dropouts:
        raise ConfigError(f"model.dropout {model.dropout}: {model.config_class} has no dropout; set 0")
    found: dict[str, Any] = {
        "vocab_size": vocabulary.size,
        "max_position_embeddings": context,
        "hidden_size": model.width,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        "initializer_range": model.init_std,
        "tie_word_embeddings": model.tied,
        "bos_token_id": vocabulary.bos,
        "eos_token_id": vocabulary.eos,
        "pad_token_id": vocabulary.pad,
        **{name: model.activation.name for name in ACTIVATIONS if name in names},
        **dict.fromkeys(dropouts, model.dropout),
    }
    if inner in names:
        found[inner] = model.inner or (None if own_inner else 4 * model.width)
    return found


def _is_dropout(name: str, value: object) -> bool:
    """Whether the configuration's entry is the dropout of a part that a language model has."""
    if name.startswith(HEADS_NOT_DROPOUTS) or not ("dropout" in name or "pdrop" in name):
        return False
    return isinstance(value, (int, float)) and not isinstance(value, bool)
