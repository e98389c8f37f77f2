"""DVC's command line, as a user types it: its options and its JSON are documented, its Python classes are not."""

import os
import subprocess
import sys
from collections.abc import Iterator

from pipeline.core.errors import RunError


def dvc(*words: str) -> str:
    """Standard output of `dvc words`; RunError with what it said where it fails."""
    done = subprocess.run(["dvc", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunError(f"dvc {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def dvc_shown(*words: str, **environment: str) -> None:
    """`dvc words` with its output straight to the terminal: what it leaves in the background may keep it open."""
    sys.stdout.flush()
    status = subprocess.run(["dvc", *words], env={**os.environ, **environment}, check=False).returncode
    if status:
        raise RunError(f"dvc {' '.join(words)} ended with status {status}")


def dvc_lines(*words: str) -> Iterator[str]:
    """Lines of `dvc words` as they come; not for commands that leave something in the background."""
    with subprocess.Popen(["dvc", *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from process.stdout
    if process.returncode:
        raise RunError(f"dvc {' '.join(words)} ended with status {process.returncode}")


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunError(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout
