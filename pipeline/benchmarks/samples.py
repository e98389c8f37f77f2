"""Continues prompts by seeded sampling."""

from dataclasses import asdict
from typing import Any

import torch
from transformers import GenerationConfig

from pipeline.benchmarks.language_model import LanguageModel
from pipeline.contract.metrics import Json
from pipeline.core.errors import ConfigError
from pipeline.schema.evaluate import SamplesConfig


def continuations(model: LanguageModel, samples: SamplesConfig, seed: int) -> list[dict[str, Json]]:
    """One row a prompt: prompt, text (prompt not included), why it ended, settings.

    The n-th prompt is drawn with seed + n. A text ends at the end token, at `max_new_tokens` or where the context
    is full. ConfigError if a prompt alone fills the context.
    """
    settings: dict[str, Json] = {key: value for key, value in asdict(samples).items() if key != "prompts"}
    rows: list[dict[str, Json]] = []
    for number, prompt in enumerate(samples.prompts):
        ids = [model.bos, *model.encode(prompt)]
        room = min(samples.max_new_tokens, model.context - len(ids))
        if room < 1:
            raise ConfigError(
                f"evaluate.samples.prompts[{number}] takes {len(ids)} tokens, the model's context is {model.context}"
            )
        new = _continue(model, ids, room, samples, seed + number)
        ended = "end" if new[-1] == model.eos else "max_new_tokens" if room == samples.max_new_tokens else "context"
        rows.append(
            {"prompt": prompt, "text": model.decode(new), "ended": ended, "seed": seed + number, "settings": settings}
        )
    return rows


def _continue(model: LanguageModel, ids: list[int], room: int, samples: SamplesConfig, seed: int) -> list[int]:
    generation: Any = GenerationConfig
    how = generation(
        do_sample=True,
        max_new_tokens=room,
        temperature=samples.temperature,
        top_k=samples.top_k,
        top_p=samples.top_p,
        repetition_penalty=samples.repetition_penalty,
        bos_token_id=model.bos,
        eos_token_id=model.eos,
        pad_token_id=model.eos,
    )
    prompt = torch.tensor([ids], device=model.device)
    with torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(seed)
        output = model.model.generate(prompt, attention_mask=torch.ones_like(prompt), generation_config=how)
    return [int(id) for id in output[0, len(ids) :]]
