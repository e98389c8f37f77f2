"""One page's wikitext to its text: templates, markup, sections, variants and literals, in this order."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.wiki.dictionaries import script_classes
from pipeline.wiki.expansion import Expander, Literal, PageName, hidden_rules, other_scripts
from pipeline.wiki.links import Links
from pipeline.wiki.markup import BLOCK, BREAK, CODE, CODE_END, Block, entities, to_blocks
from pipeline.wiki.trie import Trie, points, replace
from pipeline.wiki.variants import VariantReader, parse_rule

_LITERAL = re.compile("\x01(\\d+)\x02")
_EMPTY_BRACKETS = re.compile(r"（[\s,，、;；:：.。/／-]*）|\(\s*[,，、;；:：]\s*\)")
_OPEN_COMMA = re.compile(r"（[\s,，、;；]+")
_CLOSE_COMMA = re.compile(r"(?<![\s,，、;；])[\s,，、;；]+）")  # from the start of a run only: linear
_COMMAS_CLOSED = tuple(f"{mark}）" for mark in " \n,，、;；")
_APART = {"{{": "{ {", "}}": "} }", "[[": "[ [", "]]": "] ]", "-{": "- {", "<ref": "< ref", "&nbsp;": "& nbsp;"}
"""Marks that no text may hold, not even one about wikitext; to TeX the blank says nothing."""
_RARE = re.compile("[\t\u00a0\u2000-\u200f\u2028-\u202f\u2060\ufeff\x00\x07\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile("[\t\u00a0\u2000-\u200a\u202f]")
_MANY_BLANKS = re.compile("  +")
_SPACE_BREAKS = re.compile(r" \n ?|\n ")  # after _MANY_BLANKS
_MANY_BREAKS = re.compile(r"\n{3,}")
_UNCONVERTED = re.compile("__(?:NOCC|NOCONTENTCONVERT|内容不转换|內容不轉換)__", re.IGNORECASE)


@dataclass(slots=True)
class Article:
    """What became of a page."""

    title: str
    text: str
    lengths: list[tuple[str, int, int]]
    """Steps in order, each with the characters before and after it."""
    dropped: Counter[str] = field(default_factory=Counter)
    expanded: Counter[str] = field(default_factory=Counter)
    groups: list[str] = field(default_factory=list)
    missing_groups: list[str] = field(default_factory=list)
    converted: bool = True
    """False: the page forbids it (__NOCC__), its text is in the script it was written in."""


class Conversion:
    """Dictionaries of one variant, and the conversion groups as tries of their own, made once each."""

    def __init__(self, variant: str, bases: tuple[Trie, Trie], groups: Callable[[str], Sequence[str] | None]) -> None:
        """bases: for sentences in Simplified and in Traditional. groups: name -> its rules, or None."""
        self.variant, self.bases = variant, bases
        self.classes = script_classes()
        self.groups = groups
        self.tries: dict[tuple[str, ...], tuple[Trie, list[str]]] = {}

    def group_trie(self, names: Sequence[str]) -> tuple[Trie, list[str]]:
        """The rules of the groups, later ones over earlier ones, and the names of those that the dump lacks."""
        key = tuple(names)
        if key not in self.tries:
            if len(self.tries) >= 16:
                self.tries.pop(next(iter(self.tries)))
            words: dict[str, str] = {}
            missing = []
            for name in names:
                rules = next(filter(None, map(self.groups, [name, *other_scripts(name)])), None)
                if rules is None:
                    missing.append(name)
                for rule in rules or ():
                    words |= parse_rule(f"H|{entities(rule)}").table(self.variant)
            self.tries[key] = Trie(usable(words)), missing
        return self.tries[key]

    def page(self, names: Sequence[str], text: str) -> "PageConversion":
        bias = int(self.classes[points(text)].sum(dtype=np.int64)) if text else 0
        return PageConversion(self, self.group_trie(names)[0], bias)


def usable(words: Mapping[str, str]) -> dict[str, str]:
    """Without entries that would match everywhere, or whose text is no term but a page of its own."""
    return {key: value for key, value in words.items() if key and len(value) <= MAX_TERM_CHARS}


MAX_TERM_CHARS = 500
"""A longer replacement is no term."""

NO_RULES = Trie()
"""Of most pages; made once, since a trie has a large table."""


class PageConversion:
    """One page's rules over the groups' and the dictionaries."""

    def __init__(self, conversion: Conversion, group: Trie, bias: int) -> None:
        self.conversion, self.group, self.bias = conversion, group, bias
        self.rules = NO_RULES
        self.converts = True
        """False: text stays in its script; choices are still made."""
        self.reader = VariantReader(conversion.variant, self.convert, self.add, self.remove)

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


class Reader:
    """Turns pages of one wiki into articles."""

    def __init__(
        self,
        expander: Expander,
        links: Links,
        conversion: Conversion | None,
        keep_tables: bool,
        end_sections: frozenset[str],
    ) -> None:
        """conversion: None for wikis in other languages. end_sections: heading names that end an article's text."""
        self.expander, self.links, self.conversion = expander, links, conversion
        self.keep_tables, self.end_sections = keep_tables, end_sections

    def read(self, source: str, name: PageName) -> Article:
        lengths = []
        expanded = self.expander.expand(source, name)
        lengths.append(("TEMPLATES", len(source), len(expanded.text)))
        blocks = to_blocks(expanded.text, self.links, self.keep_tables)
        joined = sum(len(block.text) for block in blocks)
        lengths.append(("MARKUP", len(expanded.text), joined))
        blocks = [block for block in self.without_end_sections(blocks) if block.text]
        text = "\n\n".join(block.text for block in blocks)
        lengths.append(("SECTIONS", joined, len(text)))
        before = len(text)
        text = entities(text)
        lengths.append(("ENTITIES", before, len(text)))
        title = name.title
        before = len(text)
        missing: list[str] = []
        converted = True
        if self.conversion is None:
            text = text.replace("-{", "").replace("}-", "") if "-{" in text else text
            literals = [literal.text for literal in expanded.literals]
        else:
            page = self.conversion.page(expanded.groups, text)
            missing = self.conversion.group_trie(expanded.groups)[1]
            page.converts = converted = not ("__" in expanded.text and _UNCONVERTED.search(expanded.text))
            text = page.reader.read(text)
            literals = [shown(literal, page) for literal in expanded.literals]
            page.converts = True
            title = page.reader.title or page.convert(title)
        lengths.append(("VARIANTS", before, len(text)))
        final = tidy(text, literals)
        lengths.append(("TIDYING", len(text), len(final)))
        return Article(
            title, final, lengths, expanded.dropped, expanded.expanded, expanded.groups, missing, converted
        )

    def without_end_sections(self, blocks: Sequence[Block]) -> list[Block]:
        """Without the sections that conf names, each to the next heading as high; rules in them stay."""
        kept: list[Block] = []
        hidden = 7
        for block in blocks:
            if block.level and block.level <= hidden:
                hidden = block.level if self.is_end_section(block.text) else 7
            if hidden == 7:
                kept.append(block)
            elif "-{" in block.text:
                kept.append(Block(hidden_rules(block.text), 0))
        return without_empty_headings(kept)

    def is_end_section(self, heading: str) -> bool:
        if "-{" not in heading:
            return heading.strip() in self.end_sections
        return any(part.strip() in self.end_sections for part in re.split(r"-\{|\}-|[:;|]", heading))


