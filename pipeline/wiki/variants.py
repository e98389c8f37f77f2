"""MediaWiki's `-{…}-`: choices between variants of Chinese, and page-wide conversion rules.

Follows MediaWiki 1.39's LanguageConverter, ConverterRule and ZhConverter, a page rule taking effect from where it
stands. Where MediaWiki shows an error (a choice without the wanted variant or a fallback) the first text is used.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

VARIANTS = ("zh", "zh-hans", "zh-hant", "zh-cn", "zh-hk", "zh-mo", "zh-my", "zh-sg", "zh-tw")
"""In MediaWiki's order."""

FALLBACKS = {
    "zh": ("zh-hans", "zh-hant", "zh-cn", "zh-tw", "zh-hk", "zh-sg", "zh-mo", "zh-my"),
    "zh-hans": ("zh-cn", "zh-sg", "zh-my"),
    "zh-hant": ("zh-tw", "zh-hk", "zh-mo"),
    "zh-cn": ("zh-hans", "zh-sg", "zh-my"),
    "zh-sg": ("zh-my", "zh-hans", "zh-cn"),
    "zh-my": ("zh-sg", "zh-hans", "zh-cn"),
    "zh-tw": ("zh-hant", "zh-hk", "zh-mo"),
    "zh-hk": ("zh-mo", "zh-hant", "zh-tw"),
    "zh-mo": ("zh-hk", "zh-hant", "zh-tw"),
}

TAGS = {
    "zh": "und",
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-cn": "zh-Hans-CN",
    "zh-sg": "zh-Hans-SG",
    "zh-my": "zh-Hans-MY",
    "zh-tw": "zh-Hant-TW",
    "zh-hk": "zh-Hant-HK",
    "zh-mo": "zh-Hant-MO",
}
"""Variant -> the document's BCP 47 tag."""

NAMES = {
    "zh": "原文",
    "zh-hans": "简体",
    "zh-hant": "繁體",
    "zh-cn": "大陆",
    "zh-hk": "香港",
    "zh-mo": "澳門",
    "zh-my": "大马",
    "zh-sg": "新加坡",
    "zh-tw": "臺灣",
}
"""What the flag N shows and D writes."""

ONE_WAY_ONLY = ("zh-hans", "zh-hant")
"""Regional terms are no matter of these: MediaWiki applies only one-way rules to them."""

_ACCEPTED = {variant: variant for variant in VARIANTS} | {
    tag.lower(): variant for variant, tag in TAGS.items() if tag != "und"
}
_NAME = "|".join(sorted(_ACCEPTED, key=len, reverse=True))
_SEPARATOR = re.compile(rf";\s*(?=(?:{_NAME})\s*:|[^;]*?=>\s*(?:{_NAME})\s*:|\s*$)", re.IGNORECASE)
_FLAGS = frozenset("ARTDHN-")


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
    flags = found & _FLAGS
    named = tuple(_ACCEPTED[flag.lower()] for flag in sorted(found) if flag.lower() in _ACCEPTED)
    if not bar:
        body = inner
    for alone in "RN-":
        if alone in flags:
            flags, named = {alone}, ()
            break
    else:
        if flags == {"T"}:
            flags = {"T", "H"}
        elif "H" in flags:
            flags = {"+", "H"} | (flags & {"T", "D"})
            named = ()
        elif named:
            flags = {"R"}
        else:
            flags |= {"+", "S"} if "A" in flags else set()
            flags -= {"S"} if "D" in flags else set()
            flags = flags or {"S"}
    rule = Rule(frozenset(flags), named, body)
    if not flags & {"R", "N"}:
        _parse_choices(rule)
    if not rule.choices and not rule.one_way:
        if flags & {"+", "-"}:
            if body:
                rule.choices = dict.fromkeys(VARIANTS, body)
        elif not flags & {"N", "T"}:
            rule.flags = frozenset("R")
    return rule


def _parse_choices(rule: Rule) -> None:
    for part in _SEPARATOR.split(rule.body):
        left, colon, right = part.partition(":")
        if not colon:
            continue
        source, arrow, name = left.partition("=>")
        variant = _ACCEPTED.get((name if arrow else left).strip().lower())
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


_OPEN = re.compile(r"-\{")
_TOKEN = re.compile(r"-\{|\}-")
MAX_DEPTH = 10
"""MediaWiki's mMaxDepth."""


class VariantReader:
    """Resolves the `-{…}-` of one page for one variant, in the order of the text.

    convert: text -> text in the variant, under the rules met so far. add, remove: make a table page-wide, or undo it.
    """

    def __init__(
        self,
        variant: str,
        convert: Callable[[str], str],
        add: Callable[[dict[str, str]], None],
        remove: Callable[[dict[str, str]], None],
    ) -> None:
        self.variant, self.convert, self.add, self.remove = variant, convert, add, remove
        self.title: str | None = None
        """Set by the flag T."""

    def read(self, text: str) -> str:
        """The text with every `-{…}-` resolved and all else converted. An unclosed `-{` is dropped, its text kept."""
        out: list[str] = []
        frames: list[list[str]] = []
        position = 0
        while match := (_TOKEN if frames else _OPEN).search(text, position):  # outside, `}-{…}-` is `}` and a rule
            before = text[position : match.start()]
            position = match.end()
            if match.group() == "-{":
                if not frames:
                    out.append(self.convert(before))
                else:
                    frames[-1].append(before)
                if len(frames) < MAX_DEPTH:
                    frames.append([])
            else:
                frames[-1].append(before)
                shown = self.show(parse_rule("".join(frames.pop())))
                (frames[-1] if frames else out).append(shown)
        rest = text[position:]
        if not frames:
            out.append(self.convert(rest))
            return "".join(out)
        frames[-1].append(rest)
        out += [self.convert("".join(frame)) for frame in frames]
        return "".join(out)

    def show(self, rule: Rule) -> str:
        """What stands in place of the rule; its page-wide effect is set off."""
        flags = rule.flags
        if rule.variant_flags:
            near = (self.variant, *FALLBACKS[self.variant])
            return self.convert(rule.body) if any(name in near for name in rule.variant_flags) else rule.body
        if "T" in flags:
            self.title = rule.choice(self.variant) if self.variant != "zh" else rule.choices.get("zh", self.title)
        if "+" in flags:
            self.add(rule.table(self.variant))
        elif "-" in flags:
            self.remove(rule.table(self.variant))
        if "R" in flags:
            return rule.body
        if "N" in flags:
            return NAMES.get(rule.body.strip(), "")
        if "D" in flags and ("H" in flags or "+" not in flags):  # A;D shows nothing, H;D does
            return rule.description()
        if "S" in flags:
            chosen = rule.choice(self.variant)
            if chosen is None:
                return "" if self.variant in rule.blank else self.convert(rule.first())
            return chosen
        return ""
