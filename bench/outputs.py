"""Compare what two revisions' dvc.lock say of the stages' outputs: equal by hash, changed, or in one of them only.

    PYTHONPATH=. python bench/outputs.py --before v0.1.0 [--stages base corpus …]

A file of this folder's own state is compared with the one of the revision; --after names another file. Exit status 1
if an output differs. Locks of two experiments (smoke, laptop) do not compare.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import yaml

DATA_STAGES = (
    "base", "corpus", "crawl", "extract", "wiki", "normalise", "filter", "dedup", "split", "tokenizer", "pack",
)  # fmt: skip
"""Equal on every x86-64 machine; train and what follows only on machines of one kind."""


def outputs(lock: str, stages: list[str]) -> dict[str, str]:
    """Path -> hash of every output, the metrics included."""
    found = yaml.safe_load(lock)["stages"]
    return {out["path"]: out["md5"] for stage in stages if stage in found for out in found[stage]["outs"]}


def read(place: str) -> str:
    """A file's text, or dvc.lock's at a revision."""
    if Path(place).is_file():
        return Path(place).read_text(encoding="utf-8")
    shown = subprocess.run(["git", "show", f"{place}:dvc.lock"], capture_output=True, text=True, check=True)
    return shown.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", default="HEAD", help="revision, or a lock file")
    parser.add_argument("--after", default="dvc.lock", help="revision, or a lock file")
    parser.add_argument("--stages", nargs="+", default=list(DATA_STAGES))
    options = parser.parse_args()
    before, after = (outputs(read(place), options.stages) for place in (options.before, options.after))
    differing = 0
    for path in sorted(before | after):
        equal = before.get(path) == after.get(path)
        differing += not equal
        print(f"{'equal  ' if equal else 'DIFFERS'}  {path}  {before.get(path)}  {after.get(path)}")
    print(f"{len(before | after) - differing} equal, {differing} different")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
