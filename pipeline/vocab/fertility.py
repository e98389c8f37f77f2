"""Fertility: how many tokens a tokenizer needs for a text, and which of its tokens it uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from pipeline.contract.metrics import Json
from pipeline.core.engine import map_shards
from pipeline.core.shards import read_documents
from pipeline.schema.engine import EngineConfig

BATCH_DOCUMENTS = 256


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tokenizer made of some documents."""

    documents: int
    characters: int
    utf8_bytes: int
    uses: npt.NDArray[np.int64]
    """Token id -> count."""

    @property
    def tokens(self) -> int:
        return int(self.uses.sum())

    def fertility(self, tokens: int) -> dict[str, Json]:
        """Ratios for so many tokens, to four places; null where there is no text."""
        return {
            "tokens": tokens,
            "characters_per_token": round(self.characters / tokens, 4) if tokens else None,
            "bytes_per_token": round(self.utf8_bytes / tokens, 4) if tokens else None,
            "tokens_per_document": round(tokens / self.documents, 2) if self.documents else None,
        }


def compare(
    engine: EngineConfig, shards: Sequence[Path], base: Tokenizer, tokenizer: Tokenizer
) -> tuple[dict[str, Json], npt.NDArray[np.int64]]:
    """Fertility of the base, of this tokenizer and of one token a character; then this tokenizer's uses by id."""
    before, after = measure(engine, shards, base), measure(engine, shards, tokenizer)
    table: dict[str, Json] = {
        "base": before.fertility(before.tokens),
        "tokenizer": after.fertility(after.tokens),
        "character": after.fertility(after.characters),
    }
    return table, after.uses


def measure(engine: EngineConfig, shards: Sequence[Path], tokenizer: Tokenizer) -> Usage:
    """Encode all documents; literal special tokens are text, as they are in pack."""
    size = tokenizer.get_vocab_size()
    total = Usage(0, 0, 0, np.zeros(size, np.int64))
    for usage in map_shards(engine, _MeasureShard(tokenizer), shards):
        total = Usage(
            total.documents + usage.documents,
            total.characters + usage.characters,
            total.utf8_bytes + usage.utf8_bytes,
            total.uses + usage.uses,
        )
    return total


@dataclass(frozen=True, slots=True)
class _MeasureShard:
    tokenizer: Tokenizer

    def __call__(self, path: Path) -> Usage:
        self.tokenizer.encode_special_tokens = True
        texts = [document.text for document in read_documents(path)]
        size = self.tokenizer.get_vocab_size()
        uses = np.zeros(size, np.int64)
        for start in range(0, len(texts), BATCH_DOCUMENTS):
            for encoding in self.tokenizer.encode_batch_fast(texts[start : start + BATCH_DOCUMENTS]):
                uses += np.bincount(encoding.ids, minlength=size)
        characters = sum(map(len, texts))
        return Usage(len(texts), characters, sum(len(text.encode()) for text in texts), uses)
