"""Find the first place in which two texts differ, with a few characters around it."""

CONTEXT = 12
"""Characters shown before the place."""
SHOWN = 24
"""Characters shown from the place on."""


def first_difference(before: str, after: str) -> tuple[str, str]:
    """The place in both texts. The common beginning is found by halving: comparing slices is a hundred times faster
    than comparing characters."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    start = max(low - CONTEXT, 0)
    return before[start : low + SHOWN], after[start : low + SHOWN]
