"""Start the crawling processes of a snapshot and wait until all have ended well."""

import subprocess
import sys
import time
from contextlib import AbstractContextManager, ExitStack
from enum import IntEnum
from pathlib import Path

from pipeline.core.errors import RunError
from pipeline.schema.crawl import CrawlConfig, CrawlEngine

MODULE = "crawler.worker"
POLL_S = 0.2
POLL_OTHERS_S = 2.0


class Status(IntEnum):
    """How a worker ended: its exit status."""

    FINISHED = 0
    RESUMABLE = 3
    """Interrupted, or short of memory: the same command continues it."""
    FAILED = 4


def run_workers(config: CrawlConfig, folder: Path) -> None:
    """Run the workers to their end; RunError if one ends before."""
    count = config.redis.workers if config.engine is CrawlEngine.redis else 1
    spawned = config.redis.spawn or config.engine is CrawlEngine.local
    with ExitStack() as stack:
        served = stack.enter_context(_serving(Path(config.serve))) if config.serve else None
        if config.engine is CrawlEngine.redis:
            from crawler.frontier.redis_exchange import prepare

            prepare(config)
        status = _wait([_start(folder, number, served) for number in range(count) if spawned])
        if not spawned:
            _wait_for_others(config)
    if status == Status.RESUMABLE:
        raise RunError(f"the crawl was interrupted; run it again, and it goes on from {folder}")
    if status != Status.FINISHED:
        raise RunError(
            f"a crawling process ended with status {status}; what it archived is in {folder}, and the same command "
            "goes on"
        )


def _serving(folder: Path) -> AbstractContextManager[str]:
    from samples.server import serving  # not installed with the package: only a checkout has samples to serve

    return serving(folder)


def _start(folder: Path, number: int, served: str | None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", MODULE, "--folder", str(folder), "--number", str(number), "--tied"]
    if served:
        command += ["--served", served]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def _wait(running: "list[subprocess.Popen[bytes]]") -> int:
    """Until all have ended well, or one has not: then the others are stopped. Its status, or 0."""
    left = list(running)
    try:
        while left:
            for process in list(left):
                if (status := _ended(process)) is None:
                    continue
                left.remove(process)
                if status != Status.FINISHED:
                    _stop(left)
                    return status
        return Status.FINISHED
    except KeyboardInterrupt:  # it has reached the workers too, which finish what is in flight
        for process in left:
            process.wait()
        return Status.RESUMABLE
    finally:
        for process in running:
            if process.stdin is not None:
                process.stdin.close()  # a worker that still runs ends with it


def _ended(process: "subprocess.Popen[bytes]") -> int | None:
    try:
        return process.wait(timeout=POLL_S)
    except subprocess.TimeoutExpired:
        return None


def _stop(running: "list[subprocess.Popen[bytes]]") -> None:
    for process in running:
        process.terminate()
    for process in running:
        process.wait()


def _wait_for_others(config: CrawlConfig) -> None:
    from crawler.frontier.redis_exchange import all_finished

    while not all_finished(config):
        time.sleep(POLL_OTHERS_S)
