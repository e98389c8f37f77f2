"""Scratch folders: what a stage keeps on disk that is no output, at `.scratch/<stage>/<key>/`.

`.scratch` is in the working directory; `make clean` removes it. The key says whose the folder is:

    .scratch/train/<fingerprint>/      checkpoints of a run of these params and inputs   until the run is published
    .scratch/generate/<fingerprint>/   batches of texts, of these prompts and settings   until they are published
    .scratch/crawl/<snapshot>/         what a crawl has fetched, what it has yet to      until the crawl is published
    .scratch/corpus/<sha256>/          a pinned package archive                          kept: it is fetched once
    .scratch/dedup/<output>/           files between two passes over the documents       until the run ends
    .scratch/wiki/<output>/            templates, and parts of a dump packed anew        until the run ends

The first three are resumed after a kill, under a lock beside the folder: `lock_of`. A folder that is named after the
output is of one run, which starts it empty: `empty_folder`.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(".scratch")


def scratch_folder(stage: str, key: str) -> Path:
    """The path alone; nothing is made."""
    return ROOT / stage / key


def lock_of(folder: Path) -> Path:
    """The lock file of a scratch folder, beside it so that the folder can be removed under the lock."""
    return folder.with_name(f"{folder.name}.lock")


@contextmanager
def empty_folder(stage: str, output: Path) -> Iterator[Path]:
    """An empty folder for the run that writes `output`, removed with all it holds when the block ends.

    What a killed run left in it goes first. The path is absolute: workers may have another working directory.
    """
    digest = hashlib.blake2b(str(output.resolve()).encode(), digest_size=8).hexdigest()
    folder = scratch_folder(stage, f"{output.name}-{digest}").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
