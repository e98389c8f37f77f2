"""crawl: from the sites in conf to a snapshot: WARC files, and crawl.jsonl with a row for every address found.

A crawl that was killed goes on where it was. An address is kept, or dropped with its reason; what stands outside a
site's allow-list is never fetched.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crawler import worker
from crawler.addresses.scope import Scope, check
from crawler.warc.publishing import Publisher, Workers
from crawler.warc.reader import MANIFEST
from pipeline.core.errors import RunError, SourceError
from pipeline.core.faults import reach
from pipeline.core.locks import try_lock
from pipeline.core.scratch import lock_of, scratch_folder
from pipeline.core.shards import write_dropped, write_json, write_text
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.crawl import CrawlConfig, CrawlEngine, OnSilence

STAGE = Stage(
    name="crawl",
    doc=__doc__,
    sections={"crawl": CrawlConfig},
    inputs={},
    outputs={"out": Output("folder for warc/, crawl.jsonl, stats.json and dropped/")},
    network=True,
    package="crawler",
)
SHOWN_REASONS = 5


def run(job: Job) -> Metrics:
    config = job.section(CrawlConfig)
    out = job.output()
    if not config.enabled:
        job.say("switched off (crawl.enabled)")
        (out / "warc").mkdir()
        write_text(out / "crawl.jsonl", "")
        write_dropped(out / "dropped" / f"{config.snapshot}-00000.parquet", [])
        metrics = ledger_metrics(STAGE.name, "address", [])
        write_json(out / "stats.json", metrics)
        return metrics
    scope = check(config)
    if config.previous and not (Path(config.previous) / MANIFEST).exists():
        raise SourceError(f"crawl.previous: {config.previous}: no snapshot ({MANIFEST} is missing)")
    folder = scratch_folder(STAGE.name, config.snapshot)
    with _alone(folder):
        date = _prepare(job, config, folder)
        _crawl(config, folder)
        reach("crawl.before_publish")
        metrics = _publish(job, config, scope, folder, out, date)
    job.afterwards.append(lambda: _clean_up(config, folder))
    return metrics


def _clean_up(config: CrawlConfig, folder: Path) -> None:
    if config.engine is CrawlEngine.redis:
        from crawler.frontier.redis_exchange import clean_up

        clean_up(config)
    shutil.rmtree(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with try_lock(lock_of(folder)) as ours:
        if not ours:
            raise RunError(f"{folder}: another run is crawling this snapshot; wait for it, or name another")
        yield


def _prepare(job: Job, config: CrawlConfig, folder: Path) -> str:
    """The plan for the workers; the crawl's date. A served site that has changed is crawled from its beginning."""
    served = _digest(Path(config.serve)) if config.serve else ""
    plan = folder / worker.PLAN
    date = config.date or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if plan.exists():
        before = json.loads(plan.read_text(encoding="utf-8"))
        old, date = before["crawl"], config.date or before["date"]
        worker.write_plan(folder, config, {"served": served, "date": date})
        new = json.loads(plan.read_text(encoding="utf-8"))["crawl"]
        changed = sorted(key for key in new if old.get(key) != new[key])
        if config.serve and (changed or before["served"] != served):
            job.say("the sample site or its conf has changed; it is crawled from its beginning")
            shutil.rmtree(folder)
            folder.mkdir()
        else:
            job.say(f"goes on with {folder}" + (f"; changed since: {', '.join(changed)}" if changed else ""))
    worker.write_plan(folder, config, {"served": served, "date": date})
    return date


def _digest(folder: Path) -> str:
    """Of a served folder's routes and files."""
    from samples.server import Site

    digest = hashlib.blake2b(digest_size=16)
    for path in Site(folder).files():
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder)} {len(data)} ".encode() + data)
    return digest.hexdigest()


def _crawl(config: CrawlConfig, folder: Path) -> None:
    """Run the workers to their end; RunError if one ends before."""
    count = config.redis.workers if config.engine is CrawlEngine.redis else 1
    with ExitStack() as stack:
        served = stack.enter_context(_serving(Path(config.serve))) if config.serve else None
        if config.engine is CrawlEngine.redis:
            from crawler.frontier.redis_exchange import prepare

            prepare(config)
        spawned = config.redis.spawn or config.engine is CrawlEngine.local
        status = _wait([_start(folder, number, served) for number in range(count) if spawned])
        if not spawned:
            _wait_for_others(config)
    if status:
        if status == worker.RESUMABLE:
            raise RunError(f"the crawl was interrupted; run it again, and it goes on from {folder}")
        raise RunError(
            f"a crawling process ended with status {status}; what it archived is in {folder}, and the same command "
            "goes on"
        )


