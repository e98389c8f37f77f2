"""evaluate: how the model is scored, what it is compared with, and what it is asked to write."""

import math
from dataclasses import dataclass
from enum import Enum

from pipeline.schema.device import Device


class Calibration(Enum):
    """content_free: a label's score is set against its score for a text that says nothing (Zhao et al. 2021,
    "Calibrate Before Use"); none: the score as it is."""

    none = "none"
    content_free = "content_free"


@dataclass
class SentimentConfig:
    """Zero- and few-shot: the label whose word the model finds more likely after the prompt."""

    template: str
    """A review and what stands before its label; {text} is the review."""
    separator: str
    """Between two examples."""
    words: dict[str, str]
    """Label -> the word that stands for it."""
    shots: list[int]
    """Examples before the question, one run each; a multiple of the labels, so that they are balanced."""
    shot_max_chars: int
    """A longer training review is never an example."""
    text_min_tokens: int
    """Room for the tested review: examples are left out until it has so much."""
    calibration: Calibration
    """What is taken off the scores of the label words before they are compared."""
    content_free: str
    """The text that says nothing."""
    length_normalised: bool
    """Divide a word's log-probability by its tokens."""
    max_examples: int | None
    """Score so many reviews of the task, drawn by the seed; null: all."""

    def __post_init__(self) -> None:
        if self.template.count("{text}") != 1:
            raise ValueError(
                f"template {self.template!r} holds {{text}} {self.template.count('{text}')} times, not once"
            )
        if len(self.words) < 2:
            raise ValueError(f"words name {len(self.words)} label; at least 2 are needed")
        for label, word in self.words.items():
            if not word.strip():
                raise ValueError(f"the word {word!r} of the label {label!r} is blank")
        for shots in self.shots:
            if shots < 0 or shots % len(self.words):
                raise ValueError(f"{shots} shots cannot be shared evenly by {len(self.words)} labels")
        for name in ("shot_max_chars", "text_min_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is at least 1")
        if self.max_examples is not None and self.max_examples < 1:
            raise ValueError(f"max_examples {self.max_examples} is at least 1, or null for all")


@dataclass
class SamplesConfig:
    prompts: list[str]
    """Beginnings to go on from; the n-th is drawn with seed + n."""
    max_new_tokens: int
    """Most tokens a sample."""
    temperature: float
    """Divides the logits: below 1 likelier, above 1 wilder."""
    top_k: int
    """Draw among the k likeliest tokens; 0: all."""
    top_p: float
    """Draw among the likeliest tokens that make up this probability."""
    repetition_penalty: float
    """Divides the scores of tokens that were there before (Keskar et al. 2019, CTRL); 1: none."""

    def __post_init__(self) -> None:
        for name in ("temperature", "repetition_penalty"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} {getattr(self, name)} is not a finite number above 0")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p {self.top_p} lies outside (0, 1]")
        if self.top_k < 0:
            raise ValueError(f"top_k {self.top_k} is below 0")
        if self.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens {self.max_new_tokens} is at least 1")


@dataclass
class EvaluateConfig:
    seed: int
    """Of the drawn reviews, examples, texts for the baselines and samples."""
    device: Device
    """Where the model stands."""
    threads: int
    """Processor threads of the model; a sum's last digit depends on it."""
    batch_tokens: int
    """Tokens scored at a time, padding included; sets the memory. The result does not depend on it, but for the last
    digits."""
    stride_share: float
    """A document longer than the context is scored window by window; each new window scores this share of the
    context and sees the rest as what stands before it."""
    ngram_max_characters: int
    """The n-gram baselines learn from texts of train, drawn by the seed, until they have so many characters: 130
    bytes of memory each."""
    ngram_fallback: list[float]
    """Kneser-Ney's three discounts where a corpus is too small to tell them."""
    sentiment: SentimentConfig
    """The zero- and few-shot task."""
    samples: SamplesConfig
    """What the model writes."""

    def __post_init__(self) -> None:
        if not 0 < self.stride_share <= 1:
            raise ValueError(f"stride_share {self.stride_share} lies outside (0, 1]")
        if self.seed < 0:
            raise ValueError(f"seed {self.seed} is below 0")
        for name in ("threads", "batch_tokens", "ngram_max_characters"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is at least 1")
        if len(self.ngram_fallback) != 3:
            raise ValueError(f"ngram_fallback holds {len(self.ngram_fallback)} discounts, not 3")
        for count, discount in enumerate(self.ngram_fallback, start=1):
            if not 0 < discount <= count:
                raise ValueError(f"ngram_fallback: discount {count} is {discount}, outside (0, {count}]")
