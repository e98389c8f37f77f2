"""Control characters that one step of the import writes into a text for a later step to read.

XML 1.0 allows none of them, so no dump holds one; `FORGED` are removed from every page all the same, since a test or
another importer may hand over any text. All that are left go when the text is tidied (article.py).
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

FORGED = re.compile(f"[{LITERAL}-{CODE_END}]")
"""Marks that would be read as ours if a page held them."""
