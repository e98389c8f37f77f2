"""release: what the model card says that no other stage knows."""

from dataclasses import dataclass
from enum import Enum

from pipeline.schema.model import Activation, ModelConfig
from pipeline.schema.tokenizer import Digits, Method, Punctuation, TokenizerConfig


class Format(Enum):
    """safetensors: the model's folder as train wrote it; gguf: one file for llama.cpp and what is built on it
    (ollama, LM Studio), with ollama's Modelfile."""

    safetensors = "safetensors"
    gguf = "gguf"


class GgufType(Enum):
    """f32: the weights as they are; f16: rounded, half the size; q8_0: eight bits and a scale for each 32 weights."""

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
    source_names: dict[str, str]
    """What a stranger would call a source: name of the source in conf -> words of the card's tables. A source that is
    not listed keeps its name."""
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
            raise ValueError("formats lacks safetensors, of which gguf is made: [safetensors] or [safetensors, gguf]")
        if len(set(self.formats)) < len(self.formats):
            raise ValueError("formats names one format twice")
        if self.samples_shown < 0:
            raise ValueError(f"samples_shown {self.samples_shown} is below 0")


def against_gguf(tokenizer: TokenizerConfig, model: ModelConfig) -> list[str]:
    """The options, as `key=value`, with which a model cannot be written as GGUF; the folder itself has the last word
    (pipeline/formats)."""
    keys = {
        "tokenizer.method": (tokenizer.method.name, Method.bpe.name),
        "tokenizer.digits": (tokenizer.digits.name, Digits.grouped.name),
        "tokenizer.punctuation": (tokenizer.punctuation.name, Punctuation.runs.name),
        "model.config_class": (model.config_class, "GPT2Config"),
        "model.activation": (model.activation.name, Activation.gelu_new.name),
    }
    return [f"{key}={value}" for key, (value, needed) in keys.items() if value != needed]
