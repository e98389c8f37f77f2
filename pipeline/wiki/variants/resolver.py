"""Resolves the `-{…}-` of a text for one variant, as MediaWiki 1.39's LanguageConverter and ZhConverter do.

A page rule takes effect from where it stands.
"""

import re
from collections.abc import Callable

from pipeline.wiki.variants.codes import FALLBACKS, NAMES
from pipeline.wiki.variants.rules import Rule, parse_rule

_OPEN = re.compile(r"-\{")
_TOKEN = re.compile(r"-\{|\}-")
MAX_DEPTH = 10
"""MediaWiki's mMaxDepth."""


class VariantResolver:
    """Resolves the `-{…}-` of one page for one variant, in the order of the text.

    convert: text -> text in the variant, under the rules met so far. add, remove: make a table page-wide, or undo it.
    """

    def __init__(
        self,
        variant: str,
        convert: Callable[[str], str],
        add: Callable[[dict[str, str]], None],
        remove: Callable[[dict[str, str]], None],
        convert_as: Callable[[str, str, "list[Rule]"], str],
    ) -> None:
        """convert_as: text, another variant, the page's rules so far -> the text in that variant."""
        self.variant, self.convert, self.add, self.remove = variant, convert, add, remove
        self.convert_as = convert_as
        self.page_rules: list[Rule] = []
        """Made page-wide or undone, in order."""
        self.title: str | None = None
        """Set by the flag T."""

    def resolve(self, text: str) -> str:
        """The text with every `-{…}-` resolved and all else converted. An unclosed `-{` is text."""
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
                    frames[-1].append("-{")
            else:
                frames[-1].append(before)
                shown = self.show(parse_rule("".join(frames.pop())))
                (frames[-1] if frames else out).append(shown)
        rest = text[position:]
        if not frames:
            out.append(self.convert(rest))
            return "".join(out)
        frames[-1].append(rest)
        out += ["-{" + self.convert("".join(frame)) for frame in frames]
        return "".join(out)

    def show(self, rule: Rule) -> str:
        """What stands in place of the rule; its page-wide effect is set off."""
        if rule.variant_flags:
            return self._filtered(rule)
        self._apply(rule)
        return self._shown(rule)

    def _filtered(self, rule: Rule) -> str:
        """`-{zh-hans;zh-hant|text}-`: in the variant if it is named, else in its nearest fallback that is."""
        if self.variant in rule.variant_flags:
            return self.convert(rule.body)
        for name in FALLBACKS[self.variant]:
            if name in rule.variant_flags:
                return self.convert_as(rule.body, name, self.page_rules)
        return rule.body

    def _apply(self, rule: Rule) -> None:
        """What the rule does to the page: its title and its table."""
        flags = rule.flags
        if "T" in flags:
            self.title = self._title(rule)
        if "+" in flags or "-" in flags:
            self.page_rules.append(rule)
        if "+" in flags:
            self.add(rule.table(self.variant))
        elif "-" in flags:
            self.remove(rule.table(self.variant))

    def _title(self, rule: Rule) -> str | None:
        if self.variant == "zh":
            return rule.choices.get("zh", self.title)
        if not rule.choices and not rule.one_way and not rule.blank:
            return rule.body
        return rule.choice(self.variant)

    def _shown(self, rule: Rule) -> str:
        flags = rule.flags
        if "R" in flags:
            return rule.body
        if "N" in flags:
            return NAMES.get(rule.body.strip(), "")
        if "D" in flags and ("H" in flags or "+" not in flags):  # A;D shows nothing, H;D does
            return rule.description()
        if "S" not in flags:
            return ""
        chosen = rule.choice(self.variant)
        if chosen is not None:
            return chosen
        if not rule.blank.isdisjoint((self.variant, *FALLBACKS[self.variant])) or not (rule.choices or rule.one_way):
            return ""
        return self.convert(rule.first())
