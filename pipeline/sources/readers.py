"""Readers: a file in, records and rejected units out, in the file's order. One function a Reader."""

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.drop import DropReason
from pipeline.core.errors import SourceError
from pipeline.schema.corpus import Reader, SourceConfig
from pipeline.sources.files import InputFile, lines, whole
from pipeline.sources.markdown import markdown_text, markdown_title
from pipeline.sources.records import Record, Rejected
from pipeline.sources.tagged import read_tagged

Unit = Record | Rejected
_HALVES = re.compile("[\ud800-\udfff]")


def decoded_lines(file: InputFile, source: SourceConfig) -> Iterator[tuple[str, str | Rejected]]:
    """(key, text) of each line; a line that is not in the declared encoding comes as Rejected."""
    for number, raw in enumerate(lines(file), start=1):
        key = f"L{number}"
        try:
            text = raw.decode(source.encoding)
        except UnicodeDecodeError:
            yield key, Rejected(key, DropReason.BROKEN_ENCODING, raw.decode(source.encoding, "replace"))
        else:
            yield key, text.removeprefix("\ufeff") if number == 1 else text


def read_lines(file: InputFile, source: SourceConfig) -> Iterator[Unit]:
    """One record a line; a blank line is rejected as BLANK."""
    for key, text in decoded_lines(file, source):
        if isinstance(text, Rejected):
            yield text
        elif not text.strip():
            yield Rejected(key, DropReason.BLANK, text)
        else:
            yield Record(key, text)


def read_jsonl(file: InputFile, source: SourceConfig) -> Iterator[Unit]:
    """One JSON object a line, fields by conf; broken JSON is rejected, and so is a row without text."""
    for key, text in decoded_lines(file, source):
        if isinstance(text, Rejected):
            yield text
        elif not text.strip():
            yield Rejected(key, DropReason.BLANK, text)
        else:
            try:
                row = json.loads(text)
            except (ValueError, RecursionError):  # ValueError alone: a number of more than 4,300 digits
                row = None
            if not isinstance(row, dict):
                yield Rejected(key, DropReason.MALFORMED_ROW, text)
            else:
                yield row_record(key, row, source)


def read_parquet(file: InputFile, source: SourceConfig) -> Iterator[Unit]:
    """One Parquet row each, fields by conf; SourceError where the file is no Parquet."""
    try:
        table = pq.ParquetFile(io.BytesIO(whole(file)) if file.container else file.path)
        number = 0
        for batch in table.iter_batches(1024, columns=sorted(set(_fields(source).values()))):
            for row in batch.to_pylist():
                number += 1
                yield row_record(f"R{number}", row, source)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{file.path}: cannot be read as Parquet: {error}") from error


def read_text(file: InputFile, source: SourceConfig) -> Iterator[Unit]:
    """The whole file is one record."""
    yield _whole_record(file, source, lambda text: text)


def read_markdown(file: InputFile, source: SourceConfig) -> Iterator[Unit]:
    """The whole file is one record, its markup taken off (see `markdown_text`); its first heading is the title."""
    yield _whole_record(file, source, markdown_text)


def row_record(key: str, row: Mapping[str, Any], source: SourceConfig) -> Unit:
    """A row's fields by conf's mapping; a Markdown reader's mark-up is not expected here."""
    names = _fields(source)
    text = row.get(names["text"])
    if not isinstance(text, str):
        shown = json.dumps(row, ensure_ascii=False, default=str)
        return Rejected(key, DropReason.MISSING_TEXT, shown.encode(errors="replace").decode())
    if not text.strip():
        return Rejected(key, DropReason.BLANK, text)
    values = {field: str(row[column]) for field, column in names.items() if row.get(column) is not None}
    halves = sum(map(len, map(_HALVES.findall, values.values())))
    if halves:  # JSON's "\ud800": half a surrogate pair is no character, but the rest of the record is sound
        values = {field: _HALVES.sub("\ufffd", value) for field, value in values.items()}
        if "\ufffd" in values.get("id", ""):  # two such identifiers might become one
            return Rejected(key, DropReason.BROKEN_ENCODING, values["text"])
    return Record(
        key,
        values["text"],
        mended=halves,
        title=values.get("title"),
        created=iso_date(values.get("created")),
        label=values.get("label"),
        url=values.get("url"),
        source_id=values.get("id"),
    )


def iso_date(value: str | None) -> str | None:
    """The date of an ISO 8601 date or time (2024-03-05T08:00:00Z); null for anything else: it is not guessed."""
    try:
        return date.fromisoformat((value or "")[:10]).isoformat()
    except ValueError:
        return None


def _fields(source: SourceConfig) -> dict[str, str]:
    return source.fields or {"text": "text"}


def _whole_record(file: InputFile, source: SourceConfig, to_text: Callable[[str], str]) -> Unit:
    raw = whole(file)
    try:
        text = raw.decode(source.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return Rejected("", DropReason.BROKEN_ENCODING, raw.decode(source.encoding, "replace"))
    plain = to_text(text)
    if not plain.strip():
        return Rejected("", DropReason.BLANK, text)
    title = markdown_title(text) if source.reader is Reader.markdown else None
    return Record("", plain, title=title, chars=len(text))


def _read_tagged(file: InputFile, source: SourceConfig) -> Iterable[Unit]:
    assert source.title_max_chars is not None  # SourceConfig checks it
    return read_tagged(decoded_lines(file, source), source.title_max_chars, source.document_min_chars)


READERS: dict[Reader, Callable[[InputFile, SourceConfig], Iterable[Unit]]] = {
    Reader.lines: read_lines,
    Reader.jsonl: read_jsonl,
    Reader.parquet: read_parquet,
    Reader.text: read_text,
    Reader.markdown: read_markdown,
    Reader.tagged: _read_tagged,
}
