"""The command line of every stage: named paths in, typed sections, outputs published whole, metrics last."""

import argparse
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import permutations, product
from pathlib import Path
from typing import TypeVar

from omegaconf import DictConfig

from pipeline.contract.metrics import Json, Tally
from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, SourceError, WenyuanError
from pipeline.core.faults import reach
from pipeline.core.ledger import check
from pipeline.core.locks import wait_for_lock
from pipeline.core.scratch import empty_folder
from pipeline.core.shards import write_json
from pipeline.schema.engine import EngineConfig

Section = TypeVar("Section")
Metrics = dict[str, Json]

OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",  # Daft, Ray and others
    "DAFT_ANALYTICS_ENABLED": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "DVC_NO_ANALYTICS": "1",
    "TOKENIZERS_PARALLELISM": "false",  # shards are the unit of parallel work
}
LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"


class OutputKind(Enum):
    """What an output's path leads to."""

    folder = "folder"
    """It is there, and empty, when the stage starts to write."""
    file = "file"


@dataclass(frozen=True)
class Output:
    """One output of a stage: what it is, and what stands at its path."""

    help: str
    kind: OutputKind = OutputKind.folder


@dataclass(frozen=True)
class Stage:
    """What `--help` says and what `main` checks before the stage runs."""

    name: str
    doc: str
    sections: Mapping[str, type]
    """Sections of params.yaml that the stage may read, with their dataclass."""
    inputs: Mapping[str, str]
    """Option name -> what it is. An input may be given several paths."""
    outputs: Mapping[str, Output]
    """Option name -> what it is."""
    network: bool = False
    package: str = "pipeline.stages"
    """Where the stage's module is: `python -m <package>.<name>` runs it."""
    ranks: bool = False
    """Several processes may run it together, as torchrun starts them: the first writes, the others only work."""

    @property
    def helps(self) -> bool:
        """This process only works for another one that writes and speaks."""
        return self.ranks and os.environ.get("RANK", "0") != "0"


@dataclass
class Job:
    """One run of a stage: paths and configuration. Outputs are written to `output(...)` and published by `main`."""

    stage: Stage
    params: DictConfig
    inputs: dict[str, list[Path]]
    targets: dict[str, Path]
    partial: dict[str, Path] = field(default_factory=dict)
    afterwards: list[Callable[[], object]] = field(default_factory=list)
    """Called once outputs and metrics are published, for instance to remove checkpoints."""

    def section(self, schema: type[Section]) -> Section:
        name = next(name for name, declared in self.stage.sections.items() if declared is schema)
        return load_section(self.params, name, schema)

    @property
    def engine(self) -> EngineConfig:
        return load_section(self.params, "engine", EngineConfig)

    def input(self, name: str) -> Path:
        """The one path given for the option; SourceError if there are several."""
        paths = self.inputs[name]
        if len(paths) != 1:
            raise SourceError(f"--{name} takes one path, not {len(paths)}")
        return paths[0]

    def output(self, name: str = "out") -> Path:
        """Where to write now; it becomes the target when the stage has succeeded."""
        return self.partial[name]

    @property
    def helps(self) -> bool:
        """As its stage's."""
        return self.stage.helps

    def scratch(self) -> AbstractContextManager[Path]:
        """An empty folder for this run alone, removed when the block ends; see pipeline/core/scratch.py."""
        return empty_folder(self.stage.name, next(iter(self.targets.values())))

    def say(self, line: str) -> None:
        """One line to the person who watches."""
        if not self.helps:
            print(f"{self.stage.name}: {line}", flush=True)


def ledger_metrics(stage: str, unit: str, tallies: Sequence[Tally]) -> Metrics:
    """Sum the shards' tallies, check the sum and give the head of the metrics file."""
    total = sum(tallies, Tally())
    check(total, stage)
    return total.to_json(unit)


