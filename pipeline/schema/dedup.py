"""dedup: MinHash LSH over character shingles."""

from dataclasses import dataclass


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
        if min(self.shingle_chars, self.bands, self.rows, self.max_comparisons) < 1:
            raise ValueError("shingle_chars, bands, rows and max_comparisons are at least 1")
