"""Give Scrapy the frontier as its scheduler.

Scrapy's own keeps its disk queues' state in memory until it closes, so a JOBDIR does not survive SIGKILL; this one
has nothing that a kill could take.
"""

import traceback
from typing import Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from crawler.frontier.entries import Entry
from crawler.frontier.exchange import POLL_S, Alone
from crawler.frontier.politeness import NEVER
from crawler.session.session import Ending, Session


class Scheduler(BaseScheduler):
    session: Session
    crawler: Any

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Scheduler":
        scheduler = cls()
        scheduler.crawler = crawler
        return scheduler

    _waking: Any = None

    def open(self, spider: Any) -> None:
        self.session = spider.session
        self.make_request = spider.make_request

    def has_pending_requests(self) -> bool:
        try:
            self.session.receive()
            return not self.session.exchange.over(bool(self.session.politeness))
        except Exception:  # Scrapy would log it and ask again for ever
            self._fail()
            return False

    def _fail(self) -> None:
        """A full disk, a lost Redis, a bug: the crawl ends, and can go on later."""
        from scrapy.utils.defer import deferred_from_coro

        if not self.session.ended:
            self.session.ended = Ending.FAILED
            traceback.print_exc()
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=Ending.FAILED.value))

    def enqueue_request(self, request: Request) -> bool:
        raise NotImplementedError(f"{request}: addresses enter by the frontier alone")

    def next_request(self) -> Request | None:
        if self.session.ended:
            return None
        try:
            return self._next_request()
        except Exception:
            self._fail()
            return None

    def _next_request(self) -> Request | None:
        politeness = self.session.politeness
        entry: Entry | None = politeness.take(self._next_at)
        if entry is not None:
            request: Request = self.make_request(entry)
            return request
        if not isinstance(self.session.exchange, Alone):
            politeness.wake_at = min(politeness.wake_at, politeness.clock() + POLL_S)
        if politeness.wake_at < NEVER:
            self._wake(politeness.wake_at - politeness.clock())
        return None

    def _next_at(self, host: str) -> float:
        """When the downloader's slot of the host lets the next request pass; a request handed out earlier would wait
        in the slot and take a place from other hosts."""
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is None:
            return 0.0
        delay = self.session.politeness.host(host).crawl_delay
        if slot.delay < delay:
            slot.delay = delay
        return float(slot.lastseen + slot.delay)

    def _wake(self, seconds: float) -> None:
        """Ask the engine to come again when the next host may be asked; its own heartbeat is five seconds."""
        from twisted.internet import reactor

        loop: Any = reactor
        if self._waking is not None and self._waking.active():
            self._waking.cancel()
        nextcall = self.crawler.engine._slot.nextcall
        self._waking = loop.callLater(max(0.0, seconds) + 0.001, nextcall.schedule)

    def close(self, reason: str) -> None:  # noqa: ARG002 (Scrapy's signature)
        if self._waking is not None and self._waking.active():
            self._waking.cancel()
