"""Hold one record for each element above a page's lines: each is made once, so that time does not grow with depth
times lines."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from crawler.html.render import Block, Element

Held = TypeVar("Held")


def with_ancestors(
    lines: Sequence[Block], make: Callable[[Element, Held | None], Held]
) -> tuple[list[Held], list[Held]]:
    """The record of each line's element, and those of all elements around them, outer before inner.

    `make` is given an element and the record of the element around it.
    """
    known: dict[Element, Held] = {}
    holders = []
    for line in lines:
        new: list[Element] = []
        element: Element | None = line.element
        while element is not None and element not in known:
            new.append(element)
            element = element.parent
        for inner in reversed(new):
            known[inner] = make(inner, known[inner.parent] if inner.parent is not None else None)
        holders.append(known[line.element])
    return holders, list(known.values())
