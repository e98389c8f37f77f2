"""Count what the metrics tell of pages beside the ledger: encodings, kinds, faults, posts."""

from collections import Counter
from dataclasses import dataclass, field

from crawler.platforms.reading import Reading
from pipeline.contract.metrics import Json


@dataclass(slots=True)
class PageStatistics:
    """Those of several shards add up."""

    encodings: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    declared_wrong: int = 0
    undeclared: int = 0
    replaced: int = 0
    posts: int = 0

    def count(self, reading: Reading) -> None:
        self.encodings[reading.decoded.used] += 1
        self.kinds[reading.kind] += 1
        self.faults.update([reading.fault] if reading.fault else [])
        self.declared_wrong += reading.decoded.declared_wrong
        self.undeclared += reading.decoded.declared is None
        self.replaced += reading.decoded.replaced

    def add(self, other: "PageStatistics") -> None:
        self.encodings += other.encodings
        self.kinds += other.kinds
        self.faults += other.faults
        self.declared_wrong += other.declared_wrong
        self.undeclared += other.undeclared
        self.replaced += other.replaced
        self.posts += other.posts

    def to_json(self) -> dict[str, Json]:
        return {
            "encodings": dict(sorted(self.encodings.items())),
            "encoding_declared_wrong": self.declared_wrong,
            "encoding_undeclared": self.undeclared,
            "bytes_replaced": self.replaced,
            "page_kinds": dict(sorted(self.kinds.items())),
            "page_faults": dict(sorted(self.faults.items())),
            "posts": self.posts,
        }
