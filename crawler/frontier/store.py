"""Hold the frontier's SQLite file: its tables, and every statement by which one worker reads and writes them.

Each statement outside `transaction` is committed by itself. The file survives a kill at any moment; it may be used by
one process at a time.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.addresses.roles import LISTINGS, Role
from crawler.addresses.urls import origin, template
from crawler.frontier.entries import Entry, Found, Origin, Outcome, Spent
from pipeline.contract.drop import DropReason

FILE = "frontier.db"
QUEUED, DONE = 0, 1
"""Values of `state`. They stand in the statements as they are: only so can SQLite use the partial indexes."""
_IS_QUEUED, _IS_DONE = f"state = {QUEUED}", f"state = {DONE}"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS url (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, site TEXT NOT NULL, origin TEXT NOT NULL,
    role TEXT NOT NULL, depth INTEGER NOT NULL, hops INTEGER NOT NULL, via TEXT, state INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, reason TEXT, measured REAL, status INTEGER, final_url TEXT, type TEXT,
    time TEXT, digest TEXT, etag TEXT, last_modified TEXT, truncated INTEGER, platform TEXT, form TEXT,
    file TEXT, start INTEGER, span INTEGER, offset INTEGER, length INTEGER
);
CREATE INDEX IF NOT EXISTS queue ON url (origin, depth, id) WHERE {_IS_QUEUED};
CREATE INDEX IF NOT EXISTS trapped ON url (form) WHERE form IS NOT NULL;
CREATE INDEX IF NOT EXISTS digest ON url (digest) WHERE digest IS NOT NULL;
CREATE TABLE IF NOT EXISTS form (name TEXT PRIMARY KEY, seen INTEGER, fold TEXT, run INTEGER);
CREATE TABLE IF NOT EXISTS site (name TEXT PRIMARY KEY, pages INTEGER, bytes INTEGER, seconds REAL);
CREATE TABLE IF NOT EXISTS origin (name TEXT PRIMARY KEY, platform TEXT, traits TEXT, robots TEXT);
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, value INTEGER);
CREATE TABLE IF NOT EXISTS pause (host TEXT PRIMARY KEY, until REAL);
CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, letter TEXT);
"""
_ENTRY = "id, key, url, site, origin, role, depth, hops, attempts, via"
_OUTCOME = (
    "measured", "status", "final_url", "type", "time", "digest", "etag", "last_modified", "truncated", "platform",
    "file", "start", "span", "offset", "length",
)  # fmt: skip
"""Fields of an outcome that are columns of the same name and value."""
_FINISH = f"UPDATE url SET {_IS_DONE}, reason = ?, {', '.join(f'{name} = ?' for name in _OUTCOME)} WHERE id = ?"
_TAKEN_FOR_SOMETHING_ELSE = (DropReason.NOT_A_PAGE, DropReason.EXCLUDED, DropReason.NOT_CONTENT)
"""Why a sitemap or feed may have been left out before it was known as one."""
_KEYS_A_QUERY = 500


