"""Records: what a reader yields for each unit of an input file, good or not."""

from dataclasses import dataclass

from pipeline.contract.drop import DropReason


@dataclass(frozen=True, slots=True)
class Record:
    """One text found in a file."""

    key: str
    """Where in the file, as it stands in the URL: L12 (line), R7 (row), or empty for the whole file."""
    text: str
    title: str | None = None
    created: str | None = None
    label: str | None = None
    url: str | None = None
    source_id: str | None = None
    """The source's own identifier, where conf maps a field to it."""
    units: int = 1
    chars: int | None = None
    """Characters read, where it differs from the text's (joined lines)."""
    mended: int = 0
    """Halves of surrogate pairs in its fields, which JSON can write: U+FFFD stands in their place."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One unit that gives no text, and why."""

    key: str
    reason: DropReason
    text: str = ""
