"""SIGTERM asks a run to stop where it can go on later: after the step it is in."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    def __init__(self) -> None:
        self.asked = False

    def ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True


@contextmanager
def stop_on_sigterm() -> Iterator[Stop]:
    """`asked` becomes true on SIGTERM; what the signal did before comes back at the end."""
    stop = Stop()
    before = signal.signal(signal.SIGTERM, stop.ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