def _entry(row: Sequence[Any]) -> Entry:
    id, key, url, site, at, role, depth, hops, attempts, via = row
    return Entry(id, key, url, site, at, Role(role), depth, hops, attempts, via)


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of the statements within."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self.db.close()

    # What a frontier begins with

    def queued(self) -> dict[str, int]:
        """Origin -> queued addresses."""
        return dict(self.db.execute(f"SELECT origin, count(*) FROM url WHERE {_IS_QUEUED} GROUP BY origin"))

    def kept(self) -> int:
        return int(self.db.execute(f"SELECT count(*) FROM url WHERE {_IS_DONE} AND reason IS NULL").fetchone()[0])

    def spent(self) -> dict[str, Spent]:
        return {name: Spent(*values) for name, *values in self.db.execute("SELECT * FROM site")}

    def counts(self) -> dict[str, int]:
        return dict(self.db.execute("SELECT name, value FROM count"))

    def origins(self) -> dict[str, Origin]:
        return {
            name: Origin(platform, json.loads(traits), robots)
            for name, platform, traits, robots in self.db.execute("SELECT * FROM origin")
        }

    # Addresses that are found

    def known(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys that have a row."""
        known = []
        for start in range(0, len(keys), _KEYS_A_QUERY):
            some = keys[start : start + _KEYS_A_QUERY]
            marks = ",".join("?" * len(some))
            known += [row[0] for row in self.db.execute(f"SELECT key FROM url WHERE key IN ({marks})", some)]
        return known

    def insert(self, rows: Iterable[tuple[Found, DropReason | None]]) -> None:
        """New addresses, queued unless there is a reason not to."""
        self.db.executemany(
            "INSERT INTO url (key, url, site, origin, role, depth, hops, via, state, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (item.key, item.url, item.site, origin(item.url), item.role, item.depth, item.hops, item.via,
                 QUEUED if reason is None else DONE, reason.name if reason else None)
                for item, reason in rows
            ],
        )  # fmt: skip

    def move_up(self, item: Found) -> bool:
        """Queue a queued address at a smaller depth; whether it was deeper before."""
        moved = self.db.execute(
            f"UPDATE url SET depth = ?, via = ? WHERE key = ? AND {_IS_QUEUED} AND depth > ?",
            (item.depth, item.via, item.key, item.depth),
        )
        return moved.rowcount > 0

    def revive(self, item: Found) -> int:
        """Queue an address that was too deep before, or, if it is a listing, taken for something else. How many."""
        revived = self.db.execute(
            f"UPDATE url SET depth = ?, via = ?, state = {QUEUED}, reason = NULL WHERE key = ? AND reason = ?",
            (item.depth, item.via, item.key, DropReason.TOO_DEEP.name),
        ).rowcount
        if item.role in LISTINGS:
            reasons = ", ".join(f"'{reason.name}'" for reason in _TAKEN_FOR_SOMETHING_ELSE)
            revived += self.db.execute(
                f"UPDATE url SET state = {QUEUED}, reason = NULL, role = ?, depth = ? WHERE key = ? AND {_IS_DONE}"
                f" AND status IS NULL AND reason IN ({reasons})",
                (item.role, item.depth, item.key),
            ).rowcount
            self.db.execute(f"UPDATE url SET role = ? WHERE key = ? AND {_IS_QUEUED}", (item.role, item.key))
        return revived

    # The queue

    def queue(self, at: str, limit: int) -> list[Entry]:
        """The origin's first queued addresses: the shallowest, in the order they were found."""
        rows = self.db.execute(
            f"SELECT {_ENTRY} FROM url WHERE origin = ? AND {_IS_QUEUED} ORDER BY depth, id LIMIT ?", (at, limit)
        )
        return [_entry(row) for row in rows.fetchall()]

    def queued_entry(self, key: str) -> Entry | None:
        row = self.db.execute(f"SELECT {_ENTRY} FROM url WHERE key = ? AND {_IS_QUEUED}", (key,)).fetchone()
        return _entry(row) if row is not None else None

    def save_attempts(self, entry: Entry) -> None:
        self.db.execute("UPDATE url SET attempts = ? WHERE id = ?", (entry.attempts, entry.id))

    def give_up(self, at: str, reason: DropReason) -> int:
        """End all that is queued of an origin. How many."""
        return self._end("origin", at, reason)

    def close_site(self, site: str, reason: DropReason) -> int:
        """End all that is queued of a site. How many."""
        return self._end("site", site, reason)

    def _end(self, column: str, value: str, reason: DropReason) -> int:
        ended = self.db.execute(
            f"UPDATE url SET {_IS_DONE}, reason = ? WHERE {_IS_QUEUED} AND {column} = ?", (reason.name, value)
        )
        return int(ended.rowcount)

    # Outcomes

    def save_outcome(self, entry: Entry, outcome: Outcome) -> None:
        reason = outcome.reason.name if outcome.reason else None
        self.db.execute(_FINISH, (reason, *(getattr(outcome, name) for name in _OUTCOME), entry.id))

    def rename(self, entry: Entry, key: str) -> None:
        """Give an address another key, unless another has it."""
        self.db.execute("UPDATE OR IGNORE url SET key = ? WHERE id = ?", (key, entry.id))

    def save_spent(self, site: str, spent: Spent) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO site VALUES (?, ?, ?, ?)", (site, spent.pages, spent.bytes, spent.seconds)
        )

    def save_count(self, name: str, value: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO count VALUES (?, ?)", (name, value))

    def same_bytes(self, digest: str, site: str) -> bool:
        """Whether a page of the site with this payload is kept already."""
        row = self.db.execute(
            "SELECT 1 FROM url WHERE digest = ? AND site = ? AND reason IS NULL LIMIT 1", (digest, site)
        ).fetchone()
        return row is not None

    def is_kept(self, url: str, keys: Iterable[str | None]) -> bool:
        """Whether a page with one of these keys and this very address is kept already."""
        query = f"SELECT 1 FROM url WHERE key = ? AND url = ? AND reason IS NULL AND {_IS_DONE}"
        return any(self.db.execute(query, (key, url)).fetchone() is not None for key in keys)

    def ends_of_files(self) -> dict[str, int]:
        """File of records -> its last committed byte."""
        rows = self.db.execute("SELECT file, max(start + span) FROM url WHERE file IS NOT NULL GROUP BY file")
        return {str(file): int(end) for file, end in rows}

    def queue_lost(self, size_of: Callable[[str], int]) -> list[tuple[str, int, int]]:
        """Queue addresses whose records a file no longer holds; of each origin, how many, and how many were kept."""
        found: list[tuple[str, int, int]] = []
        for (file,) in self.db.execute("SELECT DISTINCT file FROM url WHERE file IS NOT NULL").fetchall():
            lost = (file, size_of(file))
            found += self.db.execute(
                "SELECT origin, count(*), sum(reason IS NULL) FROM url WHERE file = ? AND start + span > ?"
                " GROUP BY origin",
                lost,
            ).fetchall()
            self.db.execute(
                f"UPDATE url SET {_IS_QUEUED}, reason = NULL, status = NULL, digest = NULL, file = NULL"
                " WHERE file = ? AND start + span > ?",
                lost,
            )
        return found

    # Addresses of one form

    def form(self, name: str) -> tuple[int, str | None, int] | None:
        """Addresses seen, the last fingerprint, pages in a row with it."""
        row: tuple[int, str | None, int] | None = self.db.execute(
            "SELECT seen, fold, run FROM form WHERE name = ?", (name,)
        ).fetchone()
        return row

    def save_forms(self, rows: Iterable[tuple[str, int, str | None, int]]) -> None:
        self.db.executemany("INSERT OR REPLACE INTO form VALUES (?, ?, ?, ?)", rows)

    def note_trapped(self, entry: Entry) -> None:
        """An address that was passed over because of its form can be queued again by it."""
        self.db.execute("UPDATE url SET form = ? WHERE id = ?", (template(entry.url), entry.id))

    def queue_trapped(self, form: str) -> list[tuple[str, int, int]]:
        """Queue what was passed over of a form again; of each origin, the least depth and how many."""
        trapped = (form, DropReason.TEMPLATE_TRAP.name)
        rows: list[tuple[str, int, int]] = self.db.execute(
            "SELECT origin, min(depth), count(*) FROM url WHERE form = ? AND reason = ? GROUP BY origin", trapped
        ).fetchall()
        self.db.execute(
            f"UPDATE url SET {_IS_QUEUED}, reason = NULL, form = NULL WHERE form = ? AND reason = ?", trapped
        )
        return rows

    # Hosts, origins, other workers

    def pause(self, host: str, until: float) -> None:
        self.db.execute("INSERT OR REPLACE INTO pause VALUES (?, ?)", (host, until))

    def pauses(self) -> list[tuple[str, float]]:
        return [(host, until) for host, until in self.db.execute("SELECT host, until FROM pause ORDER BY host")]

    def save_origin(self, name: str, known: Origin) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO origin VALUES (?, ?, ?, ?)",
            (name, known.platform, json.dumps(known.traits, sort_keys=True), known.robots),
        )

    def note_sent(self, item: Found) -> bool:
        """Keep what is to be sent to another worker; whether it is new."""
        letter = json.dumps([item.url, item.site, item.role, item.depth, item.hops, item.via,
                             item.reason.name if item.reason else None])  # fmt: skip
        return self.db.execute("INSERT OR IGNORE INTO sent VALUES (?, ?)", (item.key, letter)).rowcount == 1

    def sent(self) -> Iterator[Found]:
        """All that was ever found for other workers."""
        for key, letter in self.db.execute("SELECT key, letter FROM sent ORDER BY rowid"):
            url, site, role, depth, hops, via, reason = json.loads(letter)
            yield Found(key, url, site, Role(role), depth, hops, via, DropReason[reason] if reason else None)
