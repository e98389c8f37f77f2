"""Read the next addresses of each origin from the store, some at a time, and remember which are under way."""

from collections import deque

from crawler.frontier.entries import Entry
from crawler.frontier.store import Store

_ROWS = 64
"""Addresses of one origin read at a time."""


class ReadAhead:
    def __init__(self, store: Store) -> None:
        self.store = store
        self._heads: dict[str, deque[Entry]] = {}
        self._held: dict[str, set[int]] = {}
        """Addresses under way, by origin; they stay queued in the store until their outcome."""

    def next(self, at: str) -> Entry | None:
        """The origin's next address that nobody holds; None if none is left."""
        heads = self._heads.setdefault(at, deque())
        if not heads:
            held = self._held.setdefault(at, set())
            heads.extend(entry for entry in self.store.queue(at, _ROWS + len(held)) if entry.id not in held)
        return heads.popleft() if heads else None

    def hold(self, entry: Entry) -> None:
        self._held.setdefault(entry.origin, set()).add(entry.id)

    def release(self, entry: Entry) -> None:
        self._held.get(entry.origin, set()).discard(entry.id)

    def take(self, key: str) -> Entry | None:
        """Take the queued address with this key before its turn. None: it is not queued, or it is being fetched."""
        entry = self.store.queued_entry(key)
        if entry is None or entry.id in self._held.get(entry.origin, set()):
            return None
        self.hold(entry)
        heads = self._heads.get(entry.origin)
        if heads:
            self._heads[entry.origin] = deque(head for head in heads if head.id != entry.id)
        return entry

    def reorder(self, at: str, depth: int) -> None:
        """What was read ahead of the origin is read anew where an address comes before it: else the order of a crawl
        that was killed, which reads anew by itself, would be another."""
        heads = self._heads.get(at)
        if heads and depth < heads[-1].depth:
            heads.clear()
