"""The conversion of one page to one variant: its own rules over its groups' rules over OpenCC's dictionaries."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pipeline.text.script import evidence
from pipeline.wiki.variants.resolver import VariantResolver
from pipeline.wiki.variants.rules import parse_rule
from pipeline.wiki.variants.trie import Trie, points, replace

MAX_TERM_CHARS = 500
"""A longer replacement is no term."""
MAX_GROUP_TRIES = 16
"""Combinations of groups whose tries are kept."""
NO_RULES = Trie()
"""Of most pages; made once, since a trie has a large table."""


class Conversion:
    """Dictionaries of one variant, and the conversion groups as tries of their own, made once each."""

    def __init__(self, variant: str, bases: tuple[Trie, Trie], groups: Callable[[str], Sequence[str] | None]) -> None:
        """bases: for sentences in Simplified and in Traditional. groups: name -> its rules, or None."""
        self.variant, self.bases = variant, bases
        self.classes = evidence()
        self.groups = groups
        self.tries: dict[tuple[str, ...], tuple[Trie, list[str]]] = {}

    def group_trie(self, names: Sequence[str]) -> tuple[Trie, list[str]]:
        """The rules of the groups, later ones over earlier ones, and the names of those that the dump lacks."""
        key = tuple(names)
        if key not in self.tries:
            if len(self.tries) >= MAX_GROUP_TRIES:
                self.tries.pop(next(iter(self.tries)))
            words: dict[str, str] = {}
            missing = []
            for name in names:
                rules = self.groups(name)
                if rules is None:
                    missing.append(name)
                for rule in rules or ():
                    words |= parse_rule(f"H|{rule}").table(self.variant)
            self.tries[key] = Trie(usable(words)), missing
        return self.tries[key]

    def page(self, names: Sequence[str], text: str) -> "PageConversion":
        bias = int(self.classes[points(text)].sum(dtype=np.int64)) if text else 0
        return PageConversion(self, self.group_trie(names)[0], bias)


class PageConversion:
    """One page's rules over the groups' and the dictionaries."""

    def __init__(self, conversion: Conversion, group: Trie, bias: int) -> None:
        self.conversion, self.group, self.bias = conversion, group, bias
        self.rules = NO_RULES
        self.converts = True
        """False: text stays in its script; choices are still made."""
        self.resolver = VariantResolver(conversion.variant, self.convert, self.add, self.remove)

    def add(self, words: dict[str, str]) -> None:
        if self.rules is NO_RULES:
            self.rules = Trie()
        self.rules.add(usable(words))

    def remove(self, words: dict[str, str]) -> None:
        words = usable(words)
        self.rules.remove(words)
        if any(self.group.rules.get(key) == value for key, value in words.items()):
            self.group = Trie({key: value for key, value in self.group.rules.items() if words.get(key) != value})

    def convert(self, text: str) -> str:
        if not self.converts or self.conversion.variant == "zh" or not text:
            return text
        conversion = self.conversion
        return replace(text, self.rules, self.group, conversion.bases, conversion.classes, self.bias)


def usable(words: Mapping[str, str]) -> dict[str, str]:
    """Without entries that would match everywhere, or whose text is no term but a page of its own."""
    return {key: value for key, value in words.items() if key and len(value) <= MAX_TERM_CHARS}
