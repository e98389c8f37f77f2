"""Read the frontiers of all workers together, when their crawl is over: each address with what became of it."""

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from crawler.addresses.roles import Role
from crawler.addresses.urls import template
from crawler.frontier.store import DONE, FILE
from pipeline.contract.drop import DropReason


@dataclass(frozen=True, slots=True)
class Row:
    """An address with its outcome, from one worker's frontier; the fields but the first are columns of its table."""

    worker: Path
    key: str
    url: str
    site: str
    role: str
    reason: str | None
    measured: float | None
    status: int | None
    final_url: str | None
    type: str | None
    time: str | None
    digest: str | None
    etag: str | None
    last_modified: str | None
    truncated: int | None
    platform: str | None
    file: str | None
    """The worker's file of records; null if nothing was archived."""
    start: int
    span: int
    offset: int
    length: int


_COLUMNS = ", ".join(field.name for field in fields(Row)[1:])


class Outcomes:
    """Of the sites in conf; a frontier may hold others, which conf no longer has."""

    def __init__(self, folders: Sequence[Path], sites: Sequence[str]) -> None:
        self.sites = set(sites)
        self._databases = {folder: sqlite3.connect(folder / FILE) for folder in folders}

    def rows(self) -> Iterator[Row]:
        """All addresses, in the order of address and key."""
        streams = [self._rows_of(folder, database) for folder, database in self._databases.items()]
        yield from heapq.merge(*streams, key=lambda row: (row.url, row.key))

    def _rows_of(self, folder: Path, database: sqlite3.Connection) -> Iterator[Row]:
        for values in database.execute(f"SELECT {_COLUMNS} FROM url WHERE state = {DONE} ORDER BY url, key"):
            row = Row(folder, *values)
            if row.site in self.sites:
                yield row

    def find(self, url: str) -> Row | None:
        """The row of a page with this address: a kept one if there is one."""
        found = None
        for folder, database in self._databases.items():
            for values in database.execute(
                f"SELECT {_COLUMNS} FROM url WHERE url = ? AND role != ?", (url, Role.ROBOTS)
            ):
                row = Row(folder, *values)
                if row.reason is None:
                    return row
                found = found or row
        return found

    def aliases(self) -> list[tuple[str, str]]:
        """Pages that named another address as their own, and that address."""
        return [
            (url, final_url)
            for database in self._databases.values()
            for url, final_url, site in database.execute(
                "SELECT url, final_url, site FROM url WHERE reason = ?", (DropReason.ALIAS.name,)
            )
            if site in self.sites
        ]

    def index(self) -> None:
        """Make `find` fast."""
        for database in self._databases.values():
            database.execute("CREATE INDEX IF NOT EXISTS address ON url (url)")

    def count(self, name: str) -> int:
        """A counter of the frontiers, summed."""
        found = [
            database.execute("SELECT value FROM count WHERE name = ?", (name,)).fetchone()
            for database in self._databases.values()
        ]
        return sum(int(row[0]) for row in found if row)

    def forget(self) -> None:
        """Take what was tried of these sites out of the frontiers, so that it is tried again."""
        for database in self._databases.values():
            pairs = database.execute("SELECT DISTINCT origin, site FROM url")
            origins = {origin for origin, site in pairs if site in self.sites}
            with database:
                for site in sorted(self.sites):
                    database.execute("DELETE FROM url WHERE site = ?", (site,))
                    database.execute("DELETE FROM site WHERE name = ?", (site,))
                for at in sorted(origins):
                    database.execute("DELETE FROM origin WHERE name = ?", (at,))
                    database.execute("DELETE FROM form WHERE instr(name, ?) = 1", (template(f"{at}/"),))
                database.execute("DELETE FROM pause")
        self.close()

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


def folders_of_workers(folder: Path) -> list[Path]:
    """The folders of the workers that have begun, below the crawl's scratch folder."""
    return sorted(path for path in folder.glob("worker-*") if (path / FILE).exists())