def _serving(folder: Path) -> AbstractContextManager[str]:
    from samples.server import serving  # not installed with the package: only a checkout has samples to serve

    return serving(folder)


def _wait(running: "list[subprocess.Popen[bytes]]") -> int:
    """Until all have ended well, or one has not: then the others are stopped. Its status, or 0."""
    left = list(running)
    try:
        while left:
            for process in list(left):
                try:
                    status = process.wait(timeout=0.2)
                except subprocess.TimeoutExpired:
                    continue
                left.remove(process)
                if status:
                    for other in left:
                        other.terminate()
                    for other in left:
                        other.wait()
                    return status
        return 0
    except KeyboardInterrupt:  # it has reached the workers too, which finish what is in flight
        for process in left:
            process.wait()
        return worker.RESUMABLE
    finally:
        for process in running:
            if process.stdin is not None:
                process.stdin.close()  # a worker that still runs ends with it


def _wait_for_others(config: CrawlConfig) -> None:
    from crawler.frontier.redis_exchange import all_finished

    while not all_finished(config):
        time.sleep(2)


def _start(folder: Path, number: int, served: str | None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "crawler.worker", "--folder", str(folder), "--number", str(number), "--tied"]
    if served:
        command += ["--served", served]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def _publish(job: Job, config: CrawlConfig, scope: Scope, folder: Path, out: Path, date: str) -> Metrics:
    folders = sorted(path for path in folder.glob("worker-*") if (path / "frontier.db").exists())
    kept, bytes_of = Counter[str](), Counter[str]()
    reasons: dict[str, Counter[str]] = {name: Counter() for name in config.sites}
    platforms, statuses = Counter[str](), Counter[str]()
    revisits = 0
    starts = {url for _, url in scope.seeds}
    workers = Workers(folders, list(config.sites))
    links = {f"links_{name}": workers.count(name) for name in ("outside", "nofollow", "unread")}
    publisher = Publisher(config, workers, out, date)
    seeds: dict[str, list[str]] = {name: [] for name in config.sites}
    for capture in publisher.publish():
        if capture.url in starts:
            led = f" -> {capture.final_url}" if capture.final_url != capture.url else ""
            seeds[capture.site].append(
                f"{capture.url}: {capture.reason or 'kept'} {capture.status or ''}{led}".strip()
            )
        reasons[capture.site][capture.reason or "kept"] += 1
        revisits += capture.revisit is not None
        if capture.status is not None:
            statuses[str(capture.status)] += 1
        if capture.reason is None:
            kept[capture.site] += 1
            bytes_of[capture.site] += capture.length or 0
            platforms[capture.platform] += 1
    reach("crawl.during_publish")
    _check_silence(job, config, folder, reasons, seeds, folders)
    metrics = ledger_metrics(STAGE.name, "address", [publisher.tally])
    metrics["sites"] = {
        name: {
            "pages": kept[name],
            "compressed_bytes": bytes_of[name],
            "reasons": dict(sorted(reasons[name].items())),
        }
        for name in sorted(config.sites)
    }
    metrics["statuses"] = dict(sorted(statuses.items()))
    metrics["platforms"] = dict(sorted(platforms.items()))
    metrics["revisits"] = revisits
    metrics |= links
    metrics["warc_files"] = publisher.files
    write_json(out / "stats.json", metrics)
    job.say(f"{sum(kept.values()):,} pages of {len(config.sites)} sites, {publisher.tally.units_in:,} addresses")
    return metrics


def _check_silence(
    job: Job,
    config: CrawlConfig,
    folder: Path,
    reasons: dict[str, Counter[str]],
    seeds: dict[str, list[str]],
    folders: list[Path],
) -> None:
    """A site without a page: an error, or told, as conf says; if all are, always an error."""
    silent = sorted(name for name, counts in reasons.items() if not counts["kept"])
    if not silent:
        return
    told = []
    for name in silent:
        shown = ", ".join(f"{reason} {count}" for reason, count in reasons[name].most_common(SHOWN_REASONS))
        began = "; ".join(seeds[name])
        told.append(f"{name} gave no page ({shown or 'no address was tried'}{'; ' if began else ''}{began})")
    if config.silent_sites is OnSilence.keep and len(silent) < len(reasons):
        for line in told:
            job.say(line)
        return
    Workers(folders, silent).forget()
    raise SourceError(
        "; ".join(told) + f". Check seeds, allow-list and robots.txt; the next run asks these sites anew and goes on "
        f"from {folder} with the others (crawl.silent_sites=keep goes on without them)"
    )


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
