"""Tables, `{| … |}` and `<table>`: left out, or written as lines of cells."""

import re

from pipeline.wiki.control_marks import BREAK
from pipeline.wiki.variants.rules import hidden_rules

CELL = " | "
"""Between the cells of a row."""
_INDENT = " :\t"
"""May stand before the marks of a table."""

_ATTRIBUTES = re.compile(r"^[^|\[\]{}]*\|(?!\|)")
_HTML_TABLE = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
_HTML_ROW = re.compile(r"<tr\b[^<>]*>", re.IGNORECASE)
_HTML_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)
_HTML_REST = re.compile(r"</?(?:table|tr|td|th|tbody|thead|tfoot|caption|col|colgroup)\b[^<>]*>", re.IGNORECASE)
_HEADING = re.compile(r"^==+[^=\n].*==+[ \t]*$", re.MULTILINE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINE_MARKS = re.compile(r"(?:[*#:;]+|-{4,})[ \t]*")
_TITLE = re.compile(r"(={1,6})(.+?)\1[ \t]*")


def wiki_tables(text: str, keep: bool) -> str:
    """Replace every `{|` table, nested ones with the outermost; rules hidden in them stay in force.

    A table that is never closed ends before the next heading or with the text: MediaWiki would make the rest of the
    page its content, and the prose would be lost with it.
    """
    if "{|" not in text:
        return text
    lines = text.split("\n")
    out: list[str] = []
    table: list[str] = []
    depth = 0
    closable = _closing_lines(lines)
    for number, line in enumerate(lines):
        change = _depth_change(line)
        if change > 0 or depth > 0:
            depth += change
        if depth == 0 and table:
            out.append(_table(table, keep))
            out += filter(str.strip, [line.lstrip(_INDENT)[2:]])
            table = []
            continue
        if depth > closable[number] and _HEADING.match(line):
            out.append(_table(table, keep))
            table, depth = [], 0
        (table if depth else out).append(line)
    if table:
        out.append(_table(table, keep))
    return "\n".join(out)


def _closing_lines(lines: list[str]) -> list[int]:
    """For each line, how many more tables are closed than opened from there on, at best."""
    left = [0] * (len(lines) + 1)
    for number in range(len(lines) - 1, -1, -1):
        left[number] = max(0, left[number + 1] - _depth_change(lines[number]))
    return left


def _depth_change(line: str) -> int:
    """1 for a line that opens a table, -1 for one that closes it, 0 for all others."""
    stripped = line.lstrip(_INDENT)
    if stripped.startswith("{|"):
        return 1
    return -1 if stripped.startswith("|}") and not stripped.startswith("|}}") else 0


def _table(lines: list[str], keep: bool) -> str:
    if not keep or _HIDDEN.search(lines[0]):
        return hidden_rules("\n".join(lines)) + "\n"
    rows: list[list[str]] = [[]]
    for line in lines:
        stripped = line.lstrip(_INDENT)
        mark = stripped[:2]
        if mark in ("{|", "|}", "|-"):
            rows.append([])
        elif mark == "|+":
            rows += [[_ATTRIBUTES.sub("", stripped[2:]).strip()], []]
        elif stripped[:1] in ("|", "!"):
            separator = r"\|\|" if stripped[0] == "|" else r"\|\||!!"
            rows[-1] += [_ATTRIBUTES.sub("", cell).strip() for cell in re.split(separator, stripped[1:])]
        elif rows[-1]:
            rows[-1][-1] += BREAK + _plain(stripped)
        elif stripped:
            rows[-1].append(_plain(stripped))
    written = [CELL.join(filter(None, (cell.strip(f" \t{BREAK}") for cell in row))) for row in rows]
    # A cell's line must not be taken for a list or a heading.
    return "\n\n" + BREAK.join(row for row in written if row) + "\n\n"


def _plain(line: str) -> str:
    """A line of a cell without the marks of a list, a heading or a rule."""
    title = _TITLE.fullmatch(line)
    if title:
        return title.group(2).strip()
    marks = _LINE_MARKS.match(line)
    return line[marks.end() :] if marks else line


def html_tables(text: str, keep: bool) -> str:
    """The same for <table>, by counting tags; one that is never closed ends before the next heading, too."""
    pieces, begin, depth, position = [], 0, 0, 0
    for match in _HTML_TABLE.finditer(text):
        if not match.group(1):
            if depth == 0:
                pieces.append(text[position : match.start()])
                begin = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                pieces.append(_html_table(text[begin : match.end()], keep))
                position = match.end()
    if depth:
        heading = _HEADING.search(text, begin)
        position = heading.start() if heading else len(text)
        pieces.append(_html_table(text[begin:position], keep))
    pieces.append(text[position:])
    return "".join(pieces)


def _html_table(source: str, keep: bool) -> str:
    if not keep:
        return "\n" + hidden_rules(source) + "\n"
    rows = []
    for row in _HTML_ROW.split(wiki_tables(source, keep)):
        cells = [_html_cell(_HTML_REST.sub("", cell)) for cell in _HTML_CELL.split(row)]
        rows.append(CELL.join(cell for cell in cells if cell))
    return "\n\n" + BREAK.join(row for row in rows if row) + "\n\n"


def _html_cell(text: str) -> str:
    first, *others = text.split("\n")
    return " ".join(" ".join([first, *map(_plain, others)]).split())
