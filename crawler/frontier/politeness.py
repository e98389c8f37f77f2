"""Whose turn it is: hosts in rotation, each with its delay, its pauses and its one or two requests at a time."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

from crawler.addresses.robots import Policy, product
from crawler.addresses.scope import Scope
from crawler.addresses.urls import hostname
from crawler.frontier.frontier import ROBOTS, Entry, Found, Frontier, Outcome, Spent
from pipeline.contract.drop import DropReason
from pipeline.schema.crawl import CrawlConfig

NEVER = float("inf")


def _nothing(entry: Entry) -> Sequence[Found]:  # noqa: ARG001
    return ()


class Turns:
    """Hands out addresses. Times are seconds of a monotonic clock; `next_at(host)` is when the downloader would let
    the host's next request pass."""

    def __init__(
        self,
        config: CrawlConfig,
        scope: Scope,
        frontier: Frontier,
        clock: Callable[[], float],
        instead: Callable[[Entry], Sequence[Found]] = _nothing,
    ) -> None:
        """`instead`: what to ask for in place of an address that robots.txt forbids."""
        self.config, self.scope, self.frontier, self.clock, self.instead = config, scope, frontier, clock, instead
        self.agent = product(config.user_agent)
        self.active = Counter[str]()
        """Requests under way, by host."""
        self.active_of = Counter[str]()
        """And by site."""
        self.paused: dict[str, float] = {}
        self.floor: dict[str, float] = {}
        """Crawl-delay, by host."""
        self.wake_at = NEVER
        """When `take` may be asked again, if it had nothing."""
        self._rotation: deque[str] = deque(sorted(self.frontier.queued))
        self._known = set(self._rotation)
        self._later: dict[str, list[tuple[float, Entry]]] = {}
        self._asked: set[str] = set()
        self._policies: dict[str, Policy] = {}
        self._started: dict[str, tuple[float, float]] = {}
        self.closed: set[str] = set()
        """Sites whose budget is used up."""
        self.failures = Counter[str]()
        """In a row, by host."""
        self.silent: set[str] = set()
        """Hosts that were given up."""
        for host, until in frontier.pauses():
            self.paused[host] = self.clock() + max(0.0, until - time.time())
        for at in self._rotation:
            known = frontier.origins.get(at)
            if known is not None and known.robots is not None:
                self._obey(at, known.robots)

    def __bool__(self) -> bool:
        """Whether anything is left to fetch, now or later."""
        return any(count > 0 and not self._is_closed(at) for at, count in self.frontier.queued.items())

    def _is_closed(self, at: str) -> bool:
        site = self.scope.origins.get(at)  # None: conf no longer has it
        return site is None or site in self.closed or hostname(at) in self.silent

    def welcome(self) -> None:
        """Bring origins into the rotation that the frontier has got addresses of, in the order of their names."""
        if len(self.frontier.queued) > len(self._known):
            for at in sorted(set(self.frontier.queued) - self._known):
                self._known.add(at)
                self._rotation.append(at)

    def take(self, next_at: Callable[[str], float]) -> Entry | None:
        """The next address to fetch; None if there is none now, and then `wake_at` says when."""
        self.welcome()
        now = self.clock()
        self.wake_at = NEVER
        for _ in range(len(self._rotation)):
            at = self._rotation[0]
            self._rotation.rotate(-1)
            if self.frontier.queued[at] <= 0 and not self._later.get(at):
                continue
            host = hostname(at)
            ready = max(next_at(host), self.paused.get(host, 0.0))
            if self.active[host] >= self.config.per_host:
                continue
            if ready > now:
                self.wake_at = min(self.wake_at, ready)
                continue
            if (entry := self._of(at, now)) is not None:
                self.active[host] += 1
                self.active_of[entry.site] += 1
                return entry
        return None

    def _of(self, at: str, now: float) -> Entry | None:
        site = self.scope.origins.get(at)
        if site is None or self._is_closed(at) or self._spent(site, now):
            return None
        if at not in self._policies:
            return self._ask_robots(at, site, now)
        later = self._later.get(at, [])
        if later:
            due = min(later, key=lambda item: (item[0], item[1].id))
            if due[0] <= now:
                later.remove(due)
                return due[1]
            self.wake_at = min(self.wake_at, due[0])
        while (entry := self.frontier.pop(at)) is not None:
            if entry.role == ROBOTS or self._policies[at].allows(entry.url):
                return entry
            self.frontier.finish(entry, Outcome(reason=DropReason.ROBOTS), self.instead(entry))
        return None

    def _ask_robots(self, at: str, site: str, now: float) -> Entry | None:
        """robots.txt comes first; nothing else of the origin is fetched before its rules are known."""
        waiting = self._later.get(at, [])
        for item in waiting:
            if item[0] <= now:
                waiting.remove(item)
                return item[1]
            self.wake_at = min(self.wake_at, item[0])
        if at in self._asked:
            return None
        self._asked.add(at)
        first = f"robots|{at}"
        self.frontier.add([Found(first, f"{at}/robots.txt", site, ROBOTS, 0)])
        hops = [f"{first}|{hop}" for hop in range(self.config.max_redirects, 0, -1)]
        for key in [*hops, first]:  # a crawl that goes on may have been killed between two hops
            if (entry := self.frontier.take_queued(key)) is not None:
                return entry
        return None

    def _spent(self, site: str, now: float) -> bool:
        """Whether the site's budget is used up; then it is closed."""
        config, spent = self.scope.sites[site], self.frontier.spent.setdefault(site, Spent())
        start, before = self._started.setdefault(site, (now, spent.seconds))
        spent.seconds = before + now - start
        pages = self.config.max_pages if config.max_pages is None else config.max_pages
        size = self.config.max_bytes if config.max_bytes is None else config.max_bytes
        seconds = self.config.max_seconds if config.max_seconds is None else config.max_seconds
        if spent.pages >= pages or spent.bytes >= size or spent.seconds >= seconds:
            self.closed.add(site)
            return True
        return spent.pages + self.active_of[site] >= pages

    # What becomes of an address that was handed out

    def done(self, entry: Entry) -> None:
        self.active[hostname(entry.origin)] -= 1
        self.active_of[entry.site] -= 1

    def failed(self, entry: Entry) -> None:
        """All attempts at the address failed."""
        self.done(entry)
        host = hostname(entry.origin)
        self.failures[host] += 1
        if self.failures[host] >= self.config.max_failures:
            self.silent.add(host)

    def answered(self, entry: Entry) -> None:
        self.done(entry)
        self.failures[hostname(entry.origin)] = 0

    def again(self, entry: Entry, wait: float, whole_host: bool) -> None:
        """Try the address again after `wait` seconds; the whole host waits if it asked for that."""
        self.done(entry)
        until = self.clock() + wait
        self._later.setdefault(self._gate(entry), []).append((until, entry))
        if whole_host:
            self.pause(hostname(entry.origin), wait)

    def pause(self, host: str, wait: float) -> None:
        """Leave the host alone for so many seconds, also if the crawl is killed in between."""
        self.paused[host] = max(self.paused.get(host, 0.0), self.clock() + wait)
        self.frontier.pause(host, time.time() + wait)

    @staticmethod
    def _gate(entry: Entry) -> str:
        """The origin in whose turn the entry comes again: a robots.txt that was sent on belongs to the asking one."""
        return entry.key.split("|")[1] if entry.role == ROBOTS else entry.origin

    def obey(self, entry: Entry, rules: str) -> None:
        """The rules of an origin are known: those of robots.txt, wherever it was found in the end."""
        self._obey(self._gate(entry), rules)

    def _obey(self, at: str, rules: str) -> None:
        policy = self._policies[at] = Policy(rules, self.agent)
        delay = min(policy.crawl_delay, self.config.max_crawl_delay)
        host = hostname(at)
        self.floor[host] = max(self.floor.get(host, 0.0), delay)

    def sent_on(self, at: str, key: str) -> None:
        """robots.txt of `at` was sent on: the next hop is fetched before anything else of that origin."""
        entry = self.frontier.take_queued(key)
        if entry is not None:
            self._later.setdefault(at, []).append((self.clock(), entry))
