"""crawl: from the sites in conf to a snapshot: WARC files, and crawl.jsonl with a row for every address found.

A crawl that was killed goes on where it was. An address is kept, or dropped with its reason; what stands outside a
site's allow-list is never fetched.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.addresses.scope import Scope, check
from crawler.frontier.outcomes import Outcomes, folders_of_workers
from crawler.snapshot.account import Account
from crawler.snapshot.plan import prepare_plan
from crawler.snapshot.publishing import Publisher
from crawler.snapshot.workers import run_workers
from crawler.warc.format import MANIFEST, WARCS
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


def run(job: Job) -> Metrics:
    config = job.section(CrawlConfig)
    if not config.enabled:
        job.say("switched off (crawl.enabled)")
        return _write_nothing(config, job.output())
    scope = check(config)
    if config.previous and not (Path(config.previous) / MANIFEST).exists():
        raise SourceError(f"crawl.previous: {config.previous}: no snapshot ({MANIFEST} is missing)")
    folder = scratch_folder(STAGE.name, config.snapshot)
    with _alone(folder):
        date = prepare_plan(config, folder, job.say)
        run_workers(config, folder)
        reach("crawl.before_publish")
        metrics = _publish(job, config, scope, folder, date)
    job.afterwards.append(lambda: _clean_up(config, folder))
    return metrics


def _write_nothing(config: CrawlConfig, out: Path) -> Metrics:
    """An empty snapshot."""
    (out / WARCS).mkdir()
    write_text(out / MANIFEST, "")
    write_dropped(out / "dropped" / f"{config.snapshot}-00000.parquet", [])
    metrics = ledger_metrics(STAGE.name, "address", [])
    write_json(out / "stats.json", metrics)
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


def _publish(job: Job, config: CrawlConfig, scope: Scope, folder: Path, date: str) -> Metrics:
    """Put what the workers fetched together as the snapshot; its metrics."""
    out, folders = job.output(), folders_of_workers(folder)
    outcomes = Outcomes(folders, list(config.sites))
    links = {f"links_{name}": outcomes.count(name) for name in ("outside", "nofollow", "unread")}
    publisher = Publisher(config, outcomes, out, date)
    account = Account(config.sites, (url for _, url in scope.seeds))
    for capture in publisher.publish():
        account.book(capture)
    reach("crawl.during_publish")
    _check_silence(job, config, account, folder, folders)
    metrics = ledger_metrics(STAGE.name, "address", [publisher.tally])
    metrics |= account.to_json() | links | {"warc_files": publisher.files}
    write_json(out / "stats.json", metrics)
    job.say(f"{account.pages:,} pages of {len(config.sites)} sites, {publisher.tally.units_in:,} addresses")
    return metrics


def _check_silence(job: Job, config: CrawlConfig, account: Account, folder: Path, folders: list[Path]) -> None:
    """A site without a page: an error, or told, as conf says; if all are, always an error."""
    silent = account.silent()
    if not silent:
        return
    if config.silent_sites is OnSilence.keep and len(silent) < len(config.sites):
        for line in silent.values():
            job.say(line)
        return
    Outcomes(folders, list(silent)).forget()
    raise SourceError(
        f"{'; '.join(silent.values())}. Check seeds, allow-list and robots.txt; the next run asks these sites anew "
        f"and goes on from {folder} with the others (crawl.silent_sites=keep goes on without them)"
    )


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
