"""Continue a batch of prompts token by token; rows that have ended leave the batch.

Prompts are padded on the left and masked, or batched by equal length for models that cannot be padded. A model that
keeps no keys and values from token to token (Mamba) reads the whole text anew for each.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pipeline.core.errors import ConfigError, RunError
from pipeline.generation.causal_model import CausalModel
from pipeline.generation.sampler import Sampler, draws
from pipeline.generation.whole_characters import states_of
from pipeline.schema.generate import GenerateConfig

SHRINK_AT = 0.5
"""Ended rows are taken out when no more than this share of the batch goes on: doing so copies the cache."""


@dataclass(frozen=True, slots=True)
class Request:
    """One text to be written."""

    prompt: str
    ids: Sequence[int]
    """The prompt's tokens, the start token before them."""
    repeat: int
    """How many equal prompts came before this one."""
    sample: int
    room: int
    """Most tokens to write."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was written."""

    row: int
    """The request's place in the batch."""
    id: int
    log_probability: float
    """By the model, before any setting of the sampling."""
    alternatives: tuple[tuple[int, float], ...]
    """The likeliest tokens at this place and their probabilities, this one perhaps among them."""


def encode_within(model: CausalModel, prompt: str, place: str) -> list[int]:
    """The prompt's tokens; ConfigError naming `place` if the context has no room for one more token."""
    ids = model.encode(prompt)
    if len(ids) >= model.context:
        raise ConfigError(
            f"{place} takes {len(ids)} tokens, and the model's context of {model.context} must hold the text too: "
            f"shorten it to {model.context - 1} or fewer"
        )
    return ids


def room_for(model: CausalModel, ids: Sequence[int], config: GenerateConfig) -> int:
    """How many tokens a text may have after a prompt of these tokens."""
    return min(config.max_new_tokens, model.context - len(ids))


def plan(lengths: Sequence[int], config: GenerateConfig, model: CausalModel) -> list[list[int]]:
    """Batches of requests by the length of their prompts, longest first; a function of the lengths alone."""
    batches: list[list[int]] = []
    width = 0
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        full = not batches or (len(batches[-1]) + 1) * (width + config.max_new_tokens) > config.batch_tokens
        if full or (not model.pads and lengths[index] != width):
            batches.append([])
            width = lengths[index]
        batches[-1].append(index)
    return batches


class Continuation:
    """A batch that is being written."""

    def __init__(
        self,
        model: CausalModel,
        requests: Sequence[Request],
        config: GenerateConfig,
        alternatives: int = 0,
    ) -> None:
        self.model, self.requests, self.shown = model, requests, alternatives
        rows, width = len(requests), max(len(request.ids) for request in requests)
        padded = np.zeros((rows, width), np.int64)
        mask = np.zeros((rows, width), np.int64)
        for row, request in enumerate(requests):
            padded[row, width - len(request.ids) :] = request.ids
            mask[row, width - len(request.ids) :] = 1
        self.input = torch.from_numpy(padded).to(model.device)
        self.mask = torch.from_numpy(mask).to(model.device)
        self.cache = model.new_cache()
        self.rows = list(range(rows))
        """Which request each row of the tensors is of."""
        self.written = [0] * rows
        self.ended = [False] * rows
        self.characters = model.characters if config.whole_characters else None
        self.states = states_of(rows, model.device)
        most = max(request.room for request in requests)
        numbers = np.stack(
            [draws(config.seed, request.prompt, request.repeat, request.sample, most) for request in requests]
        )
        # The start token is no word of the text: repeating it is not punished, least of all where it also ends one.
        counted = [request.ids[len(model.start) :] for request in requests]
        self.sampler = Sampler(config.sampling, counted, torch.from_numpy(numbers).to(model.device))

    def __iter__(self) -> Iterator[list[Token]]:
        """The tokens of one step at a time, one of each row that goes on."""
        step = 0
        while not all(self.ended):
            yield self._step(step)
            step += 1

    @torch.inference_mode()
    def _step(self, step: int) -> list[Token]:
        logits = self.model.scores(self.input, self.mask, self.cache)
        if self.characters is None:
            chosen = self.sampler.choose(logits, step)
        else:
            chosen = self.sampler.choose(self.characters.bar(logits, self.states), step)
            self.states = self.characters.follow(self.states, chosen)
        normalised = logits.log_softmax(dim=-1)
        logs = normalised.gather(1, chosen.unsqueeze(1)).squeeze(1).tolist()
        if not all(map(math.isfinite, logs)):
            raise RunError(
                "the model's scores are no numbers (NaN): damaged weights, or generate.arithmetic too coarse"
            )
        likeliest: list[tuple[tuple[int, float], ...]] = [()] * len(logs)
        if self.shown:
            values, ids = normalised.topk(min(self.shown, normalised.shape[-1]), dim=-1)
            pairs = zip(ids.tolist(), values.exp().tolist(), strict=True)
            likeliest = [tuple(zip(*pair, strict=True)) for pair in pairs]
        tokens = []
        for place, (id, log) in enumerate(zip(chosen.tolist(), logs, strict=True)):
            row = self.rows[place]
            if self.ended[row]:
                continue
            self.written[row] += 1
            self.ended[row] = id in self.model.ends or self.written[row] == self.requests[row].room
            tokens.append(Token(row, id, log, likeliest[place]))
        self._append(chosen)
        return tokens

    def _append(self, chosen: torch.Tensor) -> None:
        """Make the chosen tokens the next input, and take ended rows out if many have ended."""
        column = chosen.unsqueeze(1)
        self.input = column if self.cache is not None else torch.cat([self.input, column], dim=1)
        self.mask = torch.cat([self.mask, torch.ones_like(column)], dim=1)
        places = [place for place, row in enumerate(self.rows) if not self.ended[row]]
        if not places or len(places) > SHRINK_AT * len(self.rows):
            return
        kept = torch.tensor(places, device=self.input.device)
        self.rows = [self.rows[place] for place in places]
        self.input, self.mask, self.states = self.input[kept], self.mask[kept], self.states[kept]
        self.sampler.keep(kept)
        if self.cache is not None:
            self.cache.batch_select_indices(kept)
