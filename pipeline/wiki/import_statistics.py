"""What reading pages tells beside their texts: templates by name, groups that are missing, damage."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.contract.metrics import Json
from pipeline.wiki.dump.pages import Damage

SHOWN_DAMAGE = 100
"""Places of damage that are kept for the metrics at most; all of them have a dropped row."""


@dataclass(slots=True)
class ImportStatistics:
    """Of one span; they add up, so that workers count apart."""

    templates_dropped: Counter[str] = field(default_factory=Counter)
    templates_expanded: Counter[str] = field(default_factory=Counter)
    groups_missing: Counter[str] = field(default_factory=Counter)
    damage: list[Damage] = field(default_factory=list)

    def add_page(self, dropped: Counter[str], expanded: Counter[str], missing_groups: Iterable[str]) -> None:
        """Count one page's templates and the conversion groups that it asks for in vain."""
        # Not by `+=`, which looks at every name counted so far.
        self.templates_dropped.update(dropped)
        self.templates_expanded.update(expanded)
        self.groups_missing.update(missing_groups)

    def add_damage(self, damage: Damage) -> None:
        if len(self.damage) < SHOWN_DAMAGE:
            self.damage.append(replace(damage, raw=""))

    def add(self, other: "ImportStatistics") -> None:
        self.templates_dropped.update(other.templates_dropped)
        self.templates_expanded.update(other.templates_expanded)
        self.groups_missing.update(other.groups_missing)
        self.damage += other.damage[: SHOWN_DAMAGE - len(self.damage)]

    def to_json(self, shown: int) -> dict[str, Json]:
        """The most frequent names first, at most `shown` of each kind."""
        return {
            "groups_missing": _most_frequent(self.groups_missing, shown),
            "templates_expanded": _most_frequent(self.templates_expanded, shown),
            "templates_dropped": _most_frequent(self.templates_dropped, shown),
            "damage": [{"place": damage.place, "page": damage.page, "cause": damage.cause} for damage in self.damage],
        }


def _most_frequent(counter: Counter[str], shown: int) -> dict[str, Json]:
    ordered: Iterable[tuple[str, int]] = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return dict(list(ordered)[:shown])
