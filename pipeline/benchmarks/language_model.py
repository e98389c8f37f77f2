"""The trained model as evaluation sees it: text to ids, and log-probabilities of chosen tokens.

Scores are float32 log-softmax sums; batches are made of requests of like length, and padding stands after them,
so a causal model's score does not depend on what shares its batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from pipeline.benchmarks.ngrams import Floats
from pipeline.core.errors import SourceError
from pipeline.model.device import choose_device
from pipeline.schema.device import Device
from pipeline.tokens.tokenizer_folder import Special, open_tokenizer

LOGIT_ROWS = 1024
"""Places whose logits are held at a time: 1,024 × vocabulary × 4 bytes."""


@dataclass(frozen=True, slots=True)
class Request:
    """The log-probability of `targets[i]` after `inputs[: places[i] + 1]`, for every i."""

    inputs: Sequence[int]
    places: Sequence[int]
    targets: Sequence[int]


@dataclass
class LanguageModel:
    model: Any
    """A causal transformers model in float32, in evaluation mode."""
    tokenizer: Tokenizer
    bos: int
    eos: int
    device: torch.device
    batch_tokens: int

    @property
    def context(self) -> int:
        """Tokens that the model sees at a time."""
        return int(self.model.config.max_position_embeddings)

    def encode(self, text: str) -> list[int]:
        """A text's tokens, without bos and eos; a literal <s> in it stays text."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        return str(
            self.tokenizer.decode([id for id in ids if id not in (self.bos, self.eos)], skip_special_tokens=False)
        )

    def score(self, requests: Sequence[Request]) -> list[Floats]:
        """Natural log-probabilities, float64 arrays in the order of `requests`."""
        results: list[Floats] = [np.zeros(0)] * len(requests)
        with torch.inference_mode():
            for batch in _batches(requests, self.batch_tokens):
                scores = self._score_batch([requests[index] for index in batch])
                for index, values in zip(batch, scores, strict=True):
                    results[index] = values
        return results

    def _score_batch(self, requests: Sequence[Request]) -> Iterator[Floats]:
        width = max(len(request.inputs) for request in requests)
        padded = np.full((len(requests), width), self.eos, np.int64)
        for row, request in enumerate(requests):
            padded[row, : len(request.inputs)] = request.inputs
        hidden = self.model.base_model(torch.from_numpy(padded).to(self.device)).last_hidden_state
        flat = [row * width + place for row, request in enumerate(requests) for place in request.places]
        targets = torch.tensor([id for request in requests for id in request.targets], device=self.device)
        rows = hidden.flatten(0, 1)[torch.tensor(flat, device=self.device)]
        head = self.model.get_output_embeddings()
        found = [
            -torch.nn.functional.cross_entropy(head(part).float(), goal, reduction="none")
            for part, goal in (
                (rows[start : start + LOGIT_ROWS], targets[start : start + LOGIT_ROWS])
                for start in range(0, len(flat), LOGIT_ROWS)
            )
        ]
        values = torch.cat(found).double().cpu().numpy()
        start = 0
        for request in requests:
            yield values[start : start + len(request.targets)]
            start += len(request.targets)


def _batches(requests: Sequence[Request], batch_tokens: int) -> Iterator[list[int]]:
    """Indices by length, longest first, at most `batch_tokens` padded tokens a batch (one request at least)."""
    batch: list[int] = []
    for index in sorted(range(len(requests)), key=lambda index: (-len(requests[index].inputs), index)):
        if batch and (len(batch) + 1) * len(requests[batch[0]].inputs) > batch_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def load_language_model(folder: Path, device: Device, batch_tokens: int) -> LanguageModel:
    """A folder in Hugging Face layout, tokenizer included; SourceError names what it lacks."""
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        if not (folder / name).is_file():
            raise SourceError(f"{folder / name}: no such file; run train, which writes model and tokenizer")
    chosen = choose_device(device, "evaluate")
    quiet: Any = logging
    quiet.disable_progress_bar()
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = open_tokenizer(folder)
    if tokenizer.vocab_size > model.config.vocab_size:
        raise SourceError(
            f"{folder}: the tokenizer has {tokenizer.vocab_size} tokens, the model {model.config.vocab_size}"
        )
    bos, eos = tokenizer.id(Special.bos), tokenizer.id(Special.eos)
    return LanguageModel(model.to(chosen).eval(), tokenizer.tokenizer, bos, eos, chosen, batch_tokens)
