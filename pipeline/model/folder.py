"""The published model: one Hugging Face folder with weights, configuration and tokenizer."""

import json
import shutil
from pathlib import Path
from typing import Any

from transformers import GenerationConfig, GPT2Config
from transformers.utils import logging

from pipeline.core.shards import write_json
from pipeline.model.architecture import Vocabulary
from pipeline.tokens.tokenizer_folder import Special, open_tokenizer

NOT_THE_TOKENIZERS = frozenset({"embedding_plan.parquet"})
SETTINGS = "tokenizer_config.json"
SAMPLING = {"temperature": 0.8, "top_k": 50, "top_p": 0.95, "repetition_penalty": 1.1}
"""How clients sample unless told otherwise: conf/generate's defaults, so that they write what `make sample` does."""


def read_vocabulary(folder: Path) -> Vocabulary:
    """Size and special ids of the tokenizer in `folder`; SourceError if bos, eos or pad is missing."""
    tokenizer = open_tokenizer(folder)
    bos, eos, pad = (tokenizer.id(special) for special in (Special.bos, Special.eos, Special.pad))
    return Vocabulary(tokenizer.vocab_size, bos, eos, pad)


def save_model(model: Any, vocabulary: Vocabulary, tokenizer: Path, out: Path) -> None:
    """Weights as safetensors, configurations, and the tokenizer's files, so that this one folder is all one needs.

    The tokenizer's configuration gets the model's context as `model_max_length`, by which transformers truncates. The
    generation configuration makes clients sample within the context: without `max_length` a pipeline of transformers
    asks for 256 tokens more, beyond the positions of a small model.
    """
    generation: Any = GenerationConfig
    context = model.config.max_position_embeddings
    model.generation_config = generation(
        bos_token_id=vocabulary.bos,
        eos_token_id=vocabulary.eos,
        pad_token_id=vocabulary.pad,
        max_length=context,
        do_sample=True,
        **SAMPLING,
    )
    if isinstance(model.config, GPT2Config):
        model.config.n_ctx = context  # what llama.cpp's and MLX's readers of GPT-2 look for
    messages: Any = logging
    messages.disable_progress_bar()
    model.save_pretrained(out)
    for path in sorted(tokenizer.iterdir()):
        if path.is_file() and path.name not in NOT_THE_TOKENIZERS:
            shutil.copyfile(path, out / path.name)
    settings = json.loads((tokenizer / SETTINGS).read_text(encoding="utf-8"))
    write_json(out / SETTINGS, {**settings, "model_max_length": context})
