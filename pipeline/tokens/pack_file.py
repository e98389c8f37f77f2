"""pack.json: which blocks of a pack are of which source, and what their ids mean."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.core.errors import SourceError
from pipeline.core.shards import write_json

NAME = "pack.json"


@dataclass(frozen=True, slots=True)
class PackedPart:
    """The training or the validation blocks."""

    documents: int
    characters: int
    tokens: int
    """Targets that are text: closing <s> included, <pad> not."""
    blocks: int
    sources: list[tuple[str, int]]
    """Runs of blocks of one source: its name and how many, in the order of the blocks."""

    @property
    def tokens_per_character(self) -> float:
        """Each document's end counts as a character, as it counts as a token."""
        return self.tokens / (self.characters + self.documents)


@dataclass(frozen=True, slots=True)
class PackFile:
    """All of pack.json; the fields stand in the file in this order."""

    context: int
    """Targets a block."""
    vocab_size: int
    dtype: str
    """Of the ids on disk, as numpy names it."""
    bos_id: int
    pad_id: int
    train: PackedPart
    validation: PackedPart

    def save(self, folder: Path) -> None:
        write_json(folder / NAME, asdict(self))


def load_pack_file(folder: Path) -> PackFile:
    """SourceError if the folder is no pack, or one of an older version."""
    path = folder / NAME
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return PackFile(**{**facts, **{name: _part(facts[name]) for name in ("train", "validation")}})
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file; run the pack stage") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: damaged, or of an older version: {error!r}") from None


def _part(facts: dict[str, Any]) -> PackedPart:
    return PackedPart(**{**facts, "sources": [(str(source), int(blocks)) for source, blocks in facts["sources"]]})
