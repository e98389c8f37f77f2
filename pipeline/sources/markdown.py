"""Markdown to running text: mark-up off, words and paragraphs kept."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\n(?:[\w-]+:.*?\n)?---(?:\n|\Z)", re.S)
"""A YAML head starts with a key: a rule, a paragraph and another rule are text."""
_BLOCKS = {"heading_open", "bullet_list_open", "ordered_list_open", "blockquote_open", "table_open"}
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown_text(source: str) -> str:
    """Headings, paragraphs, list items and table cells as lines; code and images' addresses left out.

    Blocks are set apart by a blank line, list items and table rows by a line break. HTML blocks are dropped,
    inline HTML tags too; a YAML head between --- lines is dropped.
    """
    blocks: list[str] = []
    tight = False
    for token in _tokens(source):
        if token.type == "inline":
            text = _inline(token.children or [])
            if not text.strip():
                continue
            if tight and blocks:
                blocks[-1] += "\n" + text
            else:
                blocks.append(text)
            tight = True
        elif token.type in _BLOCKS or (token.type == "paragraph_open" and not token.hidden):
            tight = False
    return "\n\n".join(blocks)


def markdown_title(source: str) -> str | None:
    """The text of the first heading on one line, or None where there is none."""
    tokens = _tokens(source)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            return " ".join(_inline(following.children or []).split()) or None
    return None


def _tokens(source: str) -> list[Token]:
    return _PARSER.parse(_FRONT_MATTER.sub("", source.replace("\r\n", "\n")))


def _inline(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline(token.children or []))
    return "".join(parts)
