"""Workers' records to a snapshot in its one form: sorted by address, cut into files by size, with a manifest.

Records are copied as they are, gzip member by gzip member; so what a snapshot holds does not depend on the order in
which servers answered, nor on how often the crawl was killed.
"""

import heapq
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from crawler.addresses.urls import template
from crawler.warc.aliases import Alias, seen_text, settle
from crawler.warc.content_encoding import Broken, TooLarge, unpack
from crawler.warc.previous import Previous
from crawler.warc.reader import MANIFEST, WARCS, Capture, Record, parse_record
from crawler.warc.writer import warcinfo
from pipeline.contract.document import document_id
from pipeline.contract.drop import Dropped, DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.errors import SourceError
from pipeline.core.shards import write_dropped
from pipeline.schema.crawl import CrawlConfig

SHARD_DROPPED = 100_000
_COLUMNS = (
    "id, key, url, site, origin, role, depth, reason, measured, status, final_url, type, time, digest, etag,"
    " last_modified, truncated, platform, file, start, span, offset, length"
)


@dataclass(slots=True)
class Row:
    """An address with its outcome, from one worker's frontier."""

    worker: Path
    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


class Workers:
    """The workers' frontiers and records, read together."""

    def __init__(self, folders: Sequence[Path], sites: Sequence[str]) -> None:
        self.folders = list(folders)
        self.sites = set(sites)
        self._databases = {folder: sqlite3.connect(folder / "frontier.db") for folder in self.folders}
        for database in self._databases.values():
            database.row_factory = sqlite3.Row

    def rows(self) -> Iterator[Row]:
        """All addresses of the sites in conf, in the order of address and key."""
        streams = [self._rows_of(folder) for folder in self.folders]
        yield from heapq.merge(*streams, key=lambda row: (row.values["url"], row.values["key"]))

    def _rows_of(self, folder: Path) -> Iterator[Row]:
        for row in self._databases[folder].execute(f"SELECT {_COLUMNS} FROM url WHERE state = 1 ORDER BY url, key"):
            if row["site"] in self.sites:
                yield Row(folder, dict(row))

    def find(self, url: str) -> Row | None:
        """The row of a page with this address: a kept one if there is one."""
        found = None
        for folder, database in self._databases.items():
            for row in database.execute(f"SELECT {_COLUMNS} FROM url WHERE url = ? AND role != 'robots'", (url,)):
                candidate = Row(folder, dict(row))
                if candidate.values["reason"] is None:
                    return candidate
                found = found or candidate
        return found

    def aliases(self) -> list[Alias]:
        return [
            Alias(row["url"], row["final_url"])
            for database in self._databases.values()
            for row in database.execute("SELECT url, final_url, site FROM url WHERE reason = 'ALIAS'")
            if row["site"] in self.sites
        ]

    def index(self) -> None:
        for database in self._databases.values():
            database.execute("CREATE INDEX IF NOT EXISTS address ON url (url)")

    def count(self, name: str) -> int:
        """A counter of the frontiers, summed."""
        found = [
            database.execute("SELECT value FROM count WHERE name = ?", (name,)).fetchone()
            for database in self._databases.values()
        ]
        return sum(int(row["value"]) for row in found if row)

    def forget(self) -> None:
        """Take what was tried of these sites out of the frontiers, so that it is tried again."""
        for database in self._databases.values():
            origins = {row["origin"] for row in database.execute("SELECT DISTINCT origin, site FROM url")
                       if row["site"] in self.sites}  # fmt: skip
            with database:
                for site in sorted(self.sites):
                    database.execute("DELETE FROM url WHERE site = ?", (site,))
                    database.execute("DELETE FROM site WHERE name = ?", (site,))
                for at in sorted(origins):
                    database.execute("DELETE FROM origin WHERE name = ?", (at,))
                    database.execute("DELETE FROM form WHERE instr(name, ?) = 1", (template(f"{at}/"),))
                database.execute("DELETE FROM pause")
        self.close()

    def records(self, row: Row) -> bytes:
        with open(row.worker / "records" / row.file, "rb") as file:
            file.seek(row.start)
            data = file.read(row.span)
        if len(data) != row.span:
            raise SourceError(f"{row.worker / 'records' / row.file}: offset {row.start}: the records end too early")
        return data

    def response(self, row: Row) -> Record:
        data = self.records(row)
        at = row.offset - row.start
        return parse_record(data[at : at + row.length], f"{row.worker}: {row.url}")

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


