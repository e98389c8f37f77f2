"""DVC's experiment queue (3.67.1): filled, worked on and waited for, with its traps guarded.

Several workers that start at once can lose the queue's control binding and leave one that never stops: an empty
binding, made beforehand, prevents it. A task that is just being taken up is listed nowhere for a moment, so that
only `Success` and `Failed` count as an end.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipeline.core.errors import RunError
from pipeline.sweeps.commands import dvc, dvc_lines, dvc_shown

Say = Callable[[str], object]
CONTROL = Path(".dvc/tmp/exps/celery/broker/control/celery.pidbox.exchange")
RUNS = Path(".dvc/tmp/exps/run")
QUEUED = re.compile(r"Queued experiment '([^']+)'")
TASK = re.compile(r"^(?P<task>[0-9a-f]{7})\s+(?P<name>\S+)\s.*\b(?P<state>Queued|Running|Success|Failed)\s*$")
ENDED = ("Success", "Failed")
POLL_S = 10.0
"""`dvc queue status` takes over a second of a core."""
HEARTBEAT_S = 300.0
"""A progress line at least so often."""
NO_WORKER_POLLS = 3
"""So many looks in a row without any worker: they have gone."""
REFUSED_POLLS = 6
"""`dvc queue status` may find the repository locked for a moment; so many refusals in a row are an error."""
STOP_S = 120.0
"""An idle worker leaves by itself within ten seconds."""
LOG_LINES = 12


@dataclass(frozen=True, slots=True)
class Task:
    task: str
    """First seven digits of its id, by which its log is filed."""
    name: str
    state: str
    """Queued, Running, Success or Failed."""


def fill(sweep: Sequence[str], say: Say) -> list[str]:
    """Queue what `sweep` names (`-S key=a,b …`) and return the experiments' names; DVC composes each at once, so
    that a misspelt key stops here."""
    names = []
    for line in dvc_lines("exp", "run", "--queue", *sweep):
        say(line.rstrip())
        names += QUEUED.findall(line)
    if not names:
        raise RunError(f"nothing was queued by {' '.join(sweep)!r}")
    return names


def start(workers: int) -> None:
    CONTROL.parent.mkdir(parents=True, exist_ok=True)
    if not CONTROL.exists():
        CONTROL.write_text("[]\n", encoding="utf-8")
    dvc_shown("queue", "start", "--jobs", str(workers))


def tasks() -> list[Task]:
    return read_tasks(dvc("queue", "status"))


def read_tasks(status: str) -> list[Task]:
    """Rows of what `dvc queue status` prints."""
    found = map(TASK.match, status.splitlines())
    return [Task(match["task"], match["name"], match["state"]) for match in found if match]


def workers(folder: Path) -> list[int]:
    """Process ids of the queue's workers in the repository at `folder`."""
    found = []
    for process in psutil.process_iter(["pid", "cwd", "cmdline"]):
        words = process.info["cmdline"] or []
        ours = process.info["cwd"] and Path(process.info["cwd"]) == folder.resolve()
        if ours and ("queue-worker" in words or words[-4:-1] == ["queue", "start", "--jobs"]):
            found.append(process.info["pid"])
    return found


class Status:
    """The named experiments as DVC lists them; patient with a repository that is locked for a moment."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.seen: dict[str, Task] = {}
        self._refused = 0

    def look(self) -> None:
        """RunError after REFUSED_POLLS refusals in a row."""
        try:
            self.seen |= {task.name: task for task in tasks() if task.name in self.names}
            self._refused = 0
        except RunError:
            self._refused += 1
            if self._refused == REFUSED_POLLS:
                raise

    @property
    def left(self) -> list[str]:
        """Those that have not ended."""
        return [name for name in self.names if name not in self.seen or self.seen[name].state not in ENDED]


def wait(names: Sequence[str], limit_s: float, say: Say, poll_s: float = POLL_S) -> dict[str, Task]:
    """Until every named experiment has ended; RunError after `limit_s` seconds, or where all workers have gone."""
    status, line, alone = Status(names), "", 0
    began = said = time.monotonic()
    while True:
        status.look()
        now = time.monotonic()
        progress = progress_line(names, status.seen)
        if progress != line or now - said >= HEARTBEAT_S:
            say(f"{progress}  {int(now - began) // 60}:{int(now - began) % 60:02d}")
            line, said = progress, now
        if not status.left:
            return status.seen
        left = ", ".join(status.left)
        if now - began > limit_s:
            raise RunError(f"{left}: not done after {limit_s / 3600:g} hours; give the sweep more (HOURS)")
        alone = 0 if workers(Path.cwd()) else alone + 1
        if alone >= NO_WORKER_POLLS:
            raise RunError(f"{left}: not done, and all workers have gone; see `dvc queue status`, `dvc queue start`")
        time.sleep(poll_s)


def progress_line(names: Sequence[str], seen: dict[str, Task]) -> str:
    counts = Counter(seen[name].state if name in seen else "Queued" for name in names)
    done = f"{counts['Success'] + counts['Failed']} of {len(names)} done"
    parts = [f"{counts[state]} {state.lower()}" for state in ("Running", "Queued", "Failed") if counts[state]]
    return ", ".join([done, *parts])


def stop(say: Say, kill: bool = False, limit_s: float = STOP_S) -> None:
    """End the workers, with `kill` their experiments too; RunError where one is still there after `limit_s`."""
    if workers(Path.cwd()):
        dvc("queue", "stop", *(["--kill"] if kill else []))
    until = time.monotonic() + limit_s
    while left := workers(Path.cwd()):
        if time.monotonic() > until:
            raise RunError(f"queue workers do not end: processes {', '.join(map(str, left))}")
        time.sleep(1)
    say("workers stopped")


def log_of(task: Task) -> Path | None:
    """Where the experiment's output is; null where it failed before it began."""
    return next(iter(sorted(RUNS.glob(f"{task.task}*/*.out"))), None)


def failure(task: Task) -> str:
    """Which experiment failed, where its log is, and how the log ends."""
    log = log_of(task)
    if log is None:
        return f"failed: {task.name}, before it began; see .dvc/tmp/exps/celery/*.out"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    end = [f"    {line}" for line in lines if line.strip()][-LOG_LINES:]
    return "\n".join([f"failed: {task.name}; its log: {log}", *end])
