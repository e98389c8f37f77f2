"""filter: thresholds of the quality rules, per kind of document."""

from dataclasses import dataclass


@dataclass
class Thresholds:
    """A null threshold switches its rule off. Shares are of all characters but white space."""

    min_chars: int | None
    """Fewest code points, white space included."""
    max_chars: int | None
    """Most code points."""
    min_chinese: float | None
    """Smallest share of Chinese characters among words; a Latin word or a number counts as one."""
    max_repetition: float | None
    """Largest share of character 5-grams that stood in the text before."""
    max_punctuation: float | None
    """Largest share of punctuation."""
    max_symbols: float | None
    """Largest share of symbols, emoji, private-use and unassigned characters."""
    max_digits: float | None
    """Largest share of digits."""
    max_damaged: float | None
    """Largest share of characters that a wrong decoding left: U+FFFD, 锟斤拷, 烫烫烫."""

    def __post_init__(self) -> None:
        if self.min_chars is not None and self.max_chars is not None and self.min_chars > self.max_chars:
            raise ValueError(f"min_chars {self.min_chars} is above max_chars {self.max_chars}")
        shares = ("min_chinese", "max_repetition", "max_punctuation", "max_symbols", "max_digits", "max_damaged")
        for name in shares:
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"{name} {share} is a share and lies between 0 and 1")


@dataclass
class FilterConfig:
    default: Thresholds
    """For kinds that are not named in `kinds`."""
    kinds: dict[str, Thresholds]
    """Kind of document -> its own thresholds."""
