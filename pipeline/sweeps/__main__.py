"""`make sweep` and `make winner`: a grid through DVC's queue with its table, and the best as an experiment of conf/.

    python -m pipeline.sweeps run --workers 2 --hours 24 -- -S train.lr=0.01,0.02 -S tokenizer=bpe,wordlist
    python -m pipeline.sweeps winner --name best

`run` ends with status 1 where an experiment failed, `winner` changes conf/experiment/<name>.yaml and nothing else.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.core.compose import CONF
from pipeline.core.errors import ConfigError, RunError, WenyuanError
from pipeline.core.shards import write_text
from pipeline.sweeps import queue
from pipeline.sweeps.commands import git
from pipeline.sweeps.overlay import overlay_of
from pipeline.sweeps.results import PARAMS, best, results, show

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
WRITTEN = "Written by `make winner"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.sweeps", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(required=True)
    run = verbs.add_parser("run", help="queue a grid, work on it, wait, print the table")
    run.add_argument("--workers", type=int, required=True, help="experiments at a time")
    run.add_argument("--hours", type=float, required=True, help="give up, and kill what still runs, after so many")
    run.add_argument("sweep", nargs="+", help="after --: what `dvc exp run --queue` takes, commas make a grid")
    run.set_defaults(verb=lambda options: sweep(options.sweep, options.workers, options.hours))
    winner = verbs.add_parser("winner", help="write the best experiment into conf/experiment/")
    winner.add_argument("--name", required=True, help="of the file, and of the experiment in conf/")
    winner.add_argument("--experiment", help="this one, on whatever commit, instead of this commit's best")
    winner.set_defaults(verb=lambda options: crown(options.name, options.experiment))
    options = parser.parse_args(argv)
    try:
        status: int = options.verb(options)
    except WenyuanError as error:
        print(f"sweeps: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return status


def say(line: str) -> None:
    print(line, flush=True)


def sweep(words: Sequence[str], workers: int, hours: float) -> int:
    """0 where all experiments succeeded, 1 where one failed, 130 after Ctrl-C (the queue then works on)."""
    if workers < 1 or not hours > 0:
        raise ConfigError(f"--workers {workers} and --hours {hours:g}: both must be above 0")
    names = queue.fill(words, say)
    queue.start(workers)
    try:
        tasks = queue.wait(names, hours * 3600, say)
    except KeyboardInterrupt:
        say("\nleft alone, the queue works on: see `dvc queue status`; `dvc queue stop --kill` ends it")
        return 130
    except RunError:
        queue.stop(say, kill=True)
        raise
    queue.stop(say)
    found = results()
    if found:
        show(found)
    failed = [tasks[name] for name in names if tasks[name].state == "Failed"]
    for task in failed:
        print(queue.failure(task), file=sys.stderr)
    return 1 if failed else 0


def crown(name: str, experiment: str | None) -> int:
    """Write conf/experiment/<name>.yaml, with which conf/ composes to the experiment's params.yaml exactly."""
    file = CONF / "experiment" / f"{name}.yaml"
    if not NAME.fullmatch(name):
        raise ConfigError(f"NAME {name!r}: letters, digits, _ and - alone")
    if file.exists() and WRITTEN not in file.read_text(encoding="utf-8"):
        raise ConfigError(f"{file} was written by hand; choose another NAME")
    result = best(results(all_commits=experiment is not None), experiment)
    remarks = [f"{result.name}: {result.score:g} bits per character on test. {WRITTEN} NAME={name}`."]
    with tempfile.TemporaryDirectory() as scratch:
        overlay = overlay_of(git("show", f"{result.revision}:{PARAMS}"), remarks, Path(scratch))
    write_text(file, overlay.text())
    say(f"{file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}:\n\n{overlay.text()}")
    say(f"Try it: make repro EXPERIMENT={name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
