"""Fertility: how many tokens a tokenizer needs for a text, and which of its tokens it uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from pipeline.contract.metrics import Json
from pipeline.core.engine import map_shards
from pipeline.core.shards import csv_text, read_documents
from pipeline.schema.engine import EngineConfig

BATCH_DOCUMENTS = 256
TOKENIZERS = ("base", "tokenizer", "character")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tokenizer made of some documents."""

    documents: int
    characters: int
    utf8_bytes: int
    uses: npt.NDArray[np.int64]
    """Token id -> count."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.documents + other.documents,
            self.characters + other.characters,
            self.utf8_bytes + other.utf8_bytes,
            self.uses + other.uses,
        )

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


@dataclass(frozen=True, slots=True)
class Comparison:
    """The base, this tokenizer and one token a character on the same documents."""

    table: dict[str, Json]
    """One of TOKENIZERS -> its fertility."""
    by_source: dict[str, Json]
    """Source -> the same table."""
    uses: npt.NDArray[np.int64]
    """Token id of this tokenizer -> count."""


def compare(engine: EngineConfig, shards: Sequence[Path], base: Tokenizer, tokenizer: Tokenizer) -> Comparison:
    before, after = measure(engine, shards, base), measure(engine, shards, tokenizer)
    return Comparison(
        _table(total(before, base), total(after, tokenizer)),
        {source: _table(before[source], after[source]) for source in sorted(after)},
        total(after, tokenizer).uses,
    )


def measure(engine: EngineConfig, shards: Sequence[Path], tokenizer: Tokenizer) -> dict[str, Usage]:
    """Encode all documents; source -> usage. Literal special tokens are text, as they are in pack."""
    found: dict[str, Usage] = {}
    for shard in map_shards(engine, _MeasureShard(tokenizer), shards):
        for source, usage in shard.items():
            found[source] = found[source] + usage if source in found else usage
    return found


def total(usages: Mapping[str, Usage], tokenizer: Tokenizer) -> Usage:
    """All sources together."""
    return sum(usages.values(), Usage(0, 0, 0, np.zeros(tokenizer.get_vocab_size(), np.int64)))


def _table(before: Usage, after: Usage) -> dict[str, Json]:
    rows = (before.fertility(before.tokens), after.fertility(after.tokens), after.fertility(after.characters))
    return dict(zip(TOKENIZERS, rows, strict=True))


def fertility_table(comparison: Comparison, everything: str = "all") -> str:
    """CSV with a row for each source and tokenizer, and for all sources: tokens and ratios; `label` is for a plot."""
    tables: Mapping[str, Any] = {everything: comparison.table, **comparison.by_source}
    columns = ["tokens", "characters_per_token", "bytes_per_token", "tokens_per_document"]
    rows = (
        (f"{source}: {name}", source, name, *(row[column] for column in columns))
        for source, table in tables.items()
        for name, row in table.items()
    )
    return csv_text(["label", "source", "tokenizer", *columns], rows)


@dataclass(frozen=True, slots=True)
class _MeasureShard:
    tokenizer: Tokenizer

    def __call__(self, path: Path) -> dict[str, Usage]:
        self.tokenizer.encode_special_tokens = True
        size = self.tokenizer.get_vocab_size()
        documents = sorted(read_documents(path), key=lambda document: document.source)  # most shards have one
        found = {}
        for source, group in groupby(documents, key=lambda document: document.source):
            texts = [document.text for document in group]
            uses = np.zeros(size, np.int64)
            for start in range(0, len(texts), BATCH_DOCUMENTS):
                batch = self.tokenizer.encode_batch_fast(
                    texts[start : start + BATCH_DOCUMENTS], add_special_tokens=False
                )
                ids = np.fromiter(chain.from_iterable(encoding.ids for encoding in batch), np.int64)
                uses += np.bincount(ids, minlength=size)
            characters = sum(map(len, texts))
            found[source] = Usage(len(texts), characters, sum(len(text.encode()) for text in texts), uses)
        return found
