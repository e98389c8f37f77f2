"""Print a line now and then for the person who watches; end a crawl that needs too much memory, or fails."""

import sys
import time
import traceback
from typing import Any

import psutil
from scrapy import signals

from crawler.session.session import Ending, Session
from pipeline.contract.drop import DropReason

CHECKED_S = 2.0
ERRORS = (DropReason.HTTP_ERROR, DropReason.TIMED_OUT, DropReason.UNREACHABLE, DropReason.UNSAFE_ADDRESS)
"""What the line counts as errors."""


class Progress:
    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.said = (time.monotonic(), 0)
        """When the last line was said, and the responses until then."""
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)
        crawler.signals.connect(self.error, signals.spider_error)

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Progress":
        return cls(crawler)

    def opened(self, spider: Any) -> None:
        from twisted.internet import task

        session: Session = spider.session
        self.session = session
        self.loops = [task.LoopingCall(self.say), task.LoopingCall(self.check_memory)]
        self.loops[0].start(session.config.progress, now=False)
        self.loops[1].start(CHECKED_S)

    def closed(self) -> None:
        for loop in self.loops:
            if loop.running:
                loop.stop()
        self.say()

    def say(self) -> None:
        session = self.session
        now, (before, count) = time.monotonic(), self.said
        rate = (session.responses - count) / max(now - before, 1e-9)
        self.said = (now, session.responses)
        queue = sum(session.frontier.queued.values())
        hosts = sum(1 for host in session.politeness.hosts.values() if host.active)
        errors = sum(session.errors[reason.name] for reason in ERRORS)
        wait = session.politeness.wake_at - now
        waiting = f", next in {wait:.0f} s" if not hosts and 1 <= wait < 1e9 else ""
        print(
            f"crawl: {session.frontier.kept:,} pages kept, {rate:.1f} responses/s, {queue:,} queued, "
            f"{hosts} hosts busy, {errors} errors{waiting}",
            flush=True,
        )

    def check_memory(self) -> None:
        used = psutil.Process().memory_info().rss >> 20
        if used > self.session.config.memory_mb and not self.session.ended:
            print(
                f"crawl: {used} MB in use, more than crawl.memory_mb={self.session.config.memory_mb}", file=sys.stderr
            )
            self.stop(Ending.MEMORY)

    def error(self, failure: Any) -> None:
        """Something that is not the web's fault: a full disk, a bug. To go on would lose what comes."""
        traceback.print_exception(failure.type, failure.value, failure.getTracebackObject())
        self.stop(Ending.FAILED)

    def stop(self, reason: Ending) -> None:
        from scrapy.utils.defer import deferred_from_coro

        self.session.ended = reason
        deferred_from_coro(self.crawler.engine.close_spider_async(reason=reason.value))
