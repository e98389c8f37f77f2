"""generate: how a finished model continues prompts. No stage reads it; `make sample` and `make demo` do."""

import math
from dataclasses import dataclass
from enum import Enum

from pipeline.schema.dedup import DedupConfig
from pipeline.schema.device import Device
from pipeline.schema.filter import Thresholds
from pipeline.schema.normalise import Script


class Arithmetic(Enum):
    """The weights' number format while generating."""

    float32 = "float32"
    float64 = "float64"
    bfloat16 = "bfloat16"


@dataclass
class SamplingConfig:
    """How the next token is drawn. The filters work in this order, as in transformers."""

    repetition_penalty: float
    """Divides the scores of tokens that stood in the prompt or text before (Keskar et al. 2019, CTRL); 1: none."""
    temperature: float
    """Divides the scores: below 1 likelier, above 1 wilder; 0 takes the likeliest token each time."""
    top_k: int
    """Draw among the k likeliest tokens; 0: all."""
    top_p: float
    """Draw among the likeliest tokens that make up this probability; 1: all."""
    min_p: float
    """Leave out tokens less likely than this share of the likeliest one's probability; 0: none."""

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"temperature {self.temperature} is not a finite number of at least 0")
        if not 0 < self.repetition_penalty < math.inf:
            raise ValueError(f"repetition_penalty {self.repetition_penalty} is not a finite number above 0")
        if self.top_k < 0:
            raise ValueError(f"top_k {self.top_k} is below 0")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p {self.top_p} lies outside (0, 1]")
        if not 0 <= self.min_p <= 1:
            raise ValueError(f"min_p {self.min_p} lies outside [0, 1]")


@dataclass
class FloorConfig:
    """What a text must reach to be kept; applied where dropped texts have a file to go to (--dropped)."""

    quality: Thresholds
    """The rules of the stage filter, with thresholds of their own."""
    script: Script
    """The script that a text must not contradict by its characters; keep: any."""
    max_perplexity: float | None
    """Highest perplexity a token, by the model's own probabilities; null: no limit."""
    near_copies: DedupConfig
    """Of texts as similar as this one stays, the first."""

    def __post_init__(self) -> None:
        if self.max_perplexity is not None and not self.max_perplexity >= 1:
            raise ValueError(f"max_perplexity {self.max_perplexity} is at least 1, or null for no limit")


@dataclass
class GenerateConfig:
    seed: int
    """Of the draws; each prompt and each of its samples has draws of its own."""
    device: Device
    """Where the model runs."""
    arithmetic: Arithmetic
    """float32 on processors; bfloat16 halves memory on GPUs; in float64 rounding never decides a draw."""
    threads: int
    """Processor threads of the model."""
    batch_tokens: int
    """Tokens in a batch, prompts and room for their texts together; sets the memory."""
    samples: int
    """Texts for each prompt."""
    max_new_tokens: int
    """Most tokens a text; it ends before them at the end token, or where the context is full."""
    sampling: SamplingConfig
    """How the next token is drawn."""
    whole_characters: bool
    """Bar tokens that would break a character (byte-level vocabularies hold halves), and leave out one that a text
    ends in; false: as the model draws, with U+FFFD for what is no character."""
    special_tokens: bool
    """Read special tokens that a prompt spells out (<|im_start|>); false: they are text."""
    prompt_script: Script
    """Convert prompts to the script that the model was trained in; keep: as they are."""
    script: Script
    """Convert texts to this script; keep: as the model writes."""
    floor: FloorConfig
    """What a text must reach to be kept."""

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed {self.seed} is below 0")
        for name in ("threads", "batch_tokens", "samples", "max_new_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is at least 1")
