"""The conversion of one page to one variant: its own rules over its groups' rules over OpenCC's dictionaries."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pipeline.text.script import evidence
from pipeline.wiki.control_marks import unescape
from pipeline.wiki.variants.resolver import VariantResolver
from pipeline.wiki.variants.rules import Rule, parse_rule
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
            missing = [name for name in names if self.groups(name) is None]
            self.tries[key] = Trie(usable(self.group_words(names, self.variant))), missing
        return self.tries[key]

    def group_words(self, names: Sequence[str], variant: str) -> dict[str, str]:
        words: dict[str, str] = {}
        for name in names:
            for rule in self.groups(name) or ():
                words |= parse_rule(f"H|{rule}").table(variant)
        return words

    def page(self, names: Sequence[str], text: str) -> "PageConversion":
        bias = int(self.classes[points(text)].sum(dtype=np.int64)) if text else 0
        return PageConversion(self, names, bias)


class PageConversion:
    """One page's rules over the groups' and the dictionaries."""

    def __init__(self, conversion: Conversion, groups: Sequence[str], bias: int) -> None:
        self.conversion, self.groups, self.bias = conversion, groups, bias
        self.group = conversion.group_trie(groups)[0]
        self.rules = NO_RULES
        self.converts = True
        """False: text stays in its script; choices are still made."""
        self.resolver = VariantResolver(conversion.variant, self.convert, self.add, self.remove, self.convert_as)

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

    def convert_as(self, text: str, variant: str, page_rules: Sequence[Rule]) -> str:
        """The text by the words that the rules of page and groups have for another variant.

        The dictionaries stay this variant's: a text that is filtered for zh-hant is read in zh-tw by zh-tw's forms.
        """
        if not self.converts or self.conversion.variant == "zh":
            return text
        words: dict[str, str] = {}
        for rule in page_rules:
            for key, value in usable(rule.table(variant)).items():
                if "-" not in rule.flags:
                    words[key] = value
                elif words.get(key) == value:
                    del words[key]
        group = Trie(usable(self.conversion.group_words(self.groups, variant)))
        conversion = self.conversion
        return replace(text, Trie(words), group, conversion.bases, conversion.classes, self.bias)


def usable(words: Mapping[str, str]) -> dict[str, str]:
    """Without entries that would match everywhere, or whose text is no term but a page of its own."""
    return {unescape(key): value for key, value in words.items() if unescape(key) and len(value) <= MAX_TERM_CHARS}
