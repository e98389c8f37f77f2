"""Tables, `{| … |}` and `<table>`: left out, or written as lines of cells."""

import re

from pipeline.wiki.control_marks import BREAK
from pipeline.wiki.variants.rules import hidden_rules
from pipeline.wiki.wikitext.html import HIDDEN

CELL = " | "
"""Between the cells of a row."""
_ROW = re.compile(r"^[ :\t]*\|[-}](?!\})", re.MULTILINE)
_INDENT = " :\t"
"""May stand before the marks of a table."""

_ATTRIBUTES = re.compile(r"^[^|\[\]{}]*\|(?!\|)")
_HTML_TABLE = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
_HTML_ROW = re.compile(r"<tr\b[^<>]*>", re.IGNORECASE)
_HTML_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)
_HTML_REST = re.compile(r"</?(?:table|tr|td|th|tbody|thead|tfoot|caption|col|colgroup)\b[^<>]*>", re.IGNORECASE)
_HEADING = re.compile(r"^==+[^=\n].*==+[ \t]*$", re.MULTILINE)
_FURNITURE = re.compile(
    r"\bclass\s*=[^|]*?(?<![\w-])(?:[acdfiot]mbox|infobox|metadata|navbar|navbox|noprint|portal|sidebar|toc|"
    r"vertical-navbox)(?![\w-])",
    re.IGNORECASE,
)
"""A table's attributes that name a box: navigation, notices, a summary beside the text."""
_LOST_GAP = 5
"""Lines of a cell's text that may stand between two marks of a table whose beginning is not in the text."""
_LINE_MARKS = re.compile(r"(?:[*#:;]+|-{4,})[ \t]*")
_TITLE = re.compile(r"(={1,6})(.+?)\1[ \t]*")


def wiki_tables(text: str, keep: bool) -> str:
    """Replace every `{|` table, nested ones with the outermost; rules hidden in them stay in force.

    A table that is never closed ends before the next heading or with the text: MediaWiki would make the rest of the
    page its content, and the prose would be lost with it. Rows without a `{|` are those of a table that a template
    opens, which was dropped (lists of episodes).
    """
    if "{|" not in text and not _ROW.search(text):
        return text
    lines = _with_lost_openings(text.split("\n"))
    out: list[str] = []
    table: list[str] = []
    depth = 0
    changes = list(map(_depth_change, lines))
    closable = _closing_lines(changes)
    for number, line in enumerate(lines):
        change = changes[number]
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


def _with_lost_openings(lines: list[str]) -> list[str]:
    """Lines with a `{|` before, and a `|}` behind, the rows that stand outside of every table."""
    found: list[str] = []
    rows: list[str] = []
    """Of a table that may have lost its beginning, and the lines since the last of them."""
    depth = gap = 0
    for line in lines:
        stripped, change = line.lstrip(_INDENT), _depth_change(line)
        if depth == 0 and change < 0:
            found += ["{|", *rows, line] if rows else [stripped[2:]]  # or the end of a table that is lost as a whole
            rows, gap = [], 0
        elif depth == 0 and change == 0 and (stripped[:1] == "|" or (rows and stripped[:1] == "!")):
            rows.append(line)
            gap = 0
        elif rows and change == 0 and gap < _LOST_GAP and not _HEADING.match(line):
            rows.append(line)
            gap += 1
        else:
            found += _closed(rows, gap)
            rows, gap, depth = [], 0, max(0, depth + change)
            found.append(line)
    return found + _closed(rows, gap)


def _closed(rows: list[str], gap: int) -> list[str]:
    """Rows as a table of their own, without the `gap` lines after the last; lines without any `|-` are none."""
    if not any(row.lstrip(_INDENT).startswith("|-") for row in rows):
        return rows
    end = len(rows) - gap
    return ["{|", *rows[:end], "|}", *rows[end:]]


def _closing_lines(changes: list[int]) -> list[int]:
    """For each line, how many more tables are closed than opened from there on, at best."""
    left, closing = [0] * len(changes), 0
    for number in range(len(changes) - 1, -1, -1):
        if changes[number]:
            closing = max(0, closing - changes[number])
        left[number] = closing
    return left


def _depth_change(line: str) -> int:
    """1 for a line that opens a table, -1 for one that closes it, 0 for all others."""
    stripped = line.lstrip(_INDENT)
    mark = stripped[:2]
    if mark == "{|":
        return 1
    return -1 if mark == "|}" and stripped[2:3] != "}" else 0


def _table(lines: list[str], keep: bool) -> str:
    if not keep or HIDDEN.search(lines[0]) or _FURNITURE.search(lines[0]):
        return hidden_rules("\n".join(lines)) + "\n"
    rows: list[list[str]] = [[]]
    rules = ""
    for line in lines:
        stripped = line.lstrip(_INDENT)
        mark = stripped[:2]
        if mark in ("{|", "|}", "|-"):
            rows.append([])
            rules += hidden_rules(stripped)  # among the attributes
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
    return f"\n\n{rules}" + BREAK.join(row for row in written if row) + "\n\n"


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
    if not keep or _FURNITURE.search(source, 0, source.find(">")):
        return "\n" + hidden_rules(source) + "\n"
    rows = []
    for row in _HTML_ROW.split(wiki_tables(source, keep)):
        cells = [_html_cell(_HTML_REST.sub("", cell)) for cell in _HTML_CELL.split(row)]
        rows.append(CELL.join(cell for cell in cells if cell))
    return "\n\n" + BREAK.join(row for row in rows if row) + "\n\n"


def _html_cell(text: str) -> str:
    first, *others = text.split("\n")
    return " ".join(" ".join([first, *map(_plain, others)]).split())
