"""Runs of apostrophes: italics and bold, as MediaWiki's doQuotes reads them."""

import re

_QUOTES = re.compile(r"''+")


def without_quotes(text: str) -> str:
    """Italics (two) and bold (three) go; apostrophes stay where a run does not match."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "''" in line:
            lines[number] = _line_quotes(line)
    return "\n".join(lines)


def _line_quotes(line: str) -> str:
    pieces = _QUOTES.split(line)
    runs = [match.end() - match.start() for match in _QUOTES.finditer(line)]
    for index, run in enumerate(runs):
        runs[index] = 3 if run == 4 else min(run, 5)
        pieces[index] += "'" * (run - runs[index])  # the first of four, and all before the last five
    bold = sum(run in (3, 5) for run in runs)
    italics = sum(run in (2, 5) for run in runs)
    if bold % 2 and italics % 2:
        misread = _misread_bold(pieces, runs)
        if misread is not None:
            pieces[misread] += "'"
    return "".join(pieces)


def _misread_bold(pieces: list[str], runs: list[int]) -> int | None:
    """The run of three that is an apostrophe before italics.

    After a word of one letter, else after a longer word, else after a space; the first of its kind.
    """
    found: dict[int, int] = {}
    for index, run in enumerate(runs):
        if run == 3:
            before = pieces[index]
            rank = 2 if before[-1:] == " " else 0 if before[-2:-1] == " " else 1
            found.setdefault(rank, index)
    return found[min(found)] if found else None
