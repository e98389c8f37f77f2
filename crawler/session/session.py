"""Run one worker's crawl: what was archived is committed with what it led to, and nothing else is ever lost."""

import re
import sys
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from crawler.addresses import robots
from crawler.addresses.roles import Role
from crawler.addresses.scope import Scope, user_agent
from crawler.addresses.urls import hostname
from crawler.frontier.entries import Entry, Found, Origin, Outcome
from crawler.frontier.exchange import Alone, Exchange
from crawler.frontier.frontier import Frontier
from crawler.frontier.politeness import Politeness
from crawler.frontier.store import FILE
from crawler.session.answer import Answer, Reading, Received
from crawler.session.archiving import Payload, http_exchange, payload_of
from crawler.session.navigator import Navigator
from crawler.session.retries import TRANSIENT, WHOLE_HOST, seconds_of, wait_before_next
from crawler.warc.content_encoding import ACCEPTED
from crawler.warc.previous import Older, Previous
from crawler.warc.writer import RECORDS, Archive, Place
from pipeline.contract.drop import DropReason
from pipeline.core.faults import reach
from pipeline.schema.crawl import CrawlConfig


class Ending(Enum):
    """Why a crawl was ended before its end."""

    MEMORY = "memory"
    FAILED = "failed"


class Session:
    """Frontier, archive and politeness of one worker. Not for several threads."""

    def __init__(self, config: CrawlConfig, scope: Scope, folder: Path, exchange: Exchange | None = None) -> None:
        self.config, self.scope = config, scope
        self.exchange = exchange or Alone()
        self.frontier = Frontier(folder / FILE, config.max_per_template, config.max_identical)
        self.archive = Archive(folder / RECORDS, config.warc_bytes)
        self.archive.recover(self.frontier.committed(self.archive.size))
        self.navigator = Navigator(config, scope, self.frontier.origins)
        self.politeness = Politeness(config, scope, self.frontier, time.monotonic, self._instead)
        self._looked_up: dict[int, Older | None] = {}
        self.previous = Previous(Path(config.previous)) if config.previous else None
        self.errors = Counter[str]()
        self.ended: Ending | None = None
        self.responses = 0
        self.frontier.add(self.exchange.split(self.navigator.seeds())[0])  # the others have the same conf
        self.exchange.send(list(self.frontier.sent()))
        self._learn()

    # Requests

    def headers(self, entry: Entry) -> list[tuple[str, str]]:
        """What a request says; no cookie, ever."""
        headers = [
            ("Host", re.sub(r"^https?://", "", entry.origin)),
            ("User-Agent", user_agent(self.config)),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"),
            ("Accept-Language", "zh-CN,zh;q=0.9,zh-TW;q=0.8,en;q=0.3"),
            ("Accept-Encoding", ACCEPTED),
        ]
        # The rules of a site are always asked for in full.
        older = self._older(entry) if entry.role is not Role.ROBOTS else None
        if older and older.etag:
            headers.append(("If-None-Match", older.etag))
        if older and older.last_modified:
            headers.append(("If-Modified-Since", older.last_modified))
        return headers

    def _older(self, entry: Entry) -> Older | None:
        """The page in the snapshot before, looked up once while the entry is under way."""
        if self.previous is None:
            return None
        if entry.id not in self._looked_up:
            self._looked_up[entry.id] = self.previous.find(entry.url)
        return self._looked_up[entry.id]

    # Answers

    def answered(self, entry: Entry, received: Received) -> None:
        """A response came: tried again if it was an error that may pass, else archived, read and committed."""
        self.responses += 1
        reach(f"crawl.response:{self.responses}")
        answer = received.answer()
        whole_host = answer.status in WHOLE_HOST
        if (answer.status in TRANSIENT or received.lost) and entry.attempts < self.config.retries:
            self._again(entry, answer.header("retry-after"), whole_host)
            return
        if whole_host:  # the address is given up, but the host's others are to wait, too
            wait = wait_before_next(self.config, entry.attempts, answer.header("retry-after"))
            self.politeness.pause(hostname(entry.origin), wait)
        self._commit(entry, received, answer)
        self._looked_up.pop(entry.id, None)
        self.politeness.answered(entry)

    def failed(self, entry: Entry, reason: DropReason, transient: bool) -> None:
        """No response came, or none that may be kept."""
        if transient and entry.attempts < self.config.retries:
            # The whole host waits: else an outage of some seconds would use up the attempts at all its addresses.
            self._again(entry, "", whole_host=True)
            return
        self._looked_up.pop(entry.id, None)
        self.errors[reason.name] += 1
        if entry.role is Role.ROBOTS:
            self._obey(entry, robots.text_of(None, b""))
        self.frontier.finish(entry, Outcome(reason=reason), ())
        self.politeness.failed(entry)

    def _again(self, entry: Entry, retry_after: str, whole_host: bool) -> None:
        wait = wait_before_next(self.config, entry.attempts, retry_after)
        self.frontier.retried(entry)
        self.politeness.again(entry, wait, whole_host or seconds_of(retry_after) is not None)

    def _commit(self, entry: Entry, received: Received, answer: Answer) -> None:
        """The order is what makes a kill harmless: the records first, then what was learnt of the origin, then the
        outcome with all it led to."""
        payload = payload_of(answer, self._older(entry))
        reading = self._judge(entry, payload)
        date = self.config.date or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        place = self.archive.write(http_exchange(entry, self.headers(entry), received, payload.original, date))
        reach(f"crawl.after_archive:{self.responses}")
        if reading.reason is not None:
            self.errors[reading.reason.name] += 1
        own, others = self._split(entry, reading)
        self._settle(entry, reading)
        unsent = self.frontier.finish(
            entry,
            _outcome(reading, received, payload, place, date),
            own,
            others,
            outside=reading.outside,
            nofollow=reading.nofollow,
            unread=reading.unread,
        )
        self.exchange.send(unsent)
        if entry.role is Role.ROBOTS and reading.rules is None and reading.found:
            self.politeness.sent_on(robots.asking_origin(entry.key), reading.found[0].key)
        reach(f"crawl.after_commit:{self.responses}")

    def _judge(self, entry: Entry, payload: Payload) -> Reading:
        reading = self._read(entry, payload.answer)
        is_page = reading.reason is None and entry.role is Role.PAGE
        if is_page and self.frontier.is_copy(entry, payload.digest, reading.key):
            reading.reason = DropReason.IDENTICAL_BODY  # its links are not another's: they may be relative to it
        return reading

    def _read(self, entry: Entry, answer: Answer) -> Reading:
        try:
            return self.navigator.read(entry, answer)
        except Exception as error:  # a page may hold anything; one that breaks our reader must not end a long crawl
            print(f"crawl: {entry.url}: cannot be read: {type(error).__name__}: {error}", file=sys.stderr)
            traceback.print_exc()
            return Reading(reason=DropReason.BROKEN_BODY)

    def _split(self, entry: Entry, reading: Reading) -> tuple[list[Found], list[Found]]:
        """What the page led to: this worker's addresses, and those of the others."""
        own, others = self.exchange.split(reading.found)
        if entry.role is Role.ROBOTS and reading.rules is None and others:
            # robots.txt was sent on to a host that another worker asks; rules that cannot be had are none.
            reading.rules, others = robots.ALLOW_ALL, []
        return own, others

    def _settle(self, entry: Entry, reading: Reading) -> None:
        """Keep what the page told of its origin; before its outcome, so that a kill between the two asks it again."""
        if reading.rules is not None:
            self._obey(entry, reading.rules)
        elif entry.role is Role.ROBOTS and not reading.found:
            self._obey(entry, robots.text_of(404, b""))
        self._learn()

    def _obey(self, entry: Entry, rules: str) -> None:
        """The rules of an origin are known."""
        at = robots.asking_origin(entry.key)
        known = self.frontier.origins.get(at)
        learnt = self.navigator.learnt.get(at) or known or Origin()
        learnt.robots = rules
        self.frontier.learn(at, learnt)
        self.politeness.obey(entry, rules)

    def _instead(self, entry: Entry) -> list[Found]:
        found = self.navigator.forbidden(entry)
        self._learn()
        return found

    def _learn(self) -> None:
        for at, known in sorted(self.navigator.take_learnt().items()):
            self.frontier.learn(at, known)

    def receive(self) -> None:
        """Take in what other workers found for this one."""
        self.exchange.receive(self.frontier.add)

    def finish(self) -> None:
        """All is fetched that will be: what a site's budget left over is told."""
        for site in sorted(self.politeness.budgets.closed):
            self.frontier.close_site(site)
        for at in sorted(self.frontier.queued):
            if self.politeness.host(hostname(at)).silent:
                self.frontier.give_up(at, DropReason.UNREACHABLE)
            elif at not in self.scope.origins:  # conf has changed since the address was found
                self.frontier.give_up(at, DropReason.EXCLUDED)

    def close(self) -> None:
        self.archive.close()


def _outcome(reading: Reading, received: Received, payload: Payload, place: Place, date: str) -> Outcome:
    return Outcome(
        reason=reading.reason,
        measured=reading.measured,
        status=received.status,
        final_url=reading.final_url,
        type=payload.answer.header("content-type") or None,
        time=date,
        digest=payload.digest,
        etag=payload.etag,
        last_modified=payload.last_modified,
        truncated=received.lost,
        platform=reading.platform,
        received=len(received.body),
        fold=reading.fold,
        key=reading.key,
        file=place.file,
        start=place.start,
        span=place.span,
        offset=place.offset,
        length=place.length,
    )