def main(stage: Stage, run: Callable[[Job], Metrics], argv: Sequence[str] | None = None) -> int:
    """Run the stage from the command line. Exit status: 0, or 2 with one line that says what to do.

    Heavy rooms are imported inside `run`: `--help` answers at once, and the offline switches are set first.
    """
    options = parser(stage).parse_args(argv)
    os.environ.update(QUIET)
    if not stage.network:
        os.environ.update(OFFLINE)
    try:
        job = _job(stage, options)
        if job.helps:
            run(job)
        else:
            _check_apart(job, options.metrics, options.replace)
            _warn_about_versions()
            _run_and_publish(job, run, options.metrics)
    except (WenyuanError, OSError) as error:  # OSError: the file system refuses, for it is full or read-only
        if isinstance(error, OSError) or not stage.helps:  # what stops one rank stops all; one of them says it
            print(f"{stage.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


def _job(stage: Stage, options: argparse.Namespace) -> Job:
    """The run that the command line asks for; SourceError for an input that is not there."""
    job = Job(
        stage,
        read_params(options.params, options.set, stage.sections),
        {name: getattr(options, name) for name in stage.inputs},
        {name: getattr(options, name) for name in stage.outputs},
    )
    for name, paths in job.inputs.items():
        for path in paths:
            if not path.exists():
                raise SourceError(f"{path}: no such file or folder (--{name})")
    return job


def _run_and_publish(job: Job, run: Callable[[Job], Metrics], metrics_file: Path | None) -> None:
    """Run under the locks of all outputs, publish them, metrics last; then clean up, after the locks are gone."""
    with ExitStack() as locks:
        for target in job.targets.values():
            locks.enter_context(_alone(target, job))
        _prepare(job)
        metrics = run(job)
        _publish(job)
        if metrics_file:
            write_json(metrics_file, metrics)
    for clean_up in job.afterwards:
        clean_up()


def parser(stage: Stage) -> argparse.ArgumentParser:
    """The options of the stage's command line."""
    options = argparse.ArgumentParser(
        prog=f"python -m {stage.package}.{stage.name}",
        description=stage.doc,
        epilog="Reads of params.yaml: " + ", ".join(["engine", *stage.sections]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, text in stage.inputs.items():
        options.add_argument(f"--{name}", type=Path, nargs="+", required=True, help=text)
    for name, output in stage.outputs.items():
        options.add_argument(f"--{name}", type=Path, required=True, help=output.help)
    options.add_argument("--params", type=Path, default=Path("params.yaml"), help="default: params.yaml")
    options.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="override one value of params.yaml"
    )
    options.add_argument("--replace", action="store_true", help="replace an output folder that holds something")
    options.add_argument("--metrics", type=Path, help="write the ledger and metrics here as JSON")
    return options


def _check_apart(job: Job, metrics: Path | None, replace: bool) -> None:
    """An output replaces what stands there, so it must not be, hold or lie in an input or another output, and a
    folder that already holds something is replaced only if the user says so (DVC removes its outputs itself)."""
    targets = [(f"--{name}", path) for name, path in job.targets.items()]
    written = [*targets, *([("--metrics", metrics)] if metrics else [])]
    read = [(f"--{name}", path) for name, paths in job.inputs.items() for path in paths]
    pairs = [*permutations(written, 2), *product(targets, read)]  # metrics may lie among the inputs
    for (name, target), (option, path) in pairs:
        if _overlap(target.resolve(), path.resolve()):
            raise ConfigError(f"{name} {target} would overwrite {option} {path}; choose another place")
    for target in job.targets.values():
        if target.is_dir() and any(target.iterdir()) and not replace:
            raise ConfigError(f"{target} is not empty; choose another folder, or --replace it")


def _overlap(a: Path, b: Path) -> bool:
    return a == b or a in b.parents or b in a.parents


@contextmanager
def _alone(target: Path, job: Job) -> Iterator[None]:
    """Hold the lock beside the target: a killed dvc leaves its stage alive, and two must not write at once."""
    path = target.with_name(f".{target.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wait_for_lock(path, lambda: job.say(f"another run writes {target}; waiting for it to end")):
        try:
            yield
        finally:
            path.unlink()


def _prepare(job: Job) -> None:
    for name, target in job.targets.items():
        partial = target.with_name(f".{target.name}.partial")
        _remove(partial)
        target.parent.mkdir(parents=True, exist_ok=True)
        if job.stage.outputs[name].kind is OutputKind.folder:
            partial.mkdir()
        job.partial[name] = partial


def _publish(job: Job) -> None:
    """Each output is whole, old or new, at any moment; that all are of one run, the metrics tell, which come last."""
    for number, (name, target) in enumerate(job.targets.items(), start=1):
        _remove(target)
        os.replace(job.partial[name], target)
        reach(f"{job.stage.name}.published:{number}")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _warn_about_versions() -> None:
    """The promise of equal bytes holds for the locked versions only: say so once where they differ."""
    differing = []
    if not LOCK.exists():  # installed as a package, away from the repository
        return
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        name, separator, version = line.partition("==")
        if not separator:
            continue
        try:
            installed = importlib.metadata.version(name).partition("+")[0]
        except importlib.metadata.PackageNotFoundError:
            installed = "absent"
        if installed != version:
            differing.append(f"{name} {installed} (lock: {version})")
    if differing:
        shown = ", ".join(differing[:5]) + (" …" if len(differing) > 5 else "")
        print(f"note: versions differ from requirements.lock, so bytes may too: {shown}", file=sys.stderr)
