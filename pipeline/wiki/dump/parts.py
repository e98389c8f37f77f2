"""A dump on disk: its parts in order, their formats, its head, checked before anything else is read."""

import bz2
import gzip
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, cast

import zstandard

from pipeline.core.errors import SourceError
from pipeline.wiki.dump.checksums import check_files
from pipeline.wiki.dump.siteinfo import SiteInfo, parse_head, shown

HEAD_BYTES = 4 << 20
"""Far more than any head: 25,000 bytes in the largest wikis."""
READ_ERRORS = (OSError, EOFError, zlib.error, zstandard.ZstdError)
_NO_PARTS = re.compile(r"^\.|multistream-index|sums?\b.*\.txt$|\.(md5|sha1|sha256|dvc)$", re.IGNORECASE)
_HEAD_END = re.compile(rb"</[^<>]*siteinfo\s*>")
_PACKED = re.compile(r"\.(bz2|gz|zst)$", re.IGNORECASE)


class Format(StrEnum):
    """How a part is packed; told by its first bytes."""

    XML = "xml"
    BZIP2 = "bz2"
    GZIP = "gz"
    ZSTD = "zst"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dump."""

    path: Path
    format: Format
    index: Path | None
    """The multistream index beside it."""

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump whose head and checksums are in order."""

    parts: tuple[Part, ...]
    siteinfo: SiteInfo
    prefix: str
    """Before every tag's name: "" in all that MediaWiki writes."""

    @classmethod
    def open(cls, path: Path, checksums: Path | None = None) -> "Dump":
        """A file or a folder of parts; SourceError where it is no dump, or not the published one."""
        files = _files(path)
        parts = tuple(map(_part, files))
        if checksums is not None:
            check_files(files, checksums)
        (siteinfo, prefix), *others = [read_head(part.path, part.format) for part in parts]
        for part, (other, other_prefix) in zip(parts[1:], others, strict=True):
            if (other.database, other_prefix) != (siteinfo.database, prefix):
                raise SourceError(f"{part.path}: of {other.database}, but {parts[0].name} of {siteinfo.database}")
        return cls(parts, siteinfo, prefix)


def format_of(path: Path) -> Format:
    """By the first bytes; SourceError shows them where they are none of ours."""
    try:
        with open(path, "rb") as file:
            first = file.read(256)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    if not first:
        raise SourceError(f"{path}: is empty (0 bytes)")
    if re.match(rb"BZh[1-9]", first):
        return Format.BZIP2
    if first.startswith(b"\x1f\x8b"):
        return Format.GZIP
    if re.match(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", first):
        return Format.ZSTD
    if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return Format.XML
    raise SourceError(f"{path}: neither XML nor bz2, gz, zst: it begins with {shown(first)}")


def unpacked(path: Path, format: Format) -> IO[bytes]:
    """The export's bytes, to be read by `read1`: what stands before a fault is then read, and READ_ERRORS follow."""
    if format is Format.BZIP2:
        return bz2.open(path)
    if format is Format.GZIP:
        return cast(IO[bytes], gzip.open(path))
    if format is Format.ZSTD:
        unpacker = zstandard.ZstdDecompressor()
        return cast(IO[bytes], unpacker.stream_reader(open(path, "rb"), read_across_frames=True))
    return open(path, "rb")


def read_head(path: Path, format: Format) -> tuple[SiteInfo, str]:
    """The site and the tags' prefix; see `parse_head`."""
    head = bytearray()
    try:
        with unpacked(path, format) as file:
            while len(head) < HEAD_BYTES and not _HEAD_END.search(head):
                piece = cast(bytes, file.read1(1 << 16))  # type: ignore[attr-defined]
                if not piece:
                    break
                head += piece
    except READ_ERRORS as error:
        raise SourceError(f"{path}: the head cannot be unpacked: {error}") from error
    return parse_head(str(path), bytes(head))


def _part(file: Path) -> Part:
    """An index holds offsets of bz2 streams: it says nothing about a dump that was unpacked or packed anew."""
    format = format_of(file)
    return Part(file, format, _index_beside(file) if format is Format.BZIP2 else None)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    if not path.is_dir():
        return [path]
    files = [file for file in path.iterdir() if file.is_file() and _is_part(file)]
    if not files:
        raise SourceError(f"{path}: this folder holds no MediaWiki dump (.xml, .xml.bz2, .xml.gz, .xml.zst)")
    files.sort(key=_natural)
    by_content: dict[str, Path] = {}
    for file in files:
        content = _PACKED.sub("", file.name).replace("-multistream", "")
        if content in by_content:
            raise SourceError(f"{path}: {by_content[content].name} and {file.name} hold the same pages; keep one")
        by_content[content] = file
    return files


def _is_part(file: Path) -> bool:
    """A file named .xml… must be a part (if it is none, that is an error); others are one if they hold an export."""
    if _NO_PARTS.search(file.name):
        return False
    if ".xml" in file.name:
        return True
    try:
        read_head(file, format_of(file))
    except SourceError:
        return False
    return True


def _natural(file: Path) -> list[tuple[int, str]]:
    """part2 before part10."""
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in re.split(r"(\d+)", file.name)]


def _index_beside(file: Path) -> Path | None:
    """`…-multistream-index.txt[.bz2]` for `…-multistream.xml.bz2`; also with numbers (`multistream1.xml-p1p9`)."""
    if "-multistream" not in file.name:
        return None
    name = file.name.replace("-multistream", "-multistream-index", 1).replace(".xml", ".txt", 1)
    for candidate in (file.with_name(name), file.with_name(_PACKED.sub("", name))):
        if candidate.is_file():
            return candidate
    return None
