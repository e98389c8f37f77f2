"""Draw the next token of each row of a batch, by numbers that belong to the row alone.

The n-th token of a text is drawn by the n-th number of a stream that depends on the seed, the prompt, how many equal
prompts came before it and the number of the sample. What else is in the batch changes no draw: the same token comes
out, unless two probabilities differ by less than the rounding of the arithmetic.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from pipeline.schema.generate import SamplingConfig


def draws(seed: int, prompt: str, repeat: int, sample: int, count: int) -> npt.NDArray[np.float64]:
    """`count` numbers in [0, 1) for one text; a longer stream begins with the shorter one."""
    key = f"{seed}\x1f{repeat}\x1f{sample}\x1f{prompt}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(key, digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little"))).random(count)


class Sampler:
    """Chooses tokens for the rows of a batch, row by row on its own."""

    def __init__(self, config: SamplingConfig, prompts: Sequence[Sequence[int]], numbers: torch.Tensor) -> None:
        """`prompts` are each row's tokens that repetition counts; `numbers` has shape [rows, tokens to draw]."""
        self.config, self.prompts, self.numbers = config, prompts, numbers
        self.seen: torch.Tensor | None = None

    def choose(self, logits: torch.Tensor, step: int) -> torch.Tensor:
        """One token a row, shape [rows], from logits of shape [rows, vocabulary]."""
        penalty = self.config.repetition_penalty
        if penalty != 1:
            if self.seen is None:
                self.seen = torch.zeros_like(logits, dtype=torch.bool)
                for row, prompt in enumerate(self.prompts):
                    self.seen[row, torch.tensor(prompt, dtype=torch.long, device=logits.device)] = True
            logits = torch.where(self.seen, torch.where(logits > 0, logits / penalty, logits * penalty), logits)
        if self.config.temperature == 0:
            chosen = logits.argmax(dim=-1)
        else:
            probabilities, ids = filtered(logits, self.config)
            # The inverse of the distribution function, in double precision, likeliest token first.
            ends = probabilities.cumsum(dim=-1)
            place = (ends <= self.numbers[:, step : step + 1] * ends[:, -1:]).sum(dim=-1, keepdim=True)
            last = ((probabilities > 0).sum(dim=-1, keepdim=True) - 1).clamp(0)  # rounding must not lead past it
            chosen = ids.gather(1, torch.minimum(place, last)).squeeze(1)
        if self.seen is not None:
            self.seen.scatter_(1, chosen.unsqueeze(1), True)
        return chosen

    def keep(self, rows: torch.Tensor) -> None:
        """Go on with these rows alone."""
        self.numbers = self.numbers[rows]
        if self.seen is not None:
            self.seen = self.seen[rows]


def filtered(logits: torch.Tensor, config: SamplingConfig) -> tuple[torch.Tensor, torch.Tensor]:
    """Probabilities (float64, likeliest first, 0 where a filter took the token away) and the tokens they are of."""
    size = logits.shape[-1]
    if 0 < config.top_k < size:
        scores, ids = logits.topk(config.top_k, dim=-1)
    else:
        scores, ids = logits.sort(dim=-1, descending=True, stable=True)
    probabilities = (scores.double() / config.temperature).softmax(dim=-1)
    if config.top_p < 1:
        before = probabilities.cumsum(dim=-1) - probabilities
        probabilities = probabilities.masked_fill(before >= config.top_p, 0.0)
    if config.min_p > 0:
        probabilities = probabilities.masked_fill(probabilities < config.min_p * probabilities[:, :1], 0.0)
    return probabilities / probabilities.sum(dim=-1, keepdim=True), ids
