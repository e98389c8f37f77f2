"""One shard of documents as packed blocks of token ids."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.contract.document import Document
from pipeline.contract.metrics import Tally
from pipeline.core.ledger import Ledger
from pipeline.core.shards import read_documents
from pipeline.tokens.packing import IdType, Packed, Packer, cut_documents
from pipeline.tokens.tokenizer_folder import open_tokenizer


@dataclass(frozen=True, slots=True)
class PackedSource:
    """The documents of one source in one shard."""

    source: str
    packed: Packed
    documents: list[str]
    """Their ids, which `packed.spans.document` counts."""
    tokens: int
    """Closing <s> included."""
    characters: int
    long_documents: int
    """Longer than a block."""
    cut: tuple[int, int]
    """Documents that would fit into a block but stand in several, and their tokens."""


@dataclass(frozen=True, slots=True)
class PackedShard:
    tally: Tally
    sources: list[PackedSource]


@dataclass(frozen=True, slots=True)
class PackShard:
    """Called with a shard's path by a worker. A block never holds two sources, so that a phase of training can draw
    by source."""

    tokenizer: Path
    packer: Packer
    dtype: IdType

    def __call__(self, path: Path) -> PackedShard:
        ledger, by_source = Ledger("pack"), dict[str, list[Document]]()
        for document in read_documents(path):
            ledger.receive(document.text)
            ledger.use()
            ledger.emit(document)
            by_source.setdefault(document.source, []).append(document)
        return PackedShard(ledger.close(), [self._pack(source, by_source[source]) for source in sorted(by_source)])

    def _pack(self, source: str, documents: list[Document]) -> PackedSource:
        texts = open_tokenizer(self.tokenizer).encode([document.text for document in documents])
        for ids in texts:
            ids.append(self.packer.bos_id)
        lengths = np.array([len(ids) for ids in texts], np.int64)
        flat = np.fromiter(chain.from_iterable(texts), np.dtype(self.dtype), int(lengths.sum()))
        packed = self.packer.pack(flat, lengths)
        return PackedSource(
            source=source,
            packed=packed,
            documents=[document.id for document in documents],
            tokens=len(flat),
            characters=sum(len(document.text) for document in documents),
            long_documents=int((lengths > self.packer.context).sum()),
            cut=cut_documents(lengths, packed.spans, self.packer.context),
        )
