"""What the readers of every format hand on: the export's bytes in order, and where some are lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the export that belong together."""

    at: int
    """Where they begin, in the span's unit."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Loss:
    """Bytes that could not be read."""

    at: int
    cause: str
    streams: tuple[int, int | None]
    """Where the bz2 streams begin that are lost, as byte offsets [from, to); None: to the end of the file."""


UNREADABLE = (0, 0)
"""`streams` where there are none."""
