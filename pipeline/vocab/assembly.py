"""The finished tokenizer: a folder that transformers, tokenizers, transformers.js and llama.cpp read the same way.

A byte-level BPE of GPT-2's kind. A line break is the byte's own token, Ċ. bos, pad and further special tokens are
added as special ones, <nl> and the words of a list as ordinary ones: where a text spells <nl>, as the tutorial's do
for a line break, it is one token in every client and comes back as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import BPE

from pipeline.contract.metrics import Json
from pipeline.core.shards import write_json, write_text
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.vocab.base import Base
from pipeline.vocab.cutting import Cutting
from pipeline.vocab.extension import Extension


@dataclass(frozen=True)
class Vocabulary:
    """All tokens in the order of their ids: kept base, new merges, special tokens, <nl>, words."""

    extension: Extension
    cutting: Cutting
    config: TokenizerConfig
    words: Sequence[str]

    @classmethod
    def build(cls, extension: Extension, words: Sequence[str], config: TokenizerConfig) -> "Vocabulary":
        return cls(extension, Cutting.build(config), config, words)

    @property
    def specials(self) -> list[str]:
        """The special tokens in the sense of the libraries."""
        return [token for token in self.config.added if token != self.config.nl]

    @property
    def model_tokens(self) -> list[str]:
        return [*self.extension.kept, *self.extension.new]

    @property
    def tokens(self) -> list[str]:
        return [*self.model_tokens, *self.config.added, *self.words]

    def tokenizer(self) -> Tokenizer:
        """The tokenizer; it puts bos before a text unless asked not to add special tokens."""
        ids = {token: id for id, token in enumerate(self.model_tokens)}
        tokenizer = Tokenizer(BPE(ids, list(self.extension.merges)))
        tokenizer.pre_tokenizer = self.cutting.pre_tokenizer()
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in self.specials])
        ordinary = [self.config.nl, *self.words]
        tokenizer.add_tokens([AddedToken(word, normalized=False, special=False) for word in ordinary])
        bos = self.config.bos
        tokenizer.post_processor = processors.TemplateProcessing(
            single=[bos, "$A"], pair=[bos, "$A", "$B"], special_tokens=[(bos, tokenizer.token_to_id(bos))]
        )
        return tokenizer


def plain(base: Base) -> Tokenizer:
    """The base as its makers use it."""
    tokenizer = base.model()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def save(vocabulary: Vocabulary, out: Path, figures: dict[str, Json]) -> None:
    """Write the Hugging Face layout and wenyuan.json, which names the special tokens and holds `figures`.

    vocab.json and merges.txt are for people and for loaders of GPT-2's own files.
    """
    write_text(out / "tokenizer.json", vocabulary.tokenizer().to_str(pretty=True) + "\n")
    ids: dict[str, Json] = {token: id for id, token in enumerate(vocabulary.tokens)}
    write_json(out / "vocab.json", ids)
    merges = [f"{left} {right}\n" for left, right in vocabulary.extension.merges]
    write_text(out / "merges.txt", "".join(["#version: 0.2\n", *merges]))
    config: dict[str, Json] = {
        # GPT2Tokenizer would silently put its own pre-tokenizer in the place of tokenizer.json's.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": vocabulary.config.bos,
        "eos_token": vocabulary.config.bos,
        "pad_token": vocabulary.config.pad,
        "clean_up_tokenization_spaces": False,
        # transformers 4 would else feed token_type_ids, for which GPT-2 adds the embedding of token 0 everywhere.
        "model_input_names": ["input_ids", "attention_mask"],
        # A model that continues texts must not find padding at their end.
        "padding_side": "left",
    }
    if vocabulary.config.more:
        config["additional_special_tokens"] = list(vocabulary.config.more)
    write_json(out / "tokenizer_config.json", config)
    special: dict[str, Json] = {
        "nl": vocabulary.config.nl,
        "bos": vocabulary.config.bos,
        "eos": vocabulary.config.bos,
        "pad": vocabulary.config.pad,
        "more": list(vocabulary.config.more),
    }
    write_json(out / "wenyuan.json", {**figures, "special": special})
