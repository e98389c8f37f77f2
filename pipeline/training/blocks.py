"""Packed blocks as the loop wants them: inputs and targets, padding masked, straight from the memory-mapped files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from pipeline.core.errors import SourceError
from pipeline.tokens.blocks import Blocks, open_blocks

IGNORED = -100
"""Target that no loss is taken on, as torch's cross entropy has it."""


@dataclass(frozen=True)
class Part:
    """One part of the pack (train or validation)."""

    blocks: Blocks
    padding: int
    """Trailing tokens of the last block that are no text."""

    def __len__(self) -> int:
        return len(self.blocks)

    def batch(self, numbers: npt.NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Inputs and targets of these blocks, int64[blocks, context] each."""
        tokens = torch.from_numpy(self.blocks[numbers])
        inputs, targets = tokens[:, :-1], tokens[:, 1:].clone()
        if self.padding:
            targets[torch.from_numpy(numbers == len(self) - 1), -self.padding :] = IGNORED
        return inputs, targets

    def batches(self, size: int, blocks: int | None) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """So many `blocks` at even distances, or all: the start of a part is often of one source alone."""
        count = len(self) if blocks is None else min(blocks, len(self))
        numbers = np.arange(count) * len(self) // count
        for start in range(0, count, size):
            yield self.batch(numbers[start : start + size])


@dataclass(frozen=True)
class Pack:
    """The output of the pack stage."""

    context: int
    vocab_size: int
    train: Part
    validation: Part


def open_pack(folder: Path) -> Pack:
    """SourceError if the folder is no pack, or has no block to train or to validate on."""
    try:
        facts = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(f"{folder / 'pack.json'}: no such file; run the pack stage") from None
    parts = {}
    for name in ("train", "validation"):
        parts[name] = Part(open_blocks(folder / name), facts["padding"][name])
        if not len(parts[name]):
            raise SourceError(f"{folder / name}: no block; the {name} part is shorter than one context")
    return Pack(facts["context"], facts["vocab_size"], parts["train"], parts["validation"])
