"""Match words in an element's class and id."""

import re


def naming(*patterns: str) -> re.Pattern[str]:
    """Finds any of these in names in lower case, as words of their own: `-`, `_` and spaces stand between words."""
    return re.compile(rf"(?<![^\s_-])(?:{'|'.join(patterns)})(?![^\s_-])")


def names_of(attributes: dict[str, str | None]) -> str:
    """Class and id in lower case: patterns that ignore case take three times as long."""
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
