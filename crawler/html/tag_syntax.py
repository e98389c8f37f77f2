"""Patterns of tags, attributes and comments in HTML that is not parsed yet (13.2.5 of the standard)."""

import re

SPACE = r" \t\n\f\r"
LETTERS = re.IGNORECASE | re.ASCII
"""No tag is called `ſcript`."""
NAME = rf"[^{SPACE}/>]*+"
_NAME = rf"(?:=[^{SPACE}/>=]*+|[^{SPACE}/>=]++)"
_VALUE = rf"(?:[{SPACE}]*+=[{SPACE}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{SPACE}>\"'][^{SPACE}>]*+|(?=>)))?+"
ATTRIBUTE = _NAME + _VALUE
"""`>` in quotes does not end the tag, and quotes outside values are names."""
ATTRIBUTE_NAME = re.compile(f"({_NAME}){_VALUE}")
COMMENT = "<!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+--!?>)"
RAW = frozenset(("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"))
"""What holds words alone, whatever they look like."""
NO_RAW = ("svg", "math", "select", "frameset")
"""In these the tags of RAW may be tags like any others."""
MANY_ATTRIBUTES = 200
