"""What two wordings of one title or line have in common."""

import re

_OTHERS = re.compile(r"\W+")


def letters(text: str) -> str:
    """Letters, digits and characters alone."""
    return _OTHERS.sub("", text)
