"""The token stream cut into blocks: documents in, overlapping blocks and the spans of each document out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

IdType = type[np.uint16] | type[np.uint32]
Ids = npt.NDArray[np.unsignedinteger[Any]]
Positions = npt.NDArray[np.int64]


def id_type(vocab_size: int) -> IdType:
    """The smallest type that holds every id."""
    return np.uint16 if vocab_size <= 1 << 16 else np.uint32


@dataclass(frozen=True, slots=True)
class Spans:
    """Row for row: positions [start, end) among a block's first `context` tokens that belong to one document."""

    block: Positions
    start: Positions
    end: Positions
    document: Positions
    """Number of the document in the call that packed it."""


class Packer:
    """Cuts the stream <s> d1 <s> d2 <s> … into blocks of `context + 1` tokens that share one with the next.

    Block k is stream[k·context : k·context + context + 1], so each token but the first is a target exactly once.
    A document's closing <s> belongs to it; the opening <s> and the padding belong to none.
    """

    def __init__(self, context: int, bos_id: int, dtype: IdType) -> None:
        self.context, self.bos_id, self.dtype = context, bos_id, dtype
        self.tokens = 1
        """Length of the stream so far."""
        self.padding = 0
        self._tail: Ids = np.array([bos_id], dtype)

    @property
    def blocks(self) -> int:
        """Blocks of the stream so far, the unfinished one included."""
        return -(-(self.tokens - 1) // self.context)

    def add(self, ids: Ids, lengths: Positions) -> tuple[Ids, Spans]:
        """Append documents and give the blocks that are whole now, shape (n, context + 1), and the spans.

        `ids` holds the documents one after another, each closed by <s>; `lengths` their tokens, <s> included. Where
        the stream's last token opens a block that no further document fills, its span lies in block number
        `blocks`, which is never written: it is the target of the block before.
        """
        spans = self._spans(lengths)
        self._tail = np.concatenate([self._tail, ids])
        self.tokens += len(ids)
        count = (len(self._tail) - 1) // self.context
        starts = np.arange(count)[:, None] * self.context
        blocks = self._tail[starts + np.arange(self.context + 1)]
        self._tail = self._tail[count * self.context :].copy()
        return blocks, spans

    def finish(self) -> Ids:
        """The last block padded with <s>, shape (1, context + 1), or (0, context + 1) if no target is left."""
        if len(self._tail) == 1:
            return self._tail[:0].reshape(0, self.context + 1)
        self.padding = self.context + 1 - len(self._tail)
        last = np.full((1, self.context + 1), self.bos_id, self.dtype)
        last[0, : len(self._tail)] = self._tail
        return last

    def _spans(self, lengths: Positions) -> Spans:
        ends = self.tokens + np.cumsum(lengths)
        starts = ends - lengths
        first = starts // self.context
        touched = (ends - 1) // self.context - first + 1
        document = np.repeat(np.arange(len(lengths)), touched)
        block = first[document] + np.arange(len(document)) - (np.cumsum(touched) - touched)[document]
        offset = block * self.context
        start = np.maximum(starts[document] - offset, 0)
        end = np.minimum(ends[document] - offset, self.context)
        return Spans(block, start, end, document)
