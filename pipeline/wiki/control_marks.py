"""Marks that one step of the import writes into a text for a later step to read.

Most are control characters, which XML 1.0 does not allow: no dump holds one. `FORGED` are removed from every page all
the same, since a test or another importer may hand over any text. All that are left go when the text is tidied
(article.py). `escape` hides characters that a page shows from the steps that would read them as markup.
"""

import re

LITERAL, LITERAL_END = "\x01", "\x02"
"""Around the number of a literal: text that no step may read as markup (nowiki, code, formulas)."""
BREAK = "\x03"
"""A line break that joins no paragraph: <br>, a row of a table."""
BLOCK = "\x04"
"""The edge of a block element: a paragraph ends here."""
CODE, CODE_END = "\x05", "\x06"
"""Around text that no variant's dictionary may touch: <code>."""
PLAIN_LINE = "\x07"
"""Begins a line whose `*`, `#`, `:`, `;` or blank comes only after markup and marks nothing: `''# 1''`."""
APART = "\x08"
"""Stands where something without text was, so that the apostrophes around it are two runs."""

NOT_MARKUP = "\U0010ff00"
"""Stands before text that begins a line or follows a bracket, so that no markup is read there (an empty nowiki)."""
_ESCAPED = 0x10FF00
"""In the last private-use plane: an ASCII character plus this stands for the character, which is then no markup."""
_MARKUP_CHARACTERS = "\n!#&'*:;<=>[]_{|}~-/"
_TO_ESCAPED = {ord(character): chr(_ESCAPED + ord(character)) for character in _MARKUP_CHARACTERS}
_FROM_ESCAPED = {_ESCAPED + code: chr(code) if code else "" for code in range(0x80)}
_ANY_ESCAPED = re.compile("[\U0010ff00-\U0010ff7f]")

FORGED = re.compile(f"[{LITERAL}-{CODE_END}\U0010ff00-\U0010ff7f]")
"""Marks that would be read as ours if a page held them."""


def escape(text: str) -> str:
    """The text with stand-ins for the characters that a later step could read as markup."""
    return text.translate(_TO_ESCAPED)


def escape_blanks(text: str) -> str:
    """The text with stand-ins for its blanks, which a later step would collapse."""
    return text.replace(" ", chr(_ESCAPED + 0x20))


def unescape(text: str) -> str:
    """The characters themselves in place of the stand-ins of `escape`."""
    return text.translate(_FROM_ESCAPED) if _ANY_ESCAPED.search(text) else text
