"""Clean a text by all rules of conf, in their order, each only where it has something to do."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.schema.normalise import LatinSpaces, NormaliseConfig, Quotes
from pipeline.text import cleaning, damage, pinyin_notes, typography
from pipeline.text.characters import FULL_WIDTH, code_points
from pipeline.text.code_lines import code_spans
from pipeline.text.references import character_references
from pipeline.text.stand_ins import (
    COMPATIBILITY_IDEOGRAPHS,
    PRIVATE_USE,
    RADICALS,
    SMALL_AND_VERTICAL,
    VERTICAL_BRACKETS,
)

Points = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    """In the ledger and the metrics."""
    change: cleaning.Change
    marks: str
    """A pattern of one character: a text without any of these is left alone, unread. Empty: read every text."""
    in_code: bool = False
    """Whether lines of code are changed too: by what makes lines, and by what no program means."""
    may_change: Callable[[str, Points], bool] | None = None
    """A closer look at a text that has such marks, and at its code points."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What one rule did to a text."""

    rule: str
    changed: int
    """Places, at least one."""
    before: str
    after: str


def cleaning_rules(config: NormaliseConfig) -> list[Rule]:
    """The rules in the order in which they are applied. Damage is repaired first: a no-break space, a control or a
    line separator (U+0085) may be a byte of a character; blanks and code are told last."""
    rules = [
        Rule("DAMAGE", damage.repaired, f"[{damage.marks()}]", in_code=True),  # leaves lines of code alone itself
        Rule("LINE_BREAKS", cleaning.line_breaks, "[\r\x0b\x0c\x85\u2028\u2029]", in_code=True),
        Rule("ESCAPES", cleaning.escapes, "\x1b", in_code=True),
        Rule("INVISIBLE", cleaning.invisible, cleaning.INVISIBLE_MARKS, in_code=True),
        Rule("SPACES", cleaning.spaces, cleaning.SPACE_MARKS, in_code=True),
        # Once more: a control or a blank of another kind may have stood between the bytes of a character.
        Rule("DAMAGE", damage.repaired, f"[{damage.marks()}]", in_code=True),
        Rule("REFERENCES", character_references, "&"),
        Rule("PRIVATE_USE", cleaning.map_private_use, f"[\ue000-\uf8ff{''.join(PRIVATE_USE)}]"),
        Rule("RADICALS", cleaning.map_radicals, f"[{''.join(RADICALS)}]"),
        Rule("COMPATIBILITY", cleaning.map_compatibility, f"[{''.join(COMPATIBILITY_IDEOGRAPHS)}]"),
        Rule("PINYIN_MARKS", cleaning.composed_pinyin, "[\u0300-\u0308\u030c]"),
        Rule("VERTICAL", cleaning.small_and_vertical, f"[{''.join((*SMALL_AND_VERTICAL, *VERTICAL_BRACKETS))}]"),
        Rule("KATAKANA", cleaning.katakana, "[｡-ﾟ]"),
    ]
    if config.full_width_latin:
        rules.append(Rule("FULL_WIDTH", cleaning.full_width, f"[{''.join(FULL_WIDTH)}．＠／]"))
    if config.injected_pinyin:
        rules.append(Rule("PINYIN_NOTES", pinyin_notes.without_injected_pinyin, f"[{pinyin_notes.TONED}]"))
    rules += _rewriting_rules(config)  # before the blanks, since these close beside marks that it writes
    if config.chinese_spaces:
        rules.append(
            Rule("CHINESE_SPACES", cleaning.chinese_spaces, "[ \u3000]", may_change=cleaning.chinese_spaces_may_close)
        )
    trim = cleaning.trimmed_lines(config.max_blank_lines)
    within = _untrimmed_within(config.max_blank_lines)
    rules.append(Rule("WHITE_SPACE", trim, "\\s", may_change=lambda text, _: text[-1:].isspace() or within(text)))
    return rules


