"""Prompts from a file (a line each, or a JSON object each) or from templates filled with the rows of a table."""

import csv
import io
import json
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.contract.metrics import Json
from pipeline.core.errors import ConfigError, SourceError
from pipeline.text.encoding import decode

JSON_LINES = frozenset({".jsonl", ".ndjson"})
NOT_PROMPTS = {
    ".json": "one JSON document; write an object on each line and name the file .jsonl",
    ".csv": "a table; name it with --table, and what is asked of each row with --templates",
    ".tsv": "a table; save it as CSV, name it with --table, and what is asked of each row with --templates",
}
"""Files whose lines would be read as prompts, and what to do instead."""
MAGIC = {
    b"PK\x03\x04": "a spreadsheet or archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"PAR1": "Parquet",
    b"\x1f\x8b": "compressed",
}
"""First bytes of files that are no text."""


@dataclass(frozen=True, slots=True)
class Prompt:
    text: str
    place: str
    """Where it stands: prompts.txt:17."""
    fields: dict[str, Json] = field(default_factory=dict)
    """What else its line says (jsonl), or template and columns: handed on to the answer."""


@dataclass(frozen=True, slots=True)
class Prompts:
    asked: list[Prompt]
    notes: dict[str, int]
    """What was left out, and how often."""


def read_prompts(path: Path) -> Prompts:
    """A line each, or of `.jsonl` an object each with the key "prompt"; SourceError if there is none.

    Blank lines are left out. An empty "prompt" in an object asks for a text from nothing.
    """
    kind = path.suffix.lower()
    if kind in NOT_PROMPTS:
        raise SourceError(f"{path}: {NOT_PROMPTS[kind]}")
    read = _read_objects if kind in JSON_LINES else _read_lines
    lines = _lines(path)
    asked = list(read(path, lines))
    if not asked:
        raise SourceError(f"{path}: no prompt in it; write one on each line")
    return Prompts(asked, _counted({"BLANK_LINE": sum(not line.strip() for line in lines)}))


def _read_lines(path: Path, lines: Sequence[str]) -> Iterator[Prompt]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield Prompt(line, f"{path}:{number}")


def _read_objects(path: Path, lines: Sequence[str]) -> Iterator[Prompt]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = json.loads(line)
            json.dumps(row, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise SourceError(f"{place}: half of a surrogate pair (\\ud800 and the like) is no character") from None
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{place}: not JSON: {error}") from None
        if not isinstance(row, dict) or not isinstance(row.get("prompt"), str):
            raise SourceError(f'{place}: an object with a text under "prompt" is expected')
        yield Prompt(row.pop("prompt"), place, row)


def fill_templates(path: Path, table: Path | None) -> Prompts:
    """Each template (a line) with each row of the CSV table; equal prompts are asked once.

    A template names columns in braces, {城市}; {{ and }} are braces. ConfigError names a column that the table does
    not have; a row with a blank cell is left out of the templates that name its column, and counted.
    """
    columns, rows = _read_table(table) if table else ([], [])
    asked: dict[str, Prompt] = {}
    blank = repeated = 0
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        named = _columns_of(line, place)
        _check_columns(named, columns, table, place)
        for row in rows if named else [{}]:
            if not all(row[name].strip() for name in named):
                blank += 1
                continue
            prompt = line.format_map({name: row[name].strip() for name in named})
            if prompt in asked:
                repeated += 1
                continue
            fields: dict[str, Json] = {"template": line, "columns": dict(row)}
            asked[prompt] = Prompt(prompt, place, fields)
    if not asked:
        why = "every row has blanks" if blank else "it has no template"
        raise SourceError(f"{path}: no prompt comes of it: {why}")
    return Prompts(list(asked.values()), _counted({"BLANK_CELL": blank, "REPEATED_PROMPT": repeated}))


def _columns_of(template: str, place: str) -> list[str]:
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ConfigError(f"{place}: {template!r}: {error}; write {{{{ and }}}} for braces") from None
    named = [(name, format_, conversion) for _, name, format_, conversion in parts if name is not None]
    for name, format_, conversion in named:
        if not name or format_ or conversion or set(name) & set(".[]"):
            raise ConfigError(f"{place}: {template!r}: a column's name alone stands in braces: {{城市}}")
    return list(dict.fromkeys(name for name, _, _ in named))


def _check_columns(named: Sequence[str], columns: Sequence[str], table: Path | None, place: str) -> None:
    for name in named:
        if table is None:
            raise ConfigError(f"{place}: the template names the column {name!r}, but no table is given (--table)")
        if name not in columns:
            raise ConfigError(f"{place}: column {name!r} not found in {table}; columns: {', '.join(columns)}")


def _read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Names of the columns and rows; spreadsheets write GB18030 or UTF-8 with a mark, so the bytes decide."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                lines.append((reader.line_num, line))
    except csv.Error as error:
        raise SourceError(f"{path}:{reader.line_num}: not CSV: {error}") from None
    if len(lines) < 2:
        raise SourceError(f"{path}: a line of column names and at least one row are expected")
    columns = [name.strip() for name in lines[0][1]]
    mark = next((mark for mark in ";\t，" if len(columns) == 1 and mark in columns[0]), None)
    if mark:
        raise SourceError(f"{path}: its cells are separated by {mark!r}, not by commas: {columns[0]}")
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise SourceError(f"{path}: two columns are named {twice!r}")
    for number, line in lines[1:]:
        if len(line) != len(columns):
            found = ",".join(line)[:60]
            raise SourceError(f"{path}:{number}: {len(line)} cells, but {len(columns)} columns: {found}")
    return columns, [dict(zip(columns, line, strict=True)) for _, line in lines[1:]]


def _lines(path: Path) -> list[str]:
    """Lines as editors number them; U+2028 in a JSON text is no line's end."""
    return [line.removesuffix("\r") for line in _text(path).removesuffix("\n").split("\n")]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from None
    kind = next((kind for magic, kind in MAGIC.items() if raw.startswith(magic)), None)
    if kind:
        raise SourceError(f"{path}: {kind}, no text; save it as CSV or text in UTF-8")
    found = decode(raw, None)
    if found.replaced:
        raise SourceError(f"{path}: {found.replaced} places are no text in any encoding; save it as UTF-8")
    return found.text


def _counted(notes: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in notes.items() if count}
