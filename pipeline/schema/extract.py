"""extract: what is read as a page, what as its text, and the bounds that keep hostile pages cheap."""

from dataclasses import dataclass
from enum import Enum


class Superscripts(Enum):
    """unicode: 10²³; caret: 10^23. Subscripts are H₂O with both."""

    unicode = "unicode"
    caret = "caret"


@dataclass
class ExtractConfig:
    min_chars: int
    """An article's text with fewer characters is no document."""
    min_post_chars: int
    """A thread whose posts together have fewer characters is no document."""
    min_chinese: float
    """A text whose share of Chinese, kana and Hangul taken off, is smaller is no document."""
    max_chars: int
    """Pages of more characters of HTML are dropped unread."""
    max_nodes: int
    """Pages with more tags are dropped unread."""
    max_depth: int
    """Pages with more elements open at once are dropped unread."""
    max_bad_share: float
    """Pages in which a larger share of characters could not be decoded are dropped."""
    authors: bool
    """Whether authors' names, which are personal data, stand in pages/ and posts/; they are never part of a text."""
    superscripts: Superscripts
    """How superscripts of numbers and formulas are written."""
    shard_pages: int
    """Pages of one site in one shard, about: a thread is never cut."""

    def __post_init__(self) -> None:
        for name in ("min_chars", "min_post_chars", "max_chars", "max_nodes", "max_depth", "shard_pages"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is below 1")
        for name in ("min_chinese", "max_bad_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)} is not between 0 and 1")