def without_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """A heading with nothing below it, not even a deeper one with text, says nothing."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if block.level == 0 or (kept and (kept[-1].level == 0 or kept[-1].level > block.level)):
            kept.append(block)
    return kept[::-1]


def shown(literal: Literal, page: PageConversion) -> str:
    """A literal in its final form: entities of nowiki are read, code stays as it is."""
    return page.convert(entities(literal.text)) if literal.convert else entities(literal.text)


def tidy(text: str, literals: Sequence[str]) -> str:
    """Marks of the steps before to line breaks, literals to their places, no markup and no empty brackets left."""
    text = text.replace(BLOCK, "\n\n").replace(BREAK, "\n")
    if CODE in text or CODE_END in text:
        text = text.replace(CODE, "").replace(CODE_END, "")
    for mark in ("[[", "]]", "{{", "}}", "-{"):
        if mark in text:
            text = text.replace(mark, "")
    if "（" in text or "(" in text:
        text = _OPEN_COMMA.sub("（", _EMPTY_BRACKETS.sub("", text))
        if any(mark in text for mark in _COMMAS_CLOSED):
            text = _CLOSE_COMMA.sub("）", text)
    if _RARE.search(text):
        # Blanks of all widths to one; marks of direction, joiners of nothing and controls go. ZWJ and ZWNJ stay:
        # emoji and Indic scripts are written with them.
        text = _BLANKS.sub(" ", text)
        text = _RARE.sub(lambda match: match.group() if match.group() in "\u200c\u200d" else "", text)
    if "  " in text:
        text = _MANY_BLANKS.sub(" ", text)
    if " \n" in text or "\n " in text:
        text = _SPACE_BREAKS.sub("\n", text)
    if literals:
        text = _LITERAL.sub(lambda match: literals[int(match.group(1))], text)
    for mark, apart in _APART.items():
        while mark in text:  # twice at most: `{{{{` to `{ {{ {` to `{ { { {`
            text = text.replace(mark, apart)
    if "\n\n\n" in text:
        text = _MANY_BREAKS.sub("\n\n", text)
    return text.strip()
