"""The frontier: every address ever found and what became of it, in one SQLite file that survives a kill.

An address is queued until its outcome is committed, together with the addresses its page led to, in one transaction.
So a crawl that was killed at any moment begins again with exactly the addresses that had no outcome.
"""

import json
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.addresses.urls import origin, template
from pipeline.contract.drop import DropReason

PAGE, ROBOTS, SITEMAP, FEED, API = "page", "robots", "sitemap", "feed", "api"
_ROWS = 64
"""Addresses of one origin read at a time."""
_RECENT = 50_000
"""Keys remembered to have been seen: the links in a site's furniture stand on every page."""

_ENTRY = "id, key, url, site, origin, role, depth, hops, attempts, via"
_PROBE = 10
_FAR = 1 << 30
_SCHEMA = """
CREATE TABLE IF NOT EXISTS url (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, site TEXT NOT NULL, origin TEXT NOT NULL,
    role TEXT NOT NULL, depth INTEGER NOT NULL, hops INTEGER NOT NULL, via TEXT, state INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, reason TEXT, measured REAL, status INTEGER, final_url TEXT, type TEXT,
    time TEXT, digest TEXT, etag TEXT, last_modified TEXT, truncated INTEGER, platform TEXT, form TEXT,
    file TEXT, start INTEGER, span INTEGER, offset INTEGER, length INTEGER
);
CREATE INDEX IF NOT EXISTS queue ON url (origin, depth, id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS trapped ON url (form) WHERE form IS NOT NULL;
CREATE INDEX IF NOT EXISTS digest ON url (digest) WHERE digest IS NOT NULL;
CREATE TABLE IF NOT EXISTS form (name TEXT PRIMARY KEY, seen INTEGER, fold TEXT, run INTEGER);
CREATE TABLE IF NOT EXISTS site (name TEXT PRIMARY KEY, pages INTEGER, bytes INTEGER, seconds REAL);
CREATE TABLE IF NOT EXISTS origin (name TEXT PRIMARY KEY, platform TEXT, traits TEXT, robots TEXT);
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, value INTEGER);
CREATE TABLE IF NOT EXISTS pause (host TEXT PRIMARY KEY, until REAL);
CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, letter TEXT);
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An address to be fetched, or, with a reason, one that will not be."""

    key: str
    """What tells it from others; many addresses of one thread page share one."""
    url: str
    site: str
    role: str
    depth: int
    hops: int = 0
    via: str | None = None
    reason: DropReason | None = None


@dataclass(slots=True)
class Entry:
    """A queued address on its way."""

    id: int
    key: str
    url: str
    site: str
    origin: str
    role: str
    depth: int
    hops: int
    attempts: int
    via: str | None


@dataclass(slots=True)
class Outcome:
    """What became of an address that was fetched, or tried."""

    reason: DropReason | None = None
    measured: float | None = None
    status: int | None = None
    final_url: str | None = None
    type: str | None = None
    time: str | None = None
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    truncated: bool = False
    """The connection was lost before the end."""
    platform: str | None = None
    received: int = 0
    """Bytes, as sent."""
    fold: str | None = None
    """Fingerprint of the body without its digits; given for pages only."""
    key: str | None = None
    """Its key from now on; None: the one that it was queued under."""
    file: str | None = None
    start: int | None = None
    span: int | None = None
    """Where its records lie in the worker's file, and of what length; the response's own: offset, length."""
    offset: int | None = None
    length: int | None = None


@dataclass(slots=True)
class Form:
    """What is known of the addresses of one form on one host."""

    seen: int = 0
    fold: str | None = None
    run: int = 0
    """Pages in a row with that fingerprint."""
    passed: int = 0
    """Addresses that were not tried since."""


@dataclass(slots=True)
class Spent:
    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Origin:
    """What is known of one origin."""

    platform: str | None = None
    traits: dict[str, str] = field(default_factory=dict)
    robots: str | None = None
    """The rules; None until they are known."""


