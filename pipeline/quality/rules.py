"""The quality rules: features and thresholds in, the first broken rule out."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.contract.drop import DropReason
from pipeline.quality.features import Features
from pipeline.schema.filter import Thresholds


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold: which feature it looks at, and from which side it is broken."""

    reason: DropReason
    feature: Callable[[Features], float]
    threshold: Callable[[Thresholds], float | None]
    below: bool = False
    """True: broken by values below the threshold; False: by values above it."""

    def judge(self, features: Features, thresholds: Thresholds) -> DropReason | None:
        limit = self.threshold(thresholds)
        if limit is None:
            return None
        value = self.feature(features)
        return self.reason if (value < limit if self.below else value > limit) else None


RULES = (
    Rule(DropReason.TOO_SHORT, lambda f: f.chars, lambda t: t.min_chars, below=True),
    Rule(DropReason.TOO_LONG, lambda f: f.chars, lambda t: t.max_chars),
    Rule(DropReason.GARBLED, lambda f: f.damaged, lambda t: t.max_damaged),
    Rule(DropReason.TOO_MANY_SYMBOLS, lambda f: f.symbols, lambda t: t.max_symbols),
    Rule(DropReason.TOO_MUCH_PUNCTUATION, lambda f: f.punctuation, lambda t: t.max_punctuation),
    Rule(DropReason.TOO_MANY_DIGITS, lambda f: f.digits, lambda t: t.max_digits),
    Rule(DropReason.NOT_CHINESE, lambda f: f.chinese, lambda t: t.min_chinese, below=True),
    Rule(DropReason.REPETITIVE, lambda f: f.repetition, lambda t: t.max_repetition),
)
"""In this order: what is cheap to explain comes first, and a wall of digits is not called NOT_CHINESE."""


def broken_rule(features: Features, thresholds: Thresholds) -> tuple[DropReason, float] | None:
    """The first rule that the text breaks and the value it was measured by, or None."""
    for rule in RULES:
        reason = rule.judge(features, thresholds)
        if reason is not None:
            return reason, float(rule.feature(features))
    return None
