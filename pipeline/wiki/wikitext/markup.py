"""Wikitext without templates to blocks of text: tags, tables, links, quotes, headings, lists, paragraphs.

The order of the steps is MediaWiki's (Parser::internalParse). Variants, character references that could be taken for
markup, and literals come later, see article.py. Every step is linear in the length of the text.
"""

import re

from pipeline.wiki.control_marks import APART, PLAIN_LINE
from pipeline.wiki.wikitext.blocks import Block, split_terms, to_blocks
from pipeline.wiki.wikitext.html import with_superscripts, without_hidden_elements, without_tags
from pipeline.wiki.wikitext.links import Links, external_links
from pipeline.wiki.wikitext.magic_words import SILENT
from pipeline.wiki.wikitext.quotes import without_quotes
from pipeline.wiki.wikitext.tables import html_tables, wiki_tables

_NO_MARK = re.compile(r"^(?=(?>(?:<[^<>\n]*+>|'+|\[\[(?:[^\[\]|\n]*+\|)?)+)[*#:; ])", re.MULTILINE)
_WORD = re.compile(r"__([^\W_]+)__")


def read_blocks(text: str, links: Links, keep_tables: bool, unicode_superscripts: bool) -> list[Block]:
    """The page's headings and paragraphs in order; `-{…}-`, entities and literals still in them."""
    if ";" in text:
        text = split_terms(text)
    text = _NO_MARK.sub(PLAIN_LINE, text)
    if "<" in text:
        text = with_superscripts(without_hidden_elements(text), unicode_superscripts)
        if "<table" in text.lower():
            text = html_tables(text, keep_tables)
        text = without_tags(text)
    text = wiki_tables(text, keep_tables)
    if "__" in text:
        text = _WORD.sub(lambda match: "" if match.group(1).upper() in SILENT else match.group(), text)
    text = links.resolve(text)
    text = external_links(text)
    if "''" in text:
        text = without_quotes(text)
    return to_blocks(text.replace(APART, ""))
