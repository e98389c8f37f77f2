"""A publisher's list of checksums: every file of a dump must be in it and agree."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.core.errors import SourceError

_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(\S.*)")
_CHUNK_BYTES = 1 << 20


def check_files(files: Iterable[Path], checksums: Path) -> None:
    """SourceError names the first file that is not in the list or differs from it, with both digests."""
    listed = _read_list(checksums)
    for file in files:
        if file.name not in listed:
            raise SourceError(f"{checksums}: {file.name} is not in this list")
        for expected in listed[file.name]:
            algorithm = _ALGORITHMS[len(expected)]
            found = _digest(file, algorithm)
            if found != expected:
                raise SourceError(f"{file}: {algorithm} is {found}, but {checksums} says {expected}")


def _read_list(checksums: Path) -> dict[str, list[str]]:
    """File name to its digests; a list may be the joined md5sums and sha1sums."""
    listed: dict[str, list[str]] = {}
    try:
        lines = checksums.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{checksums}: cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if not match or len(match[1]) not in _ALGORITHMS:
            raise SourceError(f"{checksums}: line {number}: not `hexdigest  filename`: {line[:80]!r}")
        listed.setdefault(Path(match[2]).name, []).append(match[1].lower())
    return listed


def _digest(file: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with open(file, "rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
