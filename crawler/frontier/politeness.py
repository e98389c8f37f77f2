"""Choose whose turn it is: hosts in rotation, each with its delay, its pauses and one or two requests at a time."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.addresses import robots
from crawler.addresses.roles import Role
from crawler.addresses.scope import Scope
from crawler.addresses.urls import hostname
from crawler.frontier.budgets import Budgets
from crawler.frontier.entries import Entry, Found, Outcome
from crawler.frontier.frontier import Frontier
from pipeline.contract.drop import DropReason
from pipeline.schema.crawl import CrawlConfig

NEVER = float("inf")


def _nothing(entry: Entry) -> Sequence[Found]:  # noqa: ARG001
    return ()


@dataclass(slots=True)
class Host:
    """How one host is treated."""

    active: int = 0
    """Requests under way."""
    paused_until: float = 0.0
    crawl_delay: float = 0.0
    """Seconds between two requests that robots.txt asks for, up to the cap of conf."""
    failures: int = 0
    """In a row."""
    silent: bool = False
    """It never answers and was given up."""


class Politeness:
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
        self.agent = robots.product(config.user_agent)
        self.budgets = Budgets(config, scope.sites, frontier.spent)
        self.hosts: dict[str, Host] = {}
        self.wake_at = NEVER
        """When `take` may be asked again, if it had nothing."""
        self._rotation: deque[str] = deque(sorted(self.frontier.queued))
        self._known = set(self._rotation)
        self._later: dict[str, list[tuple[float, Entry]]] = {}
        """Addresses that wait for a time of their own, by the origin in whose turn they come."""
        self._asked: set[str] = set()
        self._policies: dict[str, robots.Policy] = {}
        for host, until in frontier.pauses():
            self.host(host).paused_until = self.clock() + max(0.0, until - time.time())
        for at in self._rotation:
            known = frontier.origins.get(at)
            if known is not None and known.robots is not None:
                self._obey(at, known.robots)

    def __bool__(self) -> bool:
        """Whether anything is left to fetch, now or later."""
        return any(count > 0 and not self._is_closed(at) for at, count in self.frontier.queued.items())

    def host(self, name: str) -> Host:
        return self.hosts.setdefault(name, Host())

    def _is_closed(self, at: str) -> bool:
        site = self.scope.origins.get(at)  # None: conf no longer has it
        return site is None or site in self.budgets.closed or self.host(hostname(at)).silent

    def welcome(self) -> None:
        """Bring new origins of the frontier into the rotation, in the order of their names."""
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
            host = self.host(hostname(at))
            ready = max(next_at(hostname(at)), host.paused_until)
            if host.active >= self.config.per_host:
                continue
            if ready > now:
                self.wake_at = min(self.wake_at, ready)
                continue
            if (entry := self._next_of(at, now)) is not None:
                host.active += 1
                self.budgets.active[entry.site] += 1
                return entry
        return None

    def _next_of(self, at: str, now: float) -> Entry | None:
        site = self.scope.origins.get(at)
        if site is None or self._is_closed(at) or self.budgets.exhausted(site, now):
            return None
        if (entry := self._due(at, now)) is not None:
            return entry
        return self._next_allowed(at) if at in self._policies else self._ask_robots(at, site)

    def _due(self, at: str, now: float) -> Entry | None:
        """Of the addresses that wait the one that has waited longest, if its time has come."""
        later = self._later.get(at)
        if not later:
            return None
        due = min(later, key=lambda item: (item[0], item[1].id))
        if due[0] <= now:
            later.remove(due)
            return due[1]
        self.wake_at = min(self.wake_at, due[0])
        return None

    def _next_allowed(self, at: str) -> Entry | None:
        while (entry := self.frontier.pop(at)) is not None:
            if entry.role is Role.ROBOTS or self._policies[at].allows(entry.url):
                return entry
            self.frontier.finish(entry, Outcome(reason=DropReason.ROBOTS), self.instead(entry))
        return None

    def _ask_robots(self, at: str, site: str) -> Entry | None:
        """robots.txt comes first; nothing else of the origin is fetched before its rules are known."""
        if at in self._asked:
            return None
        self._asked.add(at)
        self.frontier.add([Found(robots.key_of(at), f"{at}/robots.txt", site, Role.ROBOTS, 0)])
        for hop in range(self.config.max_redirects, -1, -1):  # a crawl may have been killed between two hops
            if (entry := self.frontier.take_queued(robots.key_of(at, hop))) is not None:
                return entry
        return None

    # What becomes of an address that was handed out

    def done(self, entry: Entry) -> None:
        self._host_of(entry).active -= 1
        self.budgets.active[entry.site] -= 1

    def failed(self, entry: Entry) -> None:
        """All attempts at the address failed."""
        self.done(entry)
        host = self._host_of(entry)
        host.failures += 1
        if host.failures >= self.config.max_failures:
            host.silent = True

    def answered(self, entry: Entry) -> None:
        self.done(entry)
        self._host_of(entry).failures = 0

    def _host_of(self, entry: Entry) -> Host:
        return self.host(hostname(entry.origin))

    def again(self, entry: Entry, wait: float, whole_host: bool) -> None:
        """Try the address again after `wait` seconds; the whole host waits if it asked for that."""
        self.done(entry)
        until = self.clock() + wait
        self._later.setdefault(self._gate(entry), []).append((until, entry))
        if whole_host:
            self.pause(hostname(entry.origin), wait)

    def pause(self, host: str, wait: float) -> None:
        """Leave the host alone for so many seconds, also if the crawl is killed in between."""
        known = self.host(host)
        known.paused_until = max(known.paused_until, self.clock() + wait)
        self.frontier.pause(host, time.time() + wait)

    @staticmethod
    def _gate(entry: Entry) -> str:
        """The origin in whose turn the entry comes again: a robots.txt that was sent on belongs to the asking one."""
        return robots.asking_origin(entry.key) if entry.role is Role.ROBOTS else entry.origin

    def obey(self, entry: Entry, rules: str) -> None:
        """The rules of an origin are known: those of robots.txt, wherever it was found in the end."""
        self._obey(self._gate(entry), rules)

    def _obey(self, at: str, rules: str) -> None:
        policy = self._policies[at] = robots.Policy(rules, self.agent)
        delay = min(policy.crawl_delay, self.config.max_crawl_delay)
        host = self.host(hostname(at))
        host.crawl_delay = max(host.crawl_delay, delay)

    def sent_on(self, at: str, key: str) -> None:
        """robots.txt of `at` was sent on: the next hop is fetched before anything else of that origin."""
        entry = self.frontier.take_queued(key)
        if entry is not None:
            self._later.setdefault(at, []).append((self.clock(), entry))
