"""The way of the documents, from the stages' ledgers: what came in, what was dropped and why, what was edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.contract.drop import DropReason
from pipeline.core.errors import ContractError
from pipeline.reporting import words

Row = Mapping[str, Any]
LEDGER = ("unit", "in", "used", "dropped", "out", "parts", "characters")


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    name: str
    sentence: str
    """`DropReason`'s own; empty for a reason that this version does not know."""
    units: int
    characters: int
    share: float
    """Of all units that the stage read."""
    samples: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage's ledger."""

    stage: str
    name: str
    unit: str
    units_in: int
    used: int
    dropped: int
    out: int
    chars_in: int
    chars_out: int
    reasons: Sequence[Reason]
    """The most frequent first."""
    edits: Sequence[tuple[str, int, int]]
    """Rule, characters removed, characters added."""
    writes_documents: bool

    @property
    def chars_dropped(self) -> int:
        return sum(reason.characters for reason in self.reasons)


def steps(figures: Mapping[str, Row], samples: Mapping[tuple[str, str], Sequence[Row]]) -> list[Step]:
    """The stages that keep a ledger, in the order of the data; stages unknown to the page stand last, by name."""
    order = [*words.STAGES, *sorted(set(figures) - set(words.STAGES))]
    return [_step(stage, figures[stage], samples) for stage in order if "unit" in figures.get(stage, {})]


def _step(stage: str, ledger: Row, samples: Mapping[tuple[str, str], Sequence[Row]]) -> Step:
    missing = [key for key in LEDGER if key not in ledger]
    if missing:
        raise ContractError(f"metrics of {stage}: the ledger lacks {missing[0]!r}")
    characters = ledger["characters"]
    removed, added = characters["removed"], characters["added"]
    reasons = [
        Reason(
            code,
            words.REASONS.get(code, code),
            DropReason[code].value if code in DropReason.__members__ else "",
            units,
            characters["dropped"].get(code, 0),
            units / ledger["in"],
            samples.get((stage, code), ()),
        )
        for code, units in sorted(ledger["dropped"].items(), key=lambda item: (-item[1], item[0]))
    ]
    return Step(
        stage,
        words.STAGES.get(stage, stage),
        words.UNITS.get(str(ledger["unit"]), str(ledger["unit"])),
        ledger["in"],
        ledger["used"],
        sum(ledger["dropped"].values()),
        ledger["out"],
        characters["in"],
        characters["out"],
        reasons,
        [(rule, removed.get(rule, 0), added.get(rule, 0)) for rule in sorted({*removed, *added})],
        stage in words.WRITERS,
    )
