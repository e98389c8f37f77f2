"""Packed blocks as the loop wants them: inputs and targets, padding masked, straight from the memory-mapped files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from pipeline.core.errors import SourceError
from pipeline.tokens.blocks import Blocks, open_blocks
from pipeline.tokens.pack_file import NAME, load_pack_file
from pipeline.training.ranks import ALONE, Ranks

IGNORED = -100
"""Target that no loss is taken on, as torch's cross entropy has it."""
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One part of the pack (train or validation)."""

    blocks: Blocks
    bos_id: int
    pad_id: int
    runs: Sequence[tuple[str, int]]
    """Source and number of blocks, in the order of the blocks."""
    tokens_per_character: float
    """Targets over characters and document ends, the events that bits per character count."""

    def __len__(self) -> int:
        return len(self.blocks)

    def batch(self, numbers: Ints) -> tuple[torch.Tensor, torch.Tensor]:
        """Inputs and targets of these blocks, int64[blocks, context] each."""
        tokens = torch.from_numpy(self.blocks[numbers])
        padding = tokens == self.pad_id
        # Padding stands at the end, where nothing looks back at it: as an input it may be any token but pad, which
        # transformers would look for and warn of.
        inputs, targets = tokens.masked_fill(padding, self.bos_id), tokens.masked_fill(padding, IGNORED)
        return inputs[:, :-1].contiguous(), targets[:, 1:].contiguous()

    def batches(
        self, size: int, blocks: int | None, ranks: Ranks = ALONE
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """So many `blocks` at even distances, or all: the start of a part is often of one source alone. Of several
        ranks each gets every so-many-th batch."""
        count = len(self) if blocks is None else min(blocks, len(self))
        numbers = np.arange(count) * len(self) // count
        for start in ranks.mine(range(0, count, size)):
            yield self.batch(numbers[start : start + size])

    def sources(self, numbers: Ints) -> list[str]:
        """The source of each of these blocks."""
        ends = np.cumsum([blocks for _, blocks in self.runs])
        return [self.runs[run][0] for run in np.searchsorted(ends, numbers, side="right").tolist()]


@dataclass(frozen=True)
class Pack:
    """The output of the pack stage."""

    context: int
    vocab_size: int
    bos_id: int
    train: Part
    validation: Part


def open_pack(folder: Path) -> Pack:
    """SourceError if the folder is no pack, or has no block to train or to validate on."""
    facts = load_pack_file(folder)
    parts = {}
    for name, part in (("train", facts.train), ("validation", facts.validation)):
        if not part.blocks:
            raise SourceError(f"{folder / name}: no block")
        blocks = open_blocks(folder / name)
        if not len(blocks) == part.blocks == sum(count for _, count in part.sources):
            raise SourceError(f"{folder / name}: {len(blocks)} blocks, {NAME} says {part.blocks}")
        parts[name] = Part(blocks, facts.bos_id, facts.pad_id, part.sources, part.tokens_per_character)
    return Pack(facts.context, facts.vocab_size, facts.bos_id, parts["train"], parts["validation"])
