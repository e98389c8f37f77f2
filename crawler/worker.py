"""One crawling process: `python -m crawler.worker --folder .scratch/crawl/web --number 0`.

The crawl stage starts it, one for each worker. With crawl.engine=redis it may also be started by hand on other
machines that share the folder. It goes on where an earlier one was killed.
"""

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from crawler.addresses.scope import SERVED, Scope, check
from crawler.frontier.exchange import Alone, Exchange
from crawler.snapshot.plan import read_plan
from crawler.snapshot.workers import Status
from pipeline.core.errors import ConfigError, RunError, WenyuanError
from pipeline.core.locks import try_lock
from pipeline.schema.crawl import CrawlConfig, CrawlEngine


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m crawler.worker", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the snapshot's scratch folder")
    parser.add_argument("--number", type=int, default=0, help="this worker's number, from 0")
    parser.add_argument("--served", help="address:port of the served sample site")
    parser.add_argument("--tied", action="store_true", help="end when standard input does: its parent has died")
    options = parser.parse_args(argv)
    if options.tied:
        threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        return work(options.folder, options.number, options.served)
    except (WenyuanError, OSError) as error:
        print(f"crawl: {type(error).__name__}: {error}", file=sys.stderr)
        return Status.FAILED


def work(folder: Path, number: int, served: str | None) -> int:
    config = read_plan(folder)
    scope = check(config)
    own = folder / f"worker-{number:02d}"
    own.mkdir(parents=True, exist_ok=True)
    with try_lock(own / "lock") as ours:
        if not ours:
            raise RunError(f"{own}: another worker is at work in it")
        return _crawl(config, scope, own, number, served)


def _crawl(config: CrawlConfig, scope: Scope, own: Path, number: int, served: str | None) -> int:
    from scrapy.crawler import CrawlerProcess

    from crawler.scrapy_side.settings import scrapy_settings
    from crawler.scrapy_side.site import SiteSpider
    from crawler.session.session import Ending, Session

    settings = scrapy_settings(config, _addresses(config, served))
    exchange = _exchange(config, scope, number)
    session = Session(config, scope, own, exchange)
    process = CrawlerProcess(settings)
    process.crawl(SiteSpider, session=session)
    process.start()
    session.close()
    if session.ended is Ending.FAILED:
        return Status.FAILED
    if session.ended or session.politeness:  # memory, or an interrupt from the keyboard
        return Status.RESUMABLE
    session.finish()
    exchange.finished()
    return Status.FINISHED


def _addresses(config: CrawlConfig, served: str | None) -> dict[str, str]:
    """host:port -> address:port, that of the served site filled in."""
    addresses = dict(config.addresses)
    for key, address in addresses.items():
        if address == SERVED:
            if served is None:
                raise ConfigError(f"crawl.addresses.{key} is `served`, but no served site was named")
            addresses[key] = served
    return addresses


def _exchange(config: CrawlConfig, scope: Scope, number: int) -> Exchange:
    if config.engine is CrawlEngine.local:
        return Alone()
    from crawler.frontier.redis_exchange import RedisExchange

    return RedisExchange(config, scope, number)


def _die_with_parent() -> None:
    os.read(0, 1)  # returns at the end of the pipe, which the parent holds open as long as it lives
    os._exit(9)


if __name__ == "__main__":
    raise SystemExit(main())
