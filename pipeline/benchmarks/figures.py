"""Sums of bits turned into the figures that compare across models: per character, per byte, per token."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.contract.document import Document
from pipeline.contract.metrics import Json

DIGITS = 6
"""Kept in the metrics; the last digits of a float sum say nothing."""


@dataclass(slots=True)
class Score:
    """What one model, or one baseline, needs for a set of documents."""

    bits: float = 0.0
    """−Σ log2 p over all events, one end per document among them."""
    documents: int = 0
    characters: int = 0
    """Unicode code points, ends not counted."""
    bytes: int = 0
    """UTF-8."""
    tokens: int = 0
    """One end per document among them; 0 for a model of characters."""

    def add(self, document: Document, bits: float, tokens: int = 0) -> None:
        self.bits += bits
        self.documents += 1
        self.characters += len(document.text)
        self.bytes += len(document.text.encode())
        self.tokens += tokens

    def to_json(self) -> dict[str, Json]:
        """bits_per_character = bits ÷ characters; perplexity is per token: 2^(bits ÷ tokens)."""
        return {
            "bits_per_character": round(self.bits / self.characters, DIGITS),
            "bits_per_byte": round(self.bits / self.bytes, DIGITS),
            "perplexity": round(2 ** (self.bits / self.tokens), DIGITS) if self.tokens else None,
            "documents": self.documents,
            "characters": self.characters,
            "bytes": self.bytes,
            "tokens": self.tokens or None,
        }


def by_source(
    documents: Iterable[Document], bits: Iterable[float], tokens: Iterable[int]
) -> tuple[Score, dict[str, Score]]:
    """The sum over all documents, and one for each source, by name."""
    whole, sources = Score(), dict[str, Score]()
    for document, amount, count in zip(documents, bits, tokens, strict=True):
        whole.add(document, amount, count)
        sources.setdefault(document.source, Score()).add(document, amount, count)
    return whole, dict(sorted(sources.items()))
