"""The published model: one Hugging Face folder with weights, configuration and tokenizer."""

import json
import shutil
from pathlib import Path
from typing import Any

from transformers import GenerationConfig
from transformers.utils import logging

from pipeline.core.shards import write_json
from pipeline.model.architecture import Vocabulary
from pipeline.tokens.tokenizer_folder import Special, open_tokenizer

NOT_THE_TOKENIZERS = frozenset({"embedding_plan.parquet"})
SETTINGS = "tokenizer_config.json"


def read_vocabulary(folder: Path) -> Vocabulary:
    """Size and special ids of the tokenizer in `folder`; SourceError if bos, eos or pad is missing."""
    tokenizer = open_tokenizer(folder)
    bos, eos, pad = (tokenizer.id(special) for special in (Special.bos, Special.eos, Special.pad))
    return Vocabulary(tokenizer.vocab_size, bos, eos, pad)


def save_model(model: Any, vocabulary: Vocabulary, tokenizer: Path, out: Path) -> None:
    """Weights as safetensors, configurations, and the tokenizer's files, so that this one folder is all one needs.

    The tokenizer's configuration gets the model's context as `model_max_length`, by which transformers truncates.
    """
    generation: Any = GenerationConfig
    model.generation_config = generation(
        bos_token_id=vocabulary.bos, eos_token_id=vocabulary.eos, pad_token_id=vocabulary.pad
    )
    messages: Any = logging
    messages.disable_progress_bar()
    model.save_pretrained(out)
    for path in sorted(tokenizer.iterdir()):
        if path.is_file() and path.name not in NOT_THE_TOKENIZERS:
            shutil.copyfile(path, out / path.name)
    settings = json.loads((tokenizer / SETTINGS).read_text(encoding="utf-8"))
    write_json(out / SETTINGS, {**settings, "model_max_length": model.config.max_position_embeddings})
