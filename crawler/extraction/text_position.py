"""Find where a page's text begins and ends among all the lines that the page shows."""

from functools import cached_property

from crawler.html.render import Block

Line = Block | str
"""A line of another walk over the page, or its words alone."""


class TextPosition:
    """The lines of a page in order; `start` is the place of its text's first one, `end` that after its last.

    Both are looked for only if somebody asks.
    """

    def __init__(self, lines: list[Block], first: Line | None = None, last: Line | None = None) -> None:
        self.lines, self.first, self.last = lines, first, last

    @cached_property
    def start(self) -> int:
        """The number of lines where the page has no such line."""
        found = _places(self.lines, self.first) if self.first is not None else []
        return found[0] if found else len(self.lines)

    @cached_property
    def end(self) -> int:
        found = _places(self.lines, self.last) if self.last is not None else []
        return found[-1] + 1 if found else self.start

    @property
    def is_known(self) -> bool:
        """Whether the page shows the text's first line; a page object may have put the text together."""
        return self.start < len(self.lines)


def _places(lines: list[Block], wanted: Line) -> list[int]:
    """Where the same words stand, in the same element if it is known."""
    text = wanted if isinstance(wanted, str) else wanted.text
    found = [number for number, line in enumerate(lines) if line.text == text]
    if isinstance(wanted, str):
        return found
    return [number for number in found if lines[number].element.node.mem_id == wanted.element.node.mem_id] or found
