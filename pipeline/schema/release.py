"""release: what the model card says that no other stage knows."""

from dataclasses import dataclass
from enum import Enum


class Format(Enum):
    """safetensors: the model's folder as train wrote it; gguf: one file for llama.cpp and what is built on it (ollama,
    LM Studio), with ollama's Modelfile."""

    safetensors = "safetensors"
    gguf = "gguf"


class GgufType(Enum):
    """f32: the weights as they are, twice the size of f16; f16: rounded; q8_0: eight bits and a scale for 32 of them."""

    f32 = "f32"
    f16 = "f16"
    q8_0 = "q8_0"


@dataclass
class ReleaseConfig:
    name: str
    """The model's name: heading of the card, and of its results in the front matter."""
    languages: list[str]
    """ISO 639 codes of what the model was taught; Hugging Face files it under these."""
    licence: str | None
    """SPDX identifier that the publisher answers for; null: derived from the licences of the training documents."""
    tags: list[str]
    """Further words to find the model by; its architecture is added."""
    formats: list[Format]
    """What the folder holds: safetensors, which the card and all other formats rest on, and gguf if wanted. GGUF
    takes a GPT-2 (model.config_class=GPT2Config, activation gelu_new) and a tokenizer that splits like GPT-2's."""
    gguf_type: GgufType
    """Of the GGUF's matrices. llama.cpp's tools make smaller ones of an f32 or f16 file."""
    samples_shown: int
    """Of evaluate's samples, the first so many."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name is blank")
        if not self.languages:
            raise ValueError("languages is empty; name one at least")
        if self.licence is not None and not self.licence.strip():
            raise ValueError("licence is blank; null derives it from the documents")
        if Format.safetensors not in self.formats:
            raise ValueError("formats lacks safetensors, of which the others are made: [safetensors] or [safetensors, gguf]")
        if len(set(self.formats)) < len(self.formats):
            raise ValueError("formats names one format twice")
        if self.samples_shown < 0:
            raise ValueError(f"samples_shown {self.samples_shown} is below 0")
