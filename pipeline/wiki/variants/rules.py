"""What one `-{…}-` of MediaWiki says: its flags, its choices between variants, the words that it replaces.

Follows MediaWiki 1.39's ConverterRule. Where MediaWiki shows an error (a choice without the wanted variant or a
fallback) the first text is used.
"""

import re
from dataclasses import dataclass, field

from pipeline.wiki.variants.codes import ACCEPTED, FALLBACKS, NAMES, ONE_WAY_ONLY, VARIANTS

_NAME = "|".join(sorted(ACCEPTED, key=len, reverse=True))
_SEPARATOR = re.compile(rf";\s*(?=(?:{_NAME})\s*:|[^;]*?=>\s*(?:{_NAME})\s*:|\s*$)", re.IGNORECASE)
_FLAGS = frozenset("ARTDHN-")
_FLAGGED_RULE = re.compile(r"-\{([^{}|]*)\|([^{}]*)\}-")


@dataclass(slots=True)
class Rule:
    """What stands between `-{` and `}-`, taken apart."""

    flags: frozenset[str]
    variant_flags: tuple[str, ...]
    """`-{zh-hans;zh-hant|text}-`: the variants named."""
    body: str
    choices: dict[str, str] = field(default_factory=dict)
    """Variant -> text."""
    one_way: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variant -> {from: to}."""
    blank: set[str] = field(default_factory=set)
    """Variants whose text is empty: MediaWiki shows an error, its authors mean nothing to be shown."""

    def choice(self, variant: str) -> str | None:
        """The text for the variant or its nearest fallback; None if the rule names none of them."""
        for candidate in (variant, *FALLBACKS[variant]):
            if candidate in self.choices:
                return self.choices[candidate]
        for text in self.one_way.get(variant, {}).values():
            return text
        return None

    def first(self) -> str:
        for text in self.choices.values():
            return text
        for mapping in self.one_way.values():
            for text in mapping.values():
                return text
        return self.body

    def table(self, variant: str) -> dict[str, str]:
        """The words that the rule, made page-wide, replaces in this variant."""
        if variant == "zh":
            return {}
        words: dict[str, str] = {}
        if variant not in ONE_WAY_ONLY:
            full = {}
            for name in VARIANTS:
                for candidate in (name, *FALLBACKS[name]):
                    if self.choices.get(candidate):
                        full[name] = self.choices[candidate]
                        break
            if variant in full:
                words = {text: full[variant] for name, text in full.items() if name != variant}
        return words | self.one_way.get(variant, {})

    def description(self) -> str:
        """What the flag D shows."""
        parts = [f"{NAMES[variant]}：{text}；" for variant, text in self.choices.items()]
        for variant, mapping in self.one_way.items():
            parts += [f"{source}⇒{NAMES[variant]}：{text}；" for source, text in mapping.items()]
        return "".join(parts)


def parse_rule(inner: str) -> Rule:
    """Take `flags|rules` apart; a syntax error in the rules leaves a rule without choices, as in MediaWiki."""
    head, bar, body = inner.partition("|")
    found = {flag.strip() for flag in head.split(";")} if bar else set()
    named = tuple(ACCEPTED[flag.lower()] for flag in sorted(found) if flag.lower() in ACCEPTED)
    flags, named = _effective_flags(found & _FLAGS, named)
    rule = Rule(flags, named, body if bar else inner)
    if not flags & {"R", "N"}:
        _parse_choices(rule)
    if not rule.choices and not rule.one_way:
        _read_without_choices(rule)
    return rule


def _effective_flags(flags: set[str], named: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The flags and variants that count, of those written: some exclude others, some bring others with them."""
    for alone in "RN-":
        if alone in flags:
            return frozenset(alone), ()
    if flags == {"T"}:
        return frozenset("TH"), named
    if "H" in flags:
        return frozenset("+H") | (flags & {"T", "D"}), ()
    if named:
        return frozenset("R"), named
    if "A" in flags:
        flags = flags | {"+", "S"}
    if "D" in flags:
        flags = flags - {"S"}
    return frozenset(flags or "S"), named


def _read_without_choices(rule: Rule) -> None:
    """A body without choices is every variant's text if the rule is page-wide, else it is shown as it is.

    A rule whose choices are all empty, as when dropped templates or pictures stood in them, shows nothing.
    """
    if rule.blank:
        return
    if rule.flags & {"+", "-"}:
        if rule.body:
            rule.choices = dict.fromkeys(VARIANTS, rule.body)
    elif not rule.flags & {"N", "T"}:
        rule.flags = frozenset("R")


def _parse_choices(rule: Rule) -> None:
    for part in _SEPARATOR.split(rule.body):
        left, colon, right = part.partition(":")
        if not colon:
            continue
        source, arrow, name = left.partition("=>")
        variant = ACCEPTED.get((name if arrow else left).strip().lower())
        if variant is None:
            rule.choices, rule.one_way = {}, {}
            return
        text = right.strip()
        if arrow and source.strip():
            rule.one_way.setdefault(variant, {})[source.strip()] = text
        elif not arrow and text:
            rule.choices[variant] = text
        elif not arrow:
            rule.blank.add(variant)


def hidden_rules(source: str) -> str:
    """The page-wide rules of a piece that is left out, as rules that show nothing."""
    if "-{" not in source:
        return ""
    found = []
    for flags, rules in _FLAGGED_RULE.findall(source):
        kept = [flag for flag in map(str.strip, flags.split(";")) if flag in ("A", "H", "T", "-", "D")]
        if kept:
            found.append("-{" + ";".join("H" if flag == "A" else flag for flag in kept) + "|" + rules + "}-")
    return "".join(found)
