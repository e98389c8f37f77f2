"""Keep every address ever found and what became of it, in one SQLite file that survives a kill.

An address is queued until its outcome is committed, together with the addresses its page led to, in one transaction.
So a crawl that was killed at any moment begins again with exactly the addresses that had no outcome.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from crawler.addresses.roles import LISTINGS, Role
from crawler.addresses.urls import origin
from crawler.frontier.entries import Entry, Found, Origin, Outcome, Spent
from crawler.frontier.forms import Forms
from crawler.frontier.read_ahead import ReadAhead
from crawler.frontier.store import Store
from pipeline.contract.drop import DropReason

_RECENT = 50_000
"""Keys remembered to have been seen: the links in a site's furniture stand on every page."""
_FAR = 1 << 30


class Frontier:
    """One worker's addresses. Not for several processes at a time."""

    def __init__(self, path: Path, max_per_template: int, max_identical: int) -> None:
        self.store = Store(path)
        self.forms = Forms(self.store, max_per_template, max_identical)
        self.queued = Counter[str](self.store.queued())
        self.spent = self.store.spent()
        self.counts = Counter[str](self.store.counts())
        self.origins = self.store.origins()
        self.kept = self.store.kept()
        self._ahead = ReadAhead(self.store)
        self._recent: dict[str, int] = {}
        """Key -> the least depth it was found at."""

    # Addresses that are found

    def add(self, found: Iterable[Found]) -> int:
        """Queue what is new; the number of new addresses, those that are not queued for a reason included."""
        fresh = self._fresh(found)
        for key in self.store.known(list(fresh)):
            self._nearer(fresh.pop(key))
        self.store.insert([(item, self._judge(item)) for item in fresh.values()])
        return len(fresh)

    def _fresh(self, found: Iterable[Found]) -> dict[str, Found]:
        """Key -> the address, if it has not been seen lately, or not that near."""
        fresh: dict[str, Found] = {}
        for item in found:
            is_new = item.depth < self._recent.get(item.key, _FAR) or item.role in LISTINGS
            if is_new and (item.key not in fresh or item.depth < fresh[item.key].depth):
                fresh[item.key] = item
        for item in fresh.values():
            self._recent[item.key] = item.depth
        while len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]
        return fresh

    def _judge(self, item: Found) -> DropReason | None:
        """Why a new address is not queued; None if it is, and then it is counted."""
        if item.reason is not None:
            return item.reason
        if item.role in (Role.PAGE, Role.API) and not self.forms.admit(item.url):
            return DropReason.TEMPLATE_BUDGET
        self._queue(origin(item.url), 1, item.depth)
        return None

    def _nearer(self, item: Found) -> None:
        """A shorter way to an address that is known: it is queued there, also if it was too deep before."""
        if item.reason is not None:
            return
        nearer, revived = self.store.move_up(item), self.store.revive(item)
        self.queued[origin(item.url)] += revived
        if nearer or revived:
            self._ahead.reorder(origin(item.url), item.depth)

    def _queue(self, at: str, count: int, depth: int) -> None:
        """So many addresses of the origin are queued beside those before, the nearest at that depth."""
        self.queued[at] += count
        self._ahead.reorder(at, depth)

    # The queue

    def pop(self, at: str) -> Entry | None:
        """The origin's next address, the shallowest first and in the order they were found; None if none is left.

        It stays queued on disk until `finish`. Addresses of a form whose pages are all alike are done with here.
        """
        while (entry := self._ahead.next(at)) is not None:
            if entry.role is not Role.PAGE or not self.forms.is_trapped(entry.url):
                self._ahead.hold(entry)
                return entry
            self.finish(entry, Outcome(reason=DropReason.TEMPLATE_TRAP), ())
            self.store.note_trapped(entry)
        return None

    def take_queued(self, key: str) -> Entry | None:
        """Take the queued address with this key before its turn. None: it is not queued, or it is being fetched."""
        return self._ahead.take(key)

    def retried(self, entry: Entry) -> None:
        """Book a further attempt; the entry stays with whoever holds it."""
        entry.attempts += 1
        self.store.save_attempts(entry)

    # Outcomes

    def finish(
        self, entry: Entry, outcome: Outcome, found: Iterable[Found], others: Iterable[Found] = (), **counts: int
    ) -> list[Found]:
        """Commit the outcome and what the page led to, at once. Of `others`, which belong to other workers, those
        that have not been sent yet are returned, to be sent now."""
        with self.store.transaction():
            if outcome.key is not None:
                self.store.rename(entry, outcome.key)
            self.add(found)
            unsent = [item for item in others if self.store.note_sent(item)]
            self._see(entry, outcome)
            self.store.save_outcome(entry, outcome)
            self._spend(entry.site, outcome)
            for name, value in counts.items():
                self.counts[name] += value
                self.store.save_count(name, self.counts[name])
            self.forms.save()
        self.queued[entry.origin] -= 1
        self._ahead.release(entry)
        self.kept += outcome.reason is None
        return unsent

    def _see(self, entry: Entry, outcome: Outcome) -> None:
        freed = self.forms.see(entry.url, outcome.fold) if outcome.fold is not None else None
        if freed is not None:
            for at, depth, count in self.store.queue_trapped(freed):
                self._queue(at, count, depth)

    def _spend(self, site: str, outcome: Outcome) -> None:
        spent = self.spent.setdefault(site, Spent())
        if outcome.status is not None:
            spent.pages += 1
            spent.bytes += outcome.received
        self.store.save_spent(site, spent)

    def committed(self, size_of: Callable[[str], int]) -> dict[str, int]:
        """The last committed byte of each file of records. Addresses whose records a file no longer holds, as after a
        power failure, are queued again."""
        for at, count, kept in self.store.queue_lost(size_of):
            self.queued[at] += count
            self.kept -= kept
        return self.store.ends_of_files()

    def is_copy(self, entry: Entry, digest: str, key: str | None) -> bool:
        """Whether a page of the site with this payload is kept, or one of this address under another key."""
        keys = (entry.url, entry.key, key)
        return self.store.same_bytes(digest, entry.site) or self.store.is_kept(entry.url, keys)

    def give_up(self, at: str, reason: DropReason) -> int:
        """No address of the origin is tried any more. The number of those left."""
        return self.store.give_up(at, reason)

    def close_site(self, site: str) -> int:
        """No address of the site is fetched any more: its budget is used up. The number of those left."""
        return self.store.close_site(site, DropReason.OVER_BUDGET)

    # Hosts, origins, other workers

    def pause(self, host: str, until: float) -> None:
        """Note until when, in seconds since 1970, the host asked to be left alone."""
        self.store.pause(host, until)

    def pauses(self) -> list[tuple[str, float]]:
        return self.store.pauses()

    def learn(self, name: str, known: Origin) -> None:
        """Keep what is known of an origin."""
        self.origins[name] = known
        self.store.save_origin(name, known)

    def sent(self) -> Iterator[Found]:
        """All that was ever found for other workers."""
        return self.store.sent()

    def close(self) -> None:
        self.store.close()
