"""Shards on disk: Parquet written whole and the same bytes every time, read back with checks."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple
from io import StringIO
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.document import DOCUMENT_SCHEMA, Document
from pipeline.contract.drop import DROPPED_SCHEMA, Dropped
from pipeline.contract.metrics import Json
from pipeline.core.errors import ContractError, SourceError

_ID = re.compile("[0-9a-f]{32}")
ROW_GROUP_ROWS = 8192
"""Fixed, so that the bytes depend on the rows alone."""


def atomic_write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write beside `path` and rename: a reader never sees half a file, and a failed write leaves none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with open(partial, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    atomic_write(path, lambda file: file.write(text.encode()))


def write_json(path: Path, value: Json) -> None:
    """Sorted keys where the order carries no meaning is the caller's choice; Chinese stays readable."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, quoted where a value needs it, each ending in a line feed."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def write_table(path: Path, table: pa.Table) -> None:
    """Parquet, zstd, fixed row groups; byte-identical for equal rows under the locked pyarrow.

    No rows, no row group: `datasets` takes the first group's rows as its batch size and refuses 0.
    """

    def write(file: IO[bytes]) -> None:
        with pq.ParquetWriter(file, table.schema, compression="zstd") as writer:
            if len(table):
                writer.write_table(table, ROW_GROUP_ROWS)

    atomic_write(path, write)


def documents_table(documents: Sequence[Document]) -> pa.Table:
    columns = zip(*map(astuple, documents), strict=True) if documents else [[] for _ in DOCUMENT_SCHEMA]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, DOCUMENT_SCHEMA, strict=True)],
        schema=DOCUMENT_SCHEMA,
    )


def dropped_table(rows: Sequence[Dropped]) -> pa.Table:
    values = [(row.id, row.reason.name, row.measured, row.excerpt, row.kept_id) for row in rows]
    columns = zip(*values, strict=True) if values else [[] for _ in DROPPED_SCHEMA]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, DROPPED_SCHEMA, strict=True)],
        schema=DROPPED_SCHEMA,
    )


def write_documents(path: Path, documents: Sequence[Document]) -> None:
    write_table(path, documents_table(documents))


def write_dropped(path: Path, rows: Sequence[Dropped]) -> None:
    write_table(path, dropped_table(rows))


def list_shards(folders: Iterable[Path]) -> list[Path]:
    """All `*.parquet` of the folders, by name; SourceError if a folder is missing, ContractError if two
    importers use one shard name."""
    shards: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise SourceError(f"{folder}: no such folder; run the stage that writes it first")
        for path in sorted(folder.glob("*.parquet")):
            if path.name in shards:
                raise ContractError(f"{path}: a shard of this name also comes from {shards[path.name]}")
            shards[path.name] = path
    return [shards[name] for name in sorted(shards)]


def read_table(path: Path, schema: pa.Schema = DOCUMENT_SCHEMA) -> pa.Table:
    """Read a shard and check its columns; ContractError names file and field."""
    try:
        table = pq.read_table(path, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{path}: cannot be read as Parquet: {error}") from error
    for field in schema:
        if field.name not in table.column_names:
            raise ContractError(f"{path}: column {field.name!r} is missing")
    table = table.select(schema.names)
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            row = table[field.name].is_null().index(True).as_py()
            raise ContractError(f"{path}: row {row}: {field.name} is null")
    try:
        return table.cast(schema)
    except (pa.ArrowException, ValueError) as error:
        raise ContractError(f"{path}: {error}") from error


def read_documents(path: Path) -> Iterator[Document]:
    """Documents of a shard in order; rows without id, text or url raise ContractError with their number."""
    table = read_table(path)
    row = 0
    for batch in table.to_batches(ROW_GROUP_ROWS):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            document = Document(*values)
            for name in ("id", "url", "text"):
                if not getattr(document, name):
                    raise ContractError(f"{path}: row {row}: {name} is empty")
            if not _ID.fullmatch(document.id):
                raise ContractError(f"{path}: row {row}: id {document.id!r} is not 32 hex digits")
            yield document
            row += 1


class IdRegister:
    """Sees every id once: 16 bytes a document, checked on `close`."""

    def __init__(self) -> None:
        self._ids = bytearray()

    def add(self, id: str) -> None:
        self._ids += bytes.fromhex(id)

    def extend(self, ids: Iterable[str]) -> None:
        for id in ids:
            self.add(id)

    def close(self) -> None:
        """ContractError names one id that stands twice."""
        ids = np.sort(np.frombuffer(bytes(self._ids), dtype="V16").view("S16"))
        twice = np.flatnonzero(ids[1:] == ids[:-1])
        if len(twice):
            repeated = bytes(ids[twice[0]]).ljust(16, b"\0").hex()
            raise ContractError(f"two documents have the id {repeated}: source and source_id must be unique")


class ShardWriter:
    """Cuts one source's documents into numbered shards by rows and by characters, with their dropped rows."""

    def __init__(self, out: Path, source: str, max_rows: int, max_chars: int) -> None:
        self.out, self.source = out, source
        self.max_rows, self.max_chars = max_rows, max_chars
        self.shards = 0
        self._documents: list[Document] = []
        self._chars = 0

    def add(self, document: Document) -> None:
        self._documents.append(document)
        self._chars += len(document.text)
        if len(self._documents) >= self.max_rows or self._chars >= self.max_chars:
            self._flush()

    def close(self, dropped: Sequence[Dropped]) -> None:
        if self._documents:
            self._flush()
        write_dropped(self.out / "dropped" / f"{self.source}-00000.parquet", dropped)

    def _flush(self) -> None:
        write_documents(self.out / "documents" / f"{self.source}-{self.shards:05d}.parquet", self._documents)
        self.shards += 1
        self._documents, self._chars = [], 0
