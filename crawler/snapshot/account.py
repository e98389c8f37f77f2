"""Count what the metrics of a crawl tell of each site beside the ledger, and find sites that gave no page."""

from collections import Counter
from collections.abc import Iterable

from crawler.warc.format import Capture
from pipeline.contract.metrics import Json

KEPT = "kept"
SHOWN_REASONS = 5


class Account:
    """`seeds` are the addresses at which the sites begin: where they led is told of a site without a page."""

    def __init__(self, sites: Iterable[str], seeds: Iterable[str]) -> None:
        self.reasons: dict[str, Counter[str]] = {name: Counter() for name in sites}
        """Site -> reason, or KEPT -> addresses."""
        self._bytes = Counter[str]()
        self._seeds = frozenset(seeds)
        self._began: dict[str, list[str]] = {name: [] for name in self.reasons}
        self.platforms, self.statuses = Counter[str](), Counter[str]()
        self.revisits = 0

    def book(self, capture: Capture) -> None:
        if capture.url in self._seeds:
            self._began[capture.site].append(_fate(capture))
        self.reasons[capture.site][capture.reason or KEPT] += 1
        self.revisits += capture.revisit is not None
        if capture.status is not None:
            self.statuses[str(capture.status)] += 1
        if capture.reason is None:
            self._bytes[capture.site] += capture.length or 0
            self.platforms[capture.platform] += 1

    @property
    def pages(self) -> int:
        return sum(counts[KEPT] for counts in self.reasons.values())

    def to_json(self) -> dict[str, Json]:
        sites: dict[str, Json] = {
            name: {
                "pages": self.reasons[name][KEPT],
                "compressed_bytes": self._bytes[name],
                "reasons": dict(sorted(self.reasons[name].items())),
            }
            for name in sorted(self.reasons)
        }
        return {
            "sites": sites,
            "statuses": dict(sorted(self.statuses.items())),
            "platforms": dict(sorted(self.platforms.items())),
            "revisits": self.revisits,
        }

    def silent(self) -> dict[str, str]:
        """Sites without a page, and what became of their addresses."""
        return {name: self._silence(name) for name, counts in sorted(self.reasons.items()) if not counts[KEPT]}

    def _silence(self, name: str) -> str:
        shown = ", ".join(f"{reason} {count}" for reason, count in self.reasons[name].most_common(SHOWN_REASONS))
        began = "; ".join(self._began[name])
        return f"{name} gave no page ({shown or 'no address was tried'}{'; ' if began else ''}{began})"


def _fate(capture: Capture) -> str:
    led = f" -> {capture.final_url}" if capture.final_url != capture.url else ""
    return f"{capture.url}: {capture.reason or KEPT} {capture.status or ''}{led}".strip()
