"""The finished tokenizer: one tokenizer.json that carries its line breaks, specials and words by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from pipeline.contract.metrics import Json
from pipeline.core.shards import write_json, write_text
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.vocab.base import Base
from pipeline.vocab.cutting import Cutting
from pipeline.vocab.extension import Extension
from pipeline.vocab.linebreaks import Marks


@dataclass(frozen=True)
class Vocabulary:
    """All tokens in the order of their ids: kept base, marks, new merges, special tokens, words."""

    extension: Extension
    cutting: Cutting
    bos: str
    pad: str
    more: Sequence[str]
    words: Sequence[str]

    @classmethod
    def build(cls, extension: Extension, words: Sequence[str], config: TokenizerConfig) -> "Vocabulary":
        return cls(extension, Cutting.build(config), config.bos, config.pad, config.more, words)

    @property
    def marks(self) -> Marks:
        return self.cutting.marks

    @property
    def specials(self) -> list[str]:
        """The special tokens in the sense of the libraries; the marks are ordinary tokens."""
        return [self.bos, self.pad, *self.more]

    @property
    def model_tokens(self) -> list[str]:
        return [*self.extension.kept, *self.marks.tokens, *self.extension.new]

    @property
    def tokens(self) -> list[str]:
        return [*self.model_tokens, *self.specials, *self.words]

    def tokenizer(self) -> Tokenizer:
        """The tokenizer; no token is added at the start or end of a text."""
        ids = {token: id for id, token in enumerate(self.model_tokens)}
        # ignore_merges: a pre-token that is a token is that token; the marks are reached by this alone.
        tokenizer = Tokenizer(BPE(ids, list(self.extension.merges), ignore_merges=True))
        self.cutting.install(tokenizer)
        tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in self.specials])
        tokenizer.add_tokens([AddedToken(word, normalized=False, special=False) for word in self.words])
        return tokenizer


def plain(base: Base) -> Tokenizer:
    """The base as its makers use it: no marks, a line break is its own token."""
    tokenizer = base.model()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def save(vocabulary: Vocabulary, out: Path, figures: dict[str, Json]) -> None:
    """Write the Hugging Face layout and wenyuan.json, which names the special tokens and holds `figures`.

    vocab.json and merges.txt are for reading; only tokenizer.json has the line breaks.
    """
    write_text(out / "tokenizer.json", vocabulary.tokenizer().to_str(pretty=True) + "\n")
    ids: dict[str, Json] = {token: id for id, token in enumerate([*vocabulary.model_tokens, *vocabulary.specials])}
    write_json(out / "vocab.json", ids)
    merges = [f"{left} {right}\n" for left, right in vocabulary.extension.merges]
    write_text(out / "merges.txt", "".join(["#version: 0.2\n", *merges]))
    config: dict[str, Json] = {
        # GPT2Tokenizer would silently put its own pre-tokenizer in the place of tokenizer.json's.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": vocabulary.bos,
        "eos_token": vocabulary.bos,
        "pad_token": vocabulary.pad,
        "clean_up_tokenization_spaces": False,
    }
    if vocabulary.more:
        config["additional_special_tokens"] = list(vocabulary.more)
    write_json(out / "tokenizer_config.json", config)
    special: dict[str, Json] = {
        "nl": vocabulary.marks.nl,
        "blank_line": vocabulary.marks.nl * 2 if vocabulary.marks.blank_line else None,
        "escape": vocabulary.marks.escape,
        "bos": vocabulary.bos,
        "eos": vocabulary.bos,
        "pad": vocabulary.pad,
        "more": list(vocabulary.more),
    }
    write_json(out / "wenyuan.json", {**figures, "special": special})
