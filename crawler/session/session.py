"""One worker's crawl: what was archived is committed with what it led to, and nothing else is ever lost."""

import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from crawler.addresses.robots import ALLOW_ALL, text_of
from crawler.addresses.scope import Scope
from crawler.addresses.urls import hostname
from crawler.frontier.exchange import Alone, Exchange
from crawler.frontier.frontier import PAGE, ROBOTS, Entry, Found, Frontier, Origin, Outcome
from crawler.frontier.politeness import Turns
from crawler.session.navigator import Answer, Navigator, Reading
from crawler.warc.content_encoding import ACCEPTED
from crawler.warc.previous import Older, Previous
from crawler.warc.writer import Archive, Capture, Original, digest_of
from pipeline.contract.drop import DropReason
from pipeline.core.faults import reach
from pipeline.schema.crawl import CrawlConfig

TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
WHOLE_HOST = frozenset({429, 503})
"""After these the whole host is left alone for a while."""
MEMORY, FAILED_EARLY = "memory", "failed"
_PHRASES = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}


class Session:
    """Frontier, archive and turns of one worker. Not for several threads."""

    def __init__(self, config: CrawlConfig, scope: Scope, folder: Path, exchange: Exchange | None = None) -> None:
        self.config, self.scope = config, scope
        self.exchange = exchange or Alone()
        self.frontier = Frontier(folder / "frontier.db", config.max_per_template, config.max_identical)
        self.archive = Archive(folder / "records", config.warc_bytes)
        self.archive.recover(self.frontier.committed(self.archive.size))
        self.navigator = Navigator(config, scope, self.frontier.origins)
        self.turns = Turns(config, scope, self.frontier, time.monotonic, self._instead)
        self._looked_up: dict[int, Older | None] = {}
        self.previous = Previous(Path(config.previous)) if config.previous else None
        self.errors = Counter[str]()
        self.ended = ""
        """MEMORY or FAILED_EARLY, if the crawl was ended before its end."""
        self.responses = 0
        self.frontier.add(self.exchange.split(self.navigator.seeds())[0])  # the others have the same conf
        self.exchange.send(list(self.frontier.sent()))
        self._learn()

    # Requests

    def headers(self, entry: Entry) -> list[tuple[str, str]]:
        """What a request says; no cookie, ever."""
        headers = [
            ("Host", re.sub(r"^https?://", "", entry.origin)),
            ("User-Agent", self.config.user_agent.format(contact=self.config.contact or "loopback only")),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"),
            ("Accept-Language", "zh-CN,zh;q=0.9,zh-TW;q=0.8,en;q=0.3"),
            ("Accept-Encoding", ACCEPTED),
        ]
        older = self._older(entry) if entry.role != ROBOTS else None  # its rules are always asked for in full
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

    def answered(
        self, entry: Entry, status: int, protocol: str, headers: Sequence[tuple[str, str]], body: bytes,
        ip: str | None, lost: bool,
    ) -> None:  # fmt: skip
        """A response came: tried again if it was an error that may pass, else archived, read and committed."""
        self.responses += 1
        reach(f"crawl.response:{self.responses}")
        grouped: dict[str, list[str]] = {}
        for name, value in headers:
            grouped.setdefault(name.lower(), []).append(value)
        answer = Answer(status, grouped, body)
        if (status in TRANSIENT or lost) and entry.attempts < self.config.retries:
            self._again(entry, answer.header("retry-after"), status in WHOLE_HOST)
            return
        if status in WHOLE_HOST:  # the address is given up, but the host's others are to wait, too
            self.turns.pause(hostname(entry.origin), self._wait(entry, answer.header("retry-after")))
        self._commit(entry, answer, protocol, headers, ip, lost)
        self._looked_up.pop(entry.id, None)
        self.turns.answered(entry)

    def _again(self, entry: Entry, retry_after: str, whole_host: bool) -> None:
        wait = self._wait(entry, retry_after)
        self.frontier.retried(entry)
        self.turns.again(entry, wait, whole_host or seconds_of(retry_after) is not None)

    def _wait(self, entry: Entry, retry_after: str) -> float:
        """Seconds until the next attempt."""
        wait = self.config.retry_delay * 2.0**entry.attempts
        asked = seconds_of(retry_after)
        return wait if asked is None else max(wait, min(asked, self.config.max_retry_after))

    def failed(self, entry: Entry, reason: DropReason, transient: bool) -> None:
        """No response came, or none that may be kept."""
        if transient and entry.attempts < self.config.retries:
            # The whole host waits: else an outage of some seconds would use up the attempts at all its addresses.
            self._again(entry, "", whole_host=True)
            return
        self._looked_up.pop(entry.id, None)
        self.errors[reason.name] += 1
        if entry.role == ROBOTS:
            self._rules(entry, text_of(None, b""))
        self.frontier.finish(entry, Outcome(reason=reason), ())
        self.turns.failed(entry)

    def _commit(
        self,
        entry: Entry,
        answer: Answer,
        protocol: str,
        headers: Sequence[tuple[str, str]],
        ip: str | None,
        lost: bool,
    ) -> None:
        older, original = self._older(entry), None
        if older and answer.status == 304:
            original = Original(older.record, older.time, older.digest)
            answer_read = Answer(200, older.headers | dict(answer.headers), older.body)
        else:
            answer_read = answer
        reading = self._read(entry, answer_read)
        digest = original.digest if original else digest_of(answer.body)
        if older and original is None and answer.status == 200 and older.digest == digest:
            original = Original(older.record, older.time, older.digest)
        if (
            reading.reason is None
            and entry.role == PAGE
            and (
                self.frontier.same_bytes(digest, entry.site)
                or self.frontier.is_kept(entry.url, (entry.url, entry.key, reading.key))  # under its key of before
            )
        ):
            reading.reason = DropReason.IDENTICAL_BODY  # its links are not another's: they may be relative to it
        capture = Capture(
            url=entry.url,
            date=self.config.date or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            request=self.headers(entry),
            status_line=f"{protocol} {answer.status} {_PHRASES.get(answer.status, '')}".rstrip(),
            response=archived_headers(headers, len(answer.body)),
            body=answer.body,
            via=entry.via,
            hops="L" * entry.depth + "R" * entry.hops,
            truncated="disconnect" if lost else None,
            ip=ip,
            original=original,
        )
        place = self.archive.write(capture)
        reach(f"crawl.after_archive:{self.responses}")
        if reading.reason is not None:
            self.errors[reading.reason.name] += 1
        own, others = self.exchange.split(reading.found)
        if entry.role == ROBOTS and reading.rules is None and others:
            # robots.txt was sent on to a host that another worker asks; rules that cannot be had are none.
            reading.rules, others = ALLOW_ALL, []
        self._settle(entry, reading)
        unsent = self.frontier.finish(
            entry,
            Outcome(
                reason=reading.reason,
                measured=reading.measured,
                status=answer.status,
                final_url=reading.final_url,
                type=answer_read.header("content-type") or None,
                time=capture.date,
                digest=digest,
                etag=answer.header("etag") or (older.etag if older and answer.status == 304 else None),
                last_modified=answer.header("last-modified")
                or (older.last_modified if older and answer.status == 304 else None),
                truncated=lost,
                platform=reading.platform,
                received=len(answer.body),
                fold=reading.fold,
                key=reading.key,
                file=place.file,
                start=place.start,
                span=place.span,
                offset=place.offset,
                length=place.length,
            ),
            own,
            others,
            outside=reading.outside,
            nofollow=reading.nofollow,
            unread=reading.unread,
        )
        self.exchange.send(unsent)
        if entry.role == ROBOTS and reading.rules is None and reading.found:
            self.turns.sent_on(entry.key.split("|")[1], reading.found[0].key)
        reach(f"crawl.after_commit:{self.responses}")

    def _read(self, entry: Entry, answer: Answer) -> Reading:
        try:
            return self.navigator.read(entry, answer)
        except Exception as error:  # a page may hold anything; one that breaks our reader must not end a long crawl
            print(f"crawl: {entry.url}: cannot be read: {type(error).__name__}: {error}", file=sys.stderr)
            traceback.print_exc()
            return Reading(reason=DropReason.BROKEN_BODY)

    def _settle(self, entry: Entry, reading: Reading) -> None:
        """Keep what the page told of its origin; before its outcome, so that a kill between the two asks it again."""
        if reading.rules is not None:
            self._rules(entry, reading.rules)
        elif entry.role == ROBOTS and not reading.found:
            self._rules(entry, text_of(404, b""))
        self._learn()

    def _rules(self, entry: Entry, rules: str) -> None:
        at = entry.key.split("|")[1]
        known = self.frontier.origins.get(at)
        learnt = self.navigator.learnt.get(at) or known or Origin()
        learnt.robots = rules
        self.frontier.learn(at, learnt)
        self.turns.obey(entry, rules)

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
        for site in sorted(self.turns.closed):
            self.frontier.close_site(site)
        for at in sorted(self.frontier.queued):
            if hostname(at) in self.turns.silent:
                self.frontier.give_up(at, DropReason.UNREACHABLE)
            elif at not in self.scope.origins:  # conf has changed since the address was found
                self.frontier.give_up(at, DropReason.EXCLUDED)

    def close(self) -> None:
        self.archive.close()


def seconds_of(retry_after: str) -> float | None:
    """Retry-After in seconds, given as seconds or as a date (RFC 9110 section 10.2.3); None if it is neither."""
    text = retry_after.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def archived_headers(headers: Sequence[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """Headers as received, with the length that the archived body has; what the server claimed stays beside it, as
    Common Crawl does it."""
    kept = []
    for name, value in headers:
        if name.lower() in ("content-length", "transfer-encoding") and value.strip() != str(length):
            kept.append((f"X-Crawler-{name}", value))
        else:
            kept.append((name, value))
    if not any(name.lower() == "content-length" for name, _ in kept):
        kept.append(("Content-Length", str(length)))
    return kept
