"""Documents cut into blocks: as one stream, or each whole where it fits.

A block holds `context + 1` tokens. The first is only an input: <s>, or the token before where the block opens
with the rest of a document. The other `context` positions are targets: each token of each document, its closing <s>
included, is a target exactly once, and what no document fills is <pad>.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.schema.pack import Packing

IdType = type[np.uint16] | type[np.uint32]
Ids = npt.NDArray[np.unsignedinteger[Any]]
Positions = npt.NDArray[np.int64]


def id_type(vocab_size: int) -> IdType:
    """The smallest type that holds every id."""
    return np.uint16 if vocab_size <= 1 << 16 else np.uint32


@dataclass(frozen=True, slots=True)
class Spans:
    """Row for row: positions [start, end) of a block, within 1 … context, that belong to one document."""

    block: Positions
    start: Positions
    end: Positions
    document: Positions
    """Number of the document among those packed together."""


@dataclass(frozen=True, slots=True)
class Packed:
    blocks: Ids
    """Shape (blocks, context + 1)."""
    spans: Spans


@dataclass(frozen=True, slots=True)
class Packer:
    """Packs documents of one source, as conf says."""

    packing: Packing
    context: int
    bos_id: int
    pad_id: int

    def pack(self, ids: Ids, lengths: Positions) -> Packed:
        """`ids` holds the documents one after another, each closed by <s>; `lengths` their tokens, <s> included."""
        pieces = (_stream if self.packing is Packing.stream else _best_fit)(lengths, self.context)
        count = int(pieces.block.max(initial=-1)) + 1
        blocks = np.full((count, self.context + 1), self.pad_id, ids.dtype)
        blocks[:, 0] = self.bos_id
        opening = (pieces.offset == 0) & pieces.continues
        blocks[pieces.block[opening], 0] = ids[pieces.source[opening] - 1]
        inside = np.arange(len(ids)) - np.repeat(np.cumsum(pieces.size) - pieces.size, pieces.size)
        blocks[np.repeat(pieces.block, pieces.size), np.repeat(pieces.offset, pieces.size) + inside + 1] = ids[
            np.repeat(pieces.source, pieces.size) + inside
        ]
        start = pieces.offset + 1
        return Packed(blocks, Spans(pieces.block, start, start + pieces.size, pieces.document))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Where each piece of a document comes from and goes to; in the order of blocks and offsets."""

    document: Positions
    source: Positions
    """Of its first token in the flat ids."""
    size: Positions
    continues: npt.NDArray[np.bool_]
    """It is not its document's beginning."""
    block: Positions
    offset: Positions
    """Targets of the block before it."""


def _cut(lengths: Positions, first: Positions, context: int) -> _Pieces:
    """Documents cut where a block ends that has `first[i]` targets before document i; blocks are not given yet."""
    pieces = -(-(first + lengths) // context)
    document = np.repeat(np.arange(len(lengths)), pieces)
    number = np.arange(len(document)) - (np.cumsum(pieces) - pieces)[document]
    begin = np.maximum(number * context - first[document], 0)
    end = np.minimum((number + 1) * context - first[document], lengths[document])
    source = (np.cumsum(lengths) - lengths)[document] + begin
    offset = np.where(number == 0, first[document], 0)
    return _Pieces(document, source, end - begin, number > 0, number, offset)


def _stream(lengths: Positions, context: int) -> _Pieces:
    """One document after another, cut at each block's end."""
    starts = np.cumsum(lengths) - lengths
    cut = _cut(lengths, starts % context, context)
    return _Pieces(
        cut.document, cut.source, cut.size, cut.continues, (starts // context)[cut.document] + cut.block, cut.offset
    )


def _best_fit(lengths: Positions, context: int) -> _Pieces:
    """A document stands whole in one block; one longer than the context fills blocks from its start, and what is left
    of it is placed like a document.

    Best-fit decreasing (Ding et al. 2024, "Fewer Truncations Improve Language Modeling"): longest first, each into
    the fullest block that has room. In a block, what continues a document stands first; a second such piece
    (3% of the default corpus's tokens) begins behind an <s> that is not its own. Blocks stand in the order of the
    first document in them.
    """
    cut = _cut(lengths, np.zeros(len(lengths), np.int64), context)
    bins = _fill(cut.size, context)
    _, first, bins = np.unique(bins, return_index=True, return_inverse=True)
    block = np.argsort(np.argsort(first, kind="stable"), kind="stable")[bins]
    order = np.lexsort((np.arange(len(block)), ~cut.continues, block))
    block, size = block[order], cut.size[order]
    before = np.cumsum(size) - size
    opens = np.flatnonzero(np.diff(block, prepend=-1))
    offset = before - np.repeat(before[opens], np.diff(opens, append=len(block)))
    return _Pieces(cut.document[order], cut.source[order], size, cut.continues[order], block, offset)


def _fill(sizes: Positions, capacity: int) -> Positions:
    """Bin of each size. The free room of bins is a set of bits, so that the fullest that fits is the lowest bit."""
    bins = np.empty(len(sizes), np.int64)
    open_bins: list[list[int]] = [[] for _ in range(capacity)]
    rooms = count = 0
    order = np.argsort(-sizes, kind="stable")
    for piece, size in zip(order.tolist(), sizes[order].tolist(), strict=True):
        fitting = rooms >> size
        if fitting:
            room = size + (fitting & -fitting).bit_length() - 1
            found = open_bins[room].pop()
            if not open_bins[room]:
                rooms ^= 1 << room
        else:
            found, room, count = count, capacity, count + 1
        bins[piece] = found
        if left := room - size:
            open_bins[left].append(found)
            rooms |= 1 << left
    return bins


def cut_documents(lengths: Positions, spans: Spans, context: int) -> tuple[int, int]:
    """Documents that would fit into a block but stand in several, and their tokens."""
    parts = np.bincount(spans.document, minlength=len(lengths))
    cut = (lengths <= context) & (parts > 1)
    return int(cut.sum()), int(lengths[cut].sum())
