"""A GPT-2 from conf: transformers' GPT2LMHeadModel with the pack's context and the tokenizer's vocabulary."""

from dataclasses import dataclass

from transformers import GPT2Config, GPT2LMHeadModel

from pipeline.schema.model import ModelConfig


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the model must know of the tokenizer."""

    size: int
    bos: int
    eos: int
    pad: int


def gpt2_config(model: ModelConfig, context: int, vocabulary: Vocabulary) -> GPT2Config:
    """The configuration as it will stand in config.json: no path, no date, nothing of this machine."""
    return GPT2Config(
        vocab_size=vocabulary.size,
        n_positions=context,
        n_embd=model.width,
        n_layer=model.layers,
        n_head=model.heads,
        n_inner=model.inner,
        activation_function=model.activation.name,
        resid_pdrop=model.dropout,
        embd_pdrop=model.dropout,
        attn_pdrop=model.dropout,
        initializer_range=model.init_std,
        tie_word_embeddings=model.tied,
        bos_token_id=vocabulary.bos,
        eos_token_id=vocabulary.eos,
        pad_token_id=vocabulary.pad,
    )


def new_model(model: ModelConfig, context: int, vocabulary: Vocabulary) -> GPT2LMHeadModel:
    """Random float32 weights as GPT-2's paper draws them; they follow torch's seed."""
    return GPT2LMHeadModel(gpt2_config(model, context, vocabulary))  # attention: sdpa where none is named


def parameter_count(model: GPT2LMHeadModel) -> int:
    """Trained numbers; tied tables count once."""
    return sum(parameter.numel() for parameter in model.parameters())
