"""dedup: MinHash LSH over character shingles."""

from dataclasses import dataclass

MAX_BANDS = 255
"""A band's number is written as one byte."""


@dataclass
class DedupConfig:
    shingle_chars: int
    """Length of a shingle in characters of the folded text."""
    bands: int
    """How many chances a pair has to become a candidate."""
    rows: int
    """Hashes a band: bands × rows is the length of a signature."""
    threshold: float
    """Jaccard similarity of shingle sets from which a text is a near duplicate (verified exactly)."""
    max_comparisons: int
    """In a band's bucket every text is compared with at most so many before it, the first ones first."""
    seed: int
    """Of the MinHash permutations."""

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold {self.threshold} lies outside (0, 1]")
        for name in ("shingle_chars", "bands", "rows", "max_comparisons"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is at least 1")
        if self.bands > MAX_BANDS:
            raise ValueError(f"bands {self.bands} is above {MAX_BANDS}")
        if self.seed < 0:
            raise ValueError(f"seed {self.seed} is below 0")
