"""What every `metrics/<stage>.json` holds first: the stage's ledger, summed over shards."""

from collections import Counter
from dataclasses import dataclass, field, fields

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(slots=True)
class Tally:
    """Counts of one shard; tallies add up, so that workers count apart.

    A unit is what the stage reads one by one (record, document, block). Characters are code points.
    """

    units_in: int = 0
    used: int = 0
    outputs: int = 0
    parts: int = 0
    """Input units that the outputs say they are made of."""
    dropped: Counter[str] = field(default_factory=Counter)
    chars_in: int = 0
    chars_out: int = 0
    chars_dropped: Counter[str] = field(default_factory=Counter)
    chars_removed: Counter[str] = field(default_factory=Counter)
    """By editing rule, in documents that stay."""
    chars_added: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(Tally)))

    def to_json(self, unit: str) -> dict[str, Json]:
        """The ledger as it stands in the metrics file, keys of the counters sorted."""
        return {
            "unit": unit,
            "in": self.units_in,
            "used": self.used,
            "dropped": _sorted(self.dropped),
            "out": self.outputs,
            "parts": self.parts,
            "characters": {
                "in": self.chars_in,
                "out": self.chars_out,
                "dropped": _sorted(self.chars_dropped),
                "removed": _sorted(self.chars_removed),
                "added": _sorted(self.chars_added),
            },
        }


def _sorted(counter: Counter[str]) -> dict[str, Json]:
    return {key: counter[key] for key in sorted(counter) if counter[key]}