class Frontier:
    """One worker's addresses. Not for several processes at a time."""

    def __init__(self, path: Path, max_per_template: int, max_identical: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(_SCHEMA)
        self.max_per_template, self.max_identical = max_per_template, max_identical
        self.queued = Counter[str](
            dict(self.db.execute("SELECT origin, count(*) FROM url WHERE state = 0 GROUP BY origin"))
        )
        self.spent = {name: Spent(p, b, s) for name, p, b, s in self.db.execute("SELECT * FROM site")}
        self.counts = Counter[str](dict(self.db.execute("SELECT name, value FROM count")))
        self.origins = {
            name: Origin(platform, json.loads(traits), robots)
            for name, platform, traits, robots in self.db.execute("SELECT * FROM origin")
        }
        self.kept = int(self.db.execute("SELECT count(*) FROM url WHERE state = 1 AND reason IS NULL").fetchone()[0])
        self._forms: dict[str, Form] = {}
        self._touched: set[str] = set()
        self._recent: dict[str, int] = {}
        """Key -> the least depth it was found at."""
        self._taken: dict[str, set[int]] = {}
        self._heads: dict[str, deque[Entry]] = {}

    # Addresses that are found

    def add(self, found: Iterable[Found]) -> int:
        """Queue what is new; the number of new addresses, those that are not queued for a reason included."""
        fresh: dict[str, Found] = {}
        for item in found:
            is_new = item.depth < self._recent.get(item.key, _FAR) or item.role in (SITEMAP, FEED)
            if is_new and (item.key not in fresh or item.depth < fresh[item.key].depth):
                fresh[item.key] = item
        if not fresh:
            return 0
        for item in fresh.values():
            self._recent[item.key] = item.depth
        while len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]
        for key in self._known(list(fresh)):
            self._nearer(fresh.pop(key))
        rows = []
        for item in fresh.values():
            reason = item.reason
            if reason is None and item.role in (PAGE, API):
                form = self.form(item.url)
                if form.seen >= self.max_per_template:
                    reason = DropReason.TEMPLATE_BUDGET
                else:
                    form.seen += 1
                    self._touched.add(template(item.url))
            at = origin(item.url)
            if reason is None:
                self.queued[at] += 1
                self._reorder(at, item.depth)
            rows.append(
                (item.key, item.url, item.site, at, item.role, item.depth, item.hops, item.via,
                 0 if reason is None else 1, reason.name if reason else None)
            )  # fmt: skip
        self.db.executemany(
            "INSERT INTO url (key, url, site, origin, role, depth, hops, via, state, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        return len(rows)

    def _nearer(self, item: Found) -> None:
        """A shorter way to an address that is known: it is queued there, also if it was too deep before."""
        if item.reason is not None:
            return
        nearer = self.db.execute(
            "UPDATE url SET depth = ?, via = ? WHERE key = ? AND state = 0 AND depth > ?",
            (item.depth, item.via, item.key, item.depth),
        ).rowcount
        revived = self.db.execute(
            "UPDATE url SET depth = ?, via = ?, state = 0, reason = NULL WHERE key = ? AND reason = 'TOO_DEEP'",
            (item.depth, item.via, item.key),
        ).rowcount
        if item.role in (SITEMAP, FEED):  # it was taken for a file, or for a page
            revived += self.db.execute(
                "UPDATE url SET state = 0, reason = NULL, role = ?, depth = ? WHERE key = ? AND state = 1"
                " AND status IS NULL AND reason IN ('NOT_A_PAGE', 'EXCLUDED', 'NOT_CONTENT')",
                (item.role, item.depth, item.key),
            ).rowcount
            self.db.execute("UPDATE url SET role = ? WHERE key = ? AND state = 0", (item.role, item.key))
        self.queued[origin(item.url)] += revived
        if nearer or revived:
            self._reorder(origin(item.url), item.depth)

    def _reorder(self, at: str, depth: int) -> None:
        """What was read ahead of the origin is read anew where an address comes before it: else the order of a crawl
        that was killed, which reads anew by itself, would be another."""
        heads = self._heads.get(at)
        if heads and depth < heads[-1].depth:
            heads.clear()

    def _known(self, keys: Sequence[str]) -> list[str]:
        known = []
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            marks = ",".join("?" * len(some))
            known += [row[0] for row in self.db.execute(f"SELECT key FROM url WHERE key IN ({marks})", some)]
        return known

    def form(self, url: str) -> Form:
        name = template(url)
        if name not in self._forms:
            row = self.db.execute("SELECT seen, fold, run FROM form WHERE name = ?", (name,)).fetchone()
            self._forms[name] = Form(*row) if row else Form()
        return self._forms[name]

    # The queue

    def pop(self, at: str) -> Entry | None:
        """The origin's next address, the shallowest first and in the order they were found; None if none is left.

        It stays queued on disk until `finish`. Addresses of a form whose pages are all alike are done with here.
        """
        heads = self._heads.setdefault(at, deque())
        taken = self._taken.setdefault(at, set())
        while True:
            if not heads:
                heads.extend(entry for entry in self._read(at, len(taken)) if entry.id not in taken)
                if not heads:
                    return None
            entry = heads.popleft()
            if entry.role == PAGE and self._is_trapped(entry):
                self.finish(entry, Outcome(reason=DropReason.TEMPLATE_TRAP), ())
                self.db.execute("UPDATE url SET form = ? WHERE id = ?", (template(entry.url), entry.id))
                continue
            taken.add(entry.id)
            return entry

    def _is_trapped(self, entry: Entry) -> bool:
        """Of a form whose last pages were all alike only one address in ten is tried; should it be another page, as
        after many threads of a closed board, the rest is queued again."""
        form = self.form(entry.url)
        if form.run < self.max_identical:
            return False
        form.passed += 1
        return form.passed % _PROBE != 0

    def _read(self, at: str, taken: int) -> Iterator[Entry]:
        rows = self.db.execute(
            f"SELECT {_ENTRY} FROM url WHERE origin = ? AND state = 0 ORDER BY depth, id LIMIT ?",
            (at, _ROWS + taken),
        ).fetchall()
        for row in rows:
            yield Entry(*row)

    def take_queued(self, key: str) -> Entry | None:
        """The queued address with this key, out of its turn; None if there is none, or it is under way."""
        row = self.db.execute(f"SELECT {_ENTRY} FROM url WHERE key = ? AND state = 0", (key,)).fetchone()
        if row is None:
            return None
        entry = Entry(*row)
        taken = self._taken.setdefault(entry.origin, set())
        if entry.id in taken:
            return None
        taken.add(entry.id)
        heads = self._heads.get(entry.origin)
        if heads:
            self._heads[entry.origin] = deque(head for head in heads if head.id != entry.id)
        return entry

    def retried(self, entry: Entry) -> None:
        """Book a further attempt; the entry stays with whoever holds it."""
        entry.attempts += 1
        self.db.execute("UPDATE url SET attempts = ? WHERE id = ?", (entry.attempts, entry.id))

    # Outcomes

    def finish(
        self, entry: Entry, outcome: Outcome, found: Iterable[Found], others: Iterable[Found] = (), **counts: int
    ) -> list[Found]:
        """Commit the outcome and what the page led to, at once. Of `others`, which belong to other workers, those
        that have not been sent yet are returned, to be sent now."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            if outcome.key is not None:
                self.db.execute("UPDATE OR IGNORE url SET key = ? WHERE id = ?", (outcome.key, entry.id))
            self.add(found)
            unsent = [item for item in others if self._note_sent(item)]
            self._see(entry, outcome)
            self.db.execute(
                "UPDATE url SET state = 1, reason = ?, measured = ?, status = ?, final_url = ?, type = ?, time = ?,"
                " digest = ?, etag = ?, last_modified = ?, truncated = ?, platform = ?, file = ?, start = ?,"
                " span = ?, offset = ?, length = ? WHERE id = ?",
                (outcome.reason.name if outcome.reason else None, outcome.measured, outcome.status,
                 outcome.final_url, outcome.type, outcome.time, outcome.digest, outcome.etag, outcome.last_modified,
                 int(outcome.truncated), outcome.platform, outcome.file, outcome.start, outcome.span, outcome.offset,
                 outcome.length, entry.id),
            )  # fmt: skip
            spent = self.spent.setdefault(entry.site, Spent())
            if outcome.status is not None:
                spent.pages += 1
                spent.bytes += outcome.received
            self.db.execute(
                "INSERT OR REPLACE INTO site VALUES (?, ?, ?, ?)",
                (entry.site, spent.pages, spent.bytes, spent.seconds),
            )
            for name, value in counts.items():
                self.counts[name] += value
                self.db.execute("INSERT OR REPLACE INTO count VALUES (?, ?)", (name, self.counts[name]))
            self._save_forms()
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.queued[entry.origin] -= 1
        self._taken.get(entry.origin, set()).discard(entry.id)
        self.kept += outcome.reason is None
        return unsent

    def _note_sent(self, item: Found) -> bool:
        letter = json.dumps([item.url, item.site, item.role, item.depth, item.hops, item.via,
                             item.reason.name if item.reason else None])  # fmt: skip
        cursor = self.db.execute("INSERT OR IGNORE INTO sent VALUES (?, ?)", (item.key, letter))
        return cursor.rowcount == 1

    def sent(self) -> Iterator[Found]:
        """All that was ever found for other workers."""
        for key, letter in self.db.execute("SELECT key, letter FROM sent ORDER BY rowid"):
            url, site, role, depth, hops, via, reason = json.loads(letter)
            yield Found(key, url, site, role, depth, hops, via, DropReason[reason] if reason else None)

    def _see(self, entry: Entry, outcome: Outcome) -> None:
        if outcome.fold is None:
            return
        form = self.form(entry.url)
        if form.run >= self.max_identical and form.fold != outcome.fold:
            self._untrap(template(entry.url))
        form.run = form.run + 1 if form.fold == outcome.fold else 1
        form.fold = outcome.fold
        self._touched.add(template(entry.url))

    def _untrap(self, name: str) -> None:
        rows = self.db.execute(
            "SELECT origin, min(depth), count(*) FROM url WHERE form = ? AND reason = 'TEMPLATE_TRAP'"
            " GROUP BY origin",
            (name,),
        ).fetchall()
        for at, depth, count in rows:
            self.queued[at] += count
            self._reorder(at, depth)
        self.db.execute(
            "UPDATE url SET state = 0, reason = NULL, form = NULL WHERE form = ? AND reason = 'TEMPLATE_TRAP'",
            (name,),
        )

    def _save_forms(self) -> None:
        self.db.executemany(
            "INSERT OR REPLACE INTO form VALUES (?, ?, ?, ?)",
            [
                (name, self._forms[name].seen, self._forms[name].fold, self._forms[name].run)
                for name in sorted(self._touched)
            ],
        )
        self._touched.clear()
        if len(self._forms) > _RECENT:
            self._forms.clear()

    def committed(self, size_of: Callable[[str], int]) -> dict[str, int]:
        """The last committed byte of each file of records. Addresses whose records a file no longer holds, as after a
        power failure, are queued again."""
        for (file,) in self.db.execute("SELECT DISTINCT file FROM url WHERE file IS NOT NULL").fetchall():
            lost = (file, size_of(file))
            for at, count, kept in self.db.execute(
                "SELECT origin, count(*), sum(reason IS NULL) FROM url WHERE file = ? AND start + span > ?"
                " GROUP BY origin",
                lost,
            ).fetchall():
                self.queued[at] += count
                self.kept -= kept
            self.db.execute(
                "UPDATE url SET state = 0, reason = NULL, status = NULL, digest = NULL, file = NULL"
                " WHERE file = ? AND start + span > ?",
                lost,
            )
        rows = self.db.execute("SELECT file, max(start + span) FROM url WHERE file IS NOT NULL GROUP BY file")
        return {str(file): int(end) for file, end in rows}

    def same_bytes(self, digest: str, site: str) -> bool:
        """Whether a page of the site with this payload is kept already."""
        row = self.db.execute(
            "SELECT 1 FROM url WHERE digest = ? AND site = ? AND reason IS NULL LIMIT 1", (digest, site)
        ).fetchone()
        return row is not None

    def is_kept(self, url: str, keys: Iterable[str | None]) -> bool:
        """Whether a page with one of these keys and this very address is kept already."""
        query = "SELECT 1 FROM url WHERE key = ? AND url = ? AND reason IS NULL AND state = 1"
        return any(self.db.execute(query, (key, url)).fetchone() is not None for key in keys)

    def give_up(self, at: str, reason: DropReason) -> int:
        """No address of the origin is tried any more. The number of those left."""
        left = self.db.execute(
            "UPDATE url SET state = 1, reason = ? WHERE state = 0 AND origin = ?", (reason.name, at)
        ).rowcount
        return int(left)

    def pause(self, host: str, until: float) -> None:
        """Note until when, in seconds since 1970, the host asked to be left alone."""
        self.db.execute("INSERT OR REPLACE INTO pause VALUES (?, ?)", (host, until))

    def pauses(self) -> list[tuple[str, float]]:
        return [(host, until) for host, until in self.db.execute("SELECT host, until FROM pause ORDER BY host")]

    def learn(self, name: str, known: Origin) -> None:
        """Keep what is known of an origin."""
        self.origins[name] = known
        self.db.execute(
            "INSERT OR REPLACE INTO origin VALUES (?, ?, ?, ?)",
            (name, known.platform, json.dumps(known.traits, sort_keys=True), known.robots),
        )

    def close_site(self, site: str) -> int:
        """No address of the site is fetched any more: its budget is used up. The number of those left."""
        left = self.db.execute(
            "UPDATE url SET state = 1, reason = ? WHERE state = 0 AND site = ?", (DropReason.OVER_BUDGET.name, site)
        ).rowcount
        return int(left)

    def close(self) -> None:
        self.db.close()