def _rewriting_rules(config: NormaliseConfig) -> list[Rule]:
    """Those that are off by default."""
    rules = []
    if config.join_lines:
        rules.append(Rule("WRAPPED_LINES", typography.joined_lines, "\n"))
    if config.chinese_punctuation:
        rules.append(Rule("HALF_WIDTH_MARKS", typography.chinese_punctuation, "[,;:?!.(]"))
    if config.quotes is Quotes.corner:
        rules.append(Rule("QUOTES", typography.corner_quotes, "[“‘]"))
    elif config.quotes is Quotes.curly:
        rules.append(Rule("QUOTES", typography.curly_quotes, "[「『]"))
    if config.max_repeated_marks is not None:
        rules.append(
            Rule("REPEATED_MARKS", typography.repeated_marks(config.max_repeated_marks), "[！？!?，、；。…～~—]")
        )
    if config.latin_spaces is LatinSpaces.add:
        rules.append(Rule("LATIN_SPACES", typography.spaced_latin, "[A-Za-z0-9]"))
    elif config.latin_spaces is LatinSpaces.remove:
        rules.append(Rule("LATIN_SPACES", typography.unspaced_latin, "[A-Za-z0-9]"))
    if config.neutral_you:
        rules.append(Rule("NEUTRAL_YOU", typography.neutral_you, "妳"))
    return rules


def _untrimmed_within(max_blank_lines: int) -> Callable[[str], bool]:
    """Whether a text has blanks at its beginning or at the end of a line, or a long run of blank lines."""
    superfluous = (" \n", "\t\n", "\u3000\n", "\n" * (max_blank_lines + 2))
    return lambda text: text[:1].isspace() or any(blank in text for blank in superfluous)


class Cleaner:
    """Cleans texts by one configuration; its tables are made once a process."""

    def __init__(self, config: NormaliseConfig) -> None:
        self.rules = cleaning_rules(config)
        self._untrimmed_within = _untrimmed_within(config.max_blank_lines)
        self._table = _table(tuple(rule.marks for rule in self.rules))

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(rule.name for rule in self.rules))

    def clean(self, text: str) -> tuple[str, list[Edit]]:
        """The text cleaned, and what each rule that changed it did. An empty text is one of nothing visible."""
        edits: list[Edit] = []
        points = code_points(text)
        present = self._present(points)
        spans: list[tuple[int, int]] | None = None
        for number, rule in enumerate(self.rules):
            if not (present >> number & 1 and (rule.may_change is None or rule.may_change(text, points))):
                continue
            only_end = rule.name == "WHITE_SPACE" and not self._untrimmed_within(text)
            if not rule.in_code and spans is None and not only_end:
                spans = code_spans(text)
            new_spans: list[tuple[int, int]] = []
            if only_end:
                after, changed = text, 0
            elif rule.in_code or not spans:
                after, changed = rule.change(text)
            else:
                after, changed, new_spans = _outside_code(rule.change, text, spans)
            if rule.name == "WHITE_SPACE":
                after, ends = _trimmed(after, new_spans)
                changed += ends
            if changed:
                edits.append(Edit(rule.name, changed, text, after))
            if after != text:
                text, spans = after, None if rule.in_code else new_spans
                points = code_points(text)
                present = self._present(points)
        return text, edits

    def _present(self, points: Points) -> int:
        return int(np.bitwise_or.reduce(self._table[points])) if len(points) else 0


def _outside_code(
    change: cleaning.Change, text: str, spans: list[tuple[int, int]]
) -> tuple[str, int, list[tuple[int, int]]]:
    """The change on all but code, and where the code lies now."""
    pieces, count, length, moved = [], 0, 0, []
    for (_, end_before), (start, end) in pairwise([(0, 0), *spans]):
        prose, changed = change(text[end_before:start])
        pieces += [prose, text[start:end]]
        count += changed
        length += len(prose)
        moved.append((length, length + end - start))
        length += end - start
    prose, changed = change(text[spans[-1][1] :])
    return "".join((*pieces, prose)), count + changed, moved


def _trimmed(text: str, spans: list[tuple[int, int]]) -> tuple[str, int]:
    """A text without blank ends; the indentation of a first line of verse or code stays."""
    stripped = text.rstrip()
    is_code = bool(spans) and not text[: spans[0][0]].strip()
    stripped = stripped[spans[0][0] :] if is_code and stripped else stripped.lstrip(" \t\n")
    return stripped, int(stripped != text)


@cache
def _table(marks: tuple[str, ...]) -> NDArray[np.uint32]:
    """For every code point, a bit for each rule that it is a mark of."""
    table = np.zeros(0x110000, dtype=np.uint32)
    for number, pattern in enumerate(marks):
        if pattern:
            table[cleaning.members(pattern)] |= np.uint32(1 << number)
        else:
            table[:] |= np.uint32(1 << number)
    return table
