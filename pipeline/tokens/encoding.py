"""One shard of documents as token ids."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.contract.metrics import Tally
from pipeline.core.ledger import Ledger
from pipeline.core.shards import read_documents
from pipeline.tokens.packing import Ids, IdType, Positions
from pipeline.tokens.text import load_tokenizer


@dataclass(frozen=True, slots=True)
class EncodedShard:
    tally: Tally
    ids: Ids
    """The documents one after another, each closed by <s>."""
    lengths: Positions
    """Tokens of each document, its <s> included."""
    documents: list[str]
    """Their ids."""
    sources: Counter[str]
    """Source -> tokens."""


@dataclass(frozen=True, slots=True)
class EncodeShard:
    """Called with a shard's path by a worker."""

    tokenizer: Path
    dtype: IdType

    def __call__(self, path: Path) -> EncodedShard:
        ledger, sources = Ledger("pack"), Counter[str]()
        documents = list(read_documents(path))
        tokenizer = load_tokenizer(self.tokenizer)
        texts = tokenizer.encode([document.text for document in documents])
        for document, ids in zip(documents, texts, strict=True):
            ledger.receive(document.text)
            ledger.use()
            ledger.emit(document)
            ids.append(tokenizer.bos_id)
            sources[document.source] += len(ids)
        lengths = np.array([len(ids) for ids in texts], np.int64)
        flat: Ids = np.fromiter(chain.from_iterable(texts), np.dtype(self.dtype), int(lengths.sum()))
        return EncodedShard(ledger.close(), flat, lengths, [document.id for document in documents], sources)
