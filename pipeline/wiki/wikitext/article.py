"""One page's wikitext to its text: templates, markup, sections, variants and literals, in this order."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.wiki.control_marks import (
    APART,
    BLOCK,
    BREAK,
    CODE,
    CODE_END,
    LITERAL,
    LITERAL_END,
    PLAIN_LINE,
    unescape,
)
from pipeline.wiki.variants.conversion import Conversion, PageConversion
from pipeline.wiki.variants.rules import hidden_rules
from pipeline.wiki.wikitext.blocks import Block
from pipeline.wiki.wikitext.expansion import Expander
from pipeline.wiki.wikitext.extension_tags import Literal
from pipeline.wiki.wikitext.html import entities, shown_entities
from pipeline.wiki.wikitext.links import Links
from pipeline.wiki.wikitext.magic_words import PageName
from pipeline.wiki.wikitext.markup import read_blocks

_LITERAL = re.compile(rf"{LITERAL}(\d+){LITERAL_END}")
_CHOICE = re.compile(r"-\{([^{}]*)\}-")
_EMPTY_BRACKETS = re.compile(r"（[\s,，、;；:：.。/／-]*）|\(\s*[,，、;；:：]\s*\)")
_OPEN_COMMA = re.compile(r"（[\s,，、;；]+")
_CLOSE_COMMA = re.compile(r"(?<![\s,，、;；])[\s,，、;；]+）")  # from the start of a run only: linear
_COMMAS_CLOSED = tuple(f"{mark}）" for mark in " \n,，、;；")
_RARE = re.compile("[\t\u00a0\u2000-\u200f\u2028-\u202f\u2060\ufeff\x00" + PLAIN_LINE + APART + "\x0b-\x1f\x7f]")
_BLANKS = re.compile("[\t\u00a0\u2000-\u200a\u202f]")
_MANY_BLANKS = re.compile("  +")
_SPACE_BREAKS = re.compile(r" \n ?|\n ")  # after _MANY_BLANKS
_MANY_BREAKS = re.compile(r"\n{3,}")
_TITLE_UNCONVERTED = re.compile(
    "__(?:NOTC|NOTITLECONVERT|标题不转换|標題不轉換|NOCC|NOCONTENTCONVERT|内容不转换|內容不轉換)__", re.IGNORECASE
)
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


class Reader:
    """Turns pages of one wiki into articles."""

    def __init__(
        self,
        expander: Expander,
        links: Links,
        conversion: Conversion | None,
        keep_tables: bool,
        unicode_superscripts: bool,
        end_sections: frozenset[str],
    ) -> None:
        """conversion: None for wikis in other languages. unicode_superscripts: 10²³, not 10^23. end_sections: heading
        names that end an article's text."""
        self.expander, self.links, self.conversion = expander, links, conversion
        self.keep_tables, self.unicode_superscripts = keep_tables, unicode_superscripts
        self.end_sections = end_sections

    def read(self, source: str, name: PageName) -> Article:
        lengths = []
        expanded = self.expander.expand(source, name)
        lengths.append(("TEMPLATES", len(source), len(expanded.text)))
        blocks = read_blocks(expanded.text, self.links, self.keep_tables, self.unicode_superscripts)
        joined = sum(len(block.text) for block in blocks)
        lengths.append(("MARKUP", len(expanded.text), joined))
        blocks = [block for block in self.without_end_sections(blocks) if block.text]
        text = "\n\n".join(block.text for block in blocks)
        lengths.append(("SECTIONS", joined, len(text)))
        before = len(text)
        text = shown_entities(text)
        lengths.append(("ENTITIES", before, len(text)))
        title = self.display_title(expanded.display_title, name.title) or name.title
        before = len(text)
        missing: list[str] = []
        converted = True
        if self.conversion is None:
            text = _CHOICE.sub(r"\1", text) if "-{" in text else text
            literals = [literal.text for literal in expanded.literals]
        else:
            page = self.conversion.page(expanded.groups, text)
            missing = self.conversion.group_trie(expanded.groups)[1]
            page.converts = converted = not ("__" in expanded.text and _UNCONVERTED.search(expanded.text))
            text = page.resolver.resolve(text)
            literals = [shown(literal, page) for literal in expanded.literals]
            if not ("__" in expanded.text and _TITLE_UNCONVERTED.search(expanded.text)):
                by_rule = None if expanded.display_title else page.resolver.title
                title = page.convert(title) if by_rule is None else " ".join(tidy(by_rule, literals).split())
        lengths.append(("VARIANTS", before, len(text)))
        final = tidy(text, literals)
        lengths.append(("TIDYING", len(text), len(final)))
        return Article(
            title, final, lengths, expanded.dropped, expanded.expanded, expanded.groups, missing, converted
        )

    def display_title(self, wikitext: str, title: str) -> str:
        """DISPLAYTITLE's text, which may change a title's marks only, as in MediaWiki: for any other ""."""
        blocks = read_blocks(wikitext, self.links, False, self.unicode_superscripts) if wikitext else []
        text = tidy(entities(" ".join(block.text for block in blocks)), [])
        return text if title_key(text) == title_key(title) else ""

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


def title_key(title: str) -> str:
    """Equal for spellings of one page's title."""
    title = " ".join(title.replace("_", " ").split())
    return title[:1].upper() + title[1:]


def without_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """A heading with nothing below it, not even a deeper one with text, says nothing."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if block.level == 0 or (kept and (kept[-1].level == 0 or kept[-1].level > block.level)):
            kept.append(block)
    return kept[::-1]


def shown(literal: Literal, page: PageConversion) -> str:
    """A literal in its final form. With a rule in it MediaWiki converts <pre>, without one it does not."""
    has_rule = literal.has_rules and "-{" in literal.text and "}-" in literal.text
    return page.resolver.resolve(literal.text) if has_rule else literal.text


def tidy(text: str, literals: Sequence[str]) -> str:
    """Marks of the steps before to line breaks and characters, literals to their places, no empty brackets left."""
    text = text.replace(BLOCK, "\n\n").replace(BREAK, "\n")
    for mark in (CODE, CODE_END):
        if mark in text:
            text = text.replace(mark, "")
    text = _tidy_blanks(_tidy_brackets(text))
    if "\n\n\n" in text:
        text = _MANY_BREAKS.sub("\n\n", text)
    text = unescape(text)
    if literals:
        text = _LITERAL.sub(lambda match: literals[int(match.group(1))], text)
    return text.strip()


def _tidy_brackets(text: str) -> str:
    """What dropped templates leave: brackets with nothing in them, commas at a bracket's edges."""
    if "（" in text or "(" in text:
        text = _OPEN_COMMA.sub("（", _EMPTY_BRACKETS.sub("", text))
        if any(mark in text for mark in _COMMAS_CLOSED):
            text = _CLOSE_COMMA.sub("）", text)
    return text


def _tidy_blanks(text: str) -> str:
    """Blanks of all widths to one; marks of direction, joiners of nothing and controls go."""
    if _RARE.search(text):
        text = _BLANKS.sub(" ", text)
        # ZWJ and ZWNJ stay: emoji and Indic scripts are written with them.
        text = _RARE.sub(lambda match: match.group() if match.group() in "\u200c\u200d" else "", text)
    if "  " in text:
        text = _MANY_BLANKS.sub(" ", text)
    if " \n" in text or "\n " in text:
        text = _SPACE_BREAKS.sub("\n", text)
    return text
