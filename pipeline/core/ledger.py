"""The ledger: each input unit is used or dropped, once, and characters are accounted for."""

from pipeline.contract.document import Document
from pipeline.contract.drop import Dropped, DropReason, excerpt
from pipeline.contract.metrics import Tally
from pipeline.core.errors import LedgerImbalance


class Ledger:
    """Counts one shard and keeps its dropped rows.

    `receive` what comes in, then either `drop` it or `use` it; `emit` what goes out. Edits of a text that
    stays are booked with `edit`. `close` raises LedgerImbalance unless everything adds up.
    """

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.tally = Tally()
        self.dropped: list[Dropped] = []

    def receive(self, text: str, units: int = 1) -> None:
        self.tally.units_in += units
        self.tally.chars_in += len(text)

    def use(self, units: int = 1) -> None:
        self.tally.used += units

    def emit(self, document: Document, units: int = 1) -> None:
        """Count an output made of `units` inputs of this stage (not of the importer's: see Document.parts)."""
        self.tally.outputs += 1
        self.tally.parts += units
        self.tally.chars_out += len(document.text)

    def edit(self, rule: str, before: int, after: int) -> None:
        """Book the change of length that a rule made, in characters."""
        if after < before:
            self.tally.chars_removed[rule] += before - after
        elif after > before:
            self.tally.chars_added[rule] += after - before

    def drop(
        self,
        id: str,
        reason: DropReason,
        text: str,
        *,
        measured: float | None = None,
        kept_id: str | None = None,
        units: int = 1,
    ) -> None:
        self.tally.dropped[reason.name] += units
        self.tally.chars_dropped[reason.name] += len(text)
        self.dropped.append(Dropped(id, reason, measured, excerpt(text), kept_id))

    def close(self) -> Tally:
        check(self.tally, self.stage)
        return self.tally


def check(tally: Tally, stage: str) -> None:
    """Raise LedgerImbalance, naming both sides, unless units and characters balance."""
    dropped = tally.dropped.total()
    if tally.units_in != tally.used + dropped:
        raise LedgerImbalance(
            f"{stage}: {tally.units_in} units came in, {tally.used} were used and {dropped} dropped"
        )
    if tally.parts != tally.used:
        raise LedgerImbalance(f"{stage}: outputs are made of {tally.parts} units, but {tally.used} were used")
    left = tally.chars_out + tally.chars_dropped.total() + tally.chars_removed.total() - tally.chars_added.total()
    if tally.chars_in != left:
        raise LedgerImbalance(
            f"{stage}: {tally.chars_in} characters came in; {tally.chars_out} out + "
            f"{tally.chars_dropped.total()} dropped + {tally.chars_removed.total()} removed − "
            f"{tally.chars_added.total()} added = {left}"
        )