class Publisher:
    """Writes the snapshot into `out`."""

    def __init__(self, config: CrawlConfig, workers: Workers, out: Path, date: str) -> None:
        self.config, self.workers, self.out, self.date = config, workers, out, date
        self.tally = Tally()
        self.files = 0
        self._warc: IO[bytes] | None = None
        self._end = 0
        self._dropped: list[Dropped] = []
        self._dropped_files = 0
        self._previous = Previous(Path(config.previous)) if config.previous else None

    def publish(self) -> Iterator[Capture]:
        """Write everything; yields each row of the manifest as it is written."""
        self.workers.index()
        own = self._settle()
        (self.out / WARCS).mkdir(parents=True)
        last: tuple[str, str | None] = ("", None)
        place: tuple[str, int, int, list[int] | None] | None = None
        with open(self.out / MANIFEST, "w", encoding="utf-8", newline="\n") as manifest:
            for row in self.workers.rows():
                if row.file is None:
                    place = None
                elif place is None or last != (row.url, row.digest):  # robots.txt may have been asked for twice
                    place = self._copy(row)
                last = (row.url, row.digest)
                capture = self._capture(row, place, own)
                manifest.write(json.dumps(asdict(capture), ensure_ascii=False) + "\n")
                self._book(capture)
                yield capture
        self._close()

    def _settle(self) -> set[str]:
        def kept(url: str) -> bool:
            row = self.workers.find(url)
            return row is not None and row.reason is None

        def sent_on(url: str) -> str | None:
            row = self.workers.find(url)
            return row.final_url if row is not None and row.reason in ("REDIRECT", "ALIAS") else None

        return settle(self.workers.aliases(), kept, sent_on, self._text)

    def _text(self, url: str) -> str:
        row = self.workers.find(url)
        if row is None or row.file is None:
            return ""
        record = self.workers.response(row)
        body, headers = record.body, record.headers
        if record.revisit and self._previous and (older := self._previous.find(url)):
            body, headers = older.body, older.headers
        try:
            body, _ = unpack(body, ", ".join(headers.get("content-encoding", ())), self.config.max_response_bytes)
        except (TooLarge, Broken):
            return ""
        return seen_text(body, next(iter(headers.get("content-type", ())), None))

    def _copy(self, row: Row) -> tuple[str, int, int, list[int] | None]:
        """The row's records, into the current file: its name, and where the response lies."""
        data = self.workers.records(row)
        older = self._previous.find(row.url) if self._previous else None
        if self._warc is None or self._end >= self.config.warc_bytes:
            self._open()
        assert self._warc is not None
        offset, length = self._end + row.offset - row.start, row.length
        revisit = None
        if older is not None and older.digest == row.digest and self._is_revisit(data, row):
            revisit = [offset, length]
            member = older.member
            offset, length = self._end + len(data), len(member)
            data += member
        self._warc.write(data)
        self._end += len(data)
        return self._name, offset, length, revisit

    @staticmethod
    def _is_revisit(data: bytes, row: Row) -> bool:
        at = row.offset - row.start
        return parse_record(data[at : at + row.length], row.url).revisit

    @property
    def _name(self) -> str:
        return f"{self.config.snapshot}-{self.files - 1:05d}.warc.gz"

    def _open(self) -> None:
        if self._warc is not None:
            self._warc.close()
        self.files += 1
        self._warc = open(self.out / WARCS / self._name, "wb")  # noqa: SIM115 (closed when the next is opened)
        fields = [
            ("software", "Wenyuan"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("isPartOf", self.config.snapshot),
            ("robots", "obey"),
            ("http-header-user-agent", self.config.user_agent.format(contact=self.config.contact or "loopback only")),
        ]
        info = warcinfo(self._name, self.date, fields)
        self._warc.write(info)
        self._end = len(info)

    def _capture(self, row: Row, place: tuple[str, int, int, list[int] | None] | None, own: set[str]) -> Capture:
        is_own = row.reason == DropReason.ALIAS.name and row.url in own
        return Capture(
            url=row.url,
            final_url=row.url if is_own or row.final_url is None else row.final_url,
            site=row.site,
            platform=row.platform or "",
            role=row.role,
            status=row.status,
            type=row.type,
            time=row.time,
            digest=row.digest,
            etag=row.etag,
            last_modified=row.last_modified,
            truncated=bool(row.truncated),
            warc=place[0] if place else None,
            offset=place[1] if place else None,
            length=place[2] if place else None,
            revisit=place[3] if place else None,
            reason=None if is_own else row.reason,
            measured=row.measured,
        )

    def _book(self, capture: Capture) -> None:
        self.tally.units_in += 1
        if capture.reason is None:
            self.tally.used += 1
            self.tally.outputs += 1
            self.tally.parts += 1
            return
        self.tally.dropped[capture.reason] += 1
        id = document_id(capture.site, capture.url)
        self._dropped.append(Dropped(id, DropReason[capture.reason], capture.measured, capture.url[:200], None))
        if len(self._dropped) >= SHARD_DROPPED:
            self._flush()

    def _flush(self) -> None:
        path = self.out / "dropped" / f"{self.config.snapshot}-{self._dropped_files:05d}.parquet"
        write_dropped(path, self._dropped)
        self._dropped, self._dropped_files = [], self._dropped_files + 1

    def _close(self) -> None:
        self._flush()
        if self._warc is not None:
            self._warc.close()
        self.workers.close()
