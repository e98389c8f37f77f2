"""Put the workers' records together as a snapshot in its one form: sorted by address, cut into files by size.

Records are copied as they are, gzip member by gzip member; so what a snapshot holds does not depend on the order in
which servers answered, nor on how often the crawl was killed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crawler.addresses.scope import user_agent
from crawler.frontier.outcomes import Outcomes, Row
from crawler.snapshot.aliases import Alias, seen_text, settle
from crawler.warc.content_encoding import Broken, TooLarge, unpack
from crawler.warc.format import CONFORMS_TO, FORMAT, MANIFEST, SUFFIX, WARCS, Capture, to_line
from crawler.warc.previous import Previous
from crawler.warc.reader import Record, parse_record
from crawler.warc.writer import RECORDS, warcinfo
from pipeline.contract.document import document_id
from pipeline.contract.drop import Dropped, DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.errors import SourceError
from pipeline.core.shards import write_dropped
from pipeline.schema.crawl import CrawlConfig

SHARD_DROPPED = 100_000


class Publisher:
    """Writes the snapshot into `out`."""

    def __init__(self, config: CrawlConfig, outcomes: Outcomes, out: Path, date: str) -> None:
        self.outcomes, self.out = outcomes, out
        self._previous = Previous(Path(config.previous)) if config.previous else None
        self._warcs = _Warcs(config, out / WARCS, date)
        self._dropped = _DroppedRows(out / "dropped", config.snapshot)
        self._texts = _Texts(outcomes, self._previous, config.max_response_bytes)
        self.tally = Tally()

    @property
    def files(self) -> int:
        """WARC files written."""
        return self._warcs.files

    def publish(self) -> Iterator[Capture]:
        """Write everything; yields each row of the manifest as it is written."""
        self.outcomes.index()
        own = self._texts.own_pages()
        (self.out / WARCS).mkdir(parents=True)
        last: tuple[str, str | None] = ("", None)
        location: _Location | None = None
        with open(self.out / MANIFEST, "w", encoding="utf-8", newline="\n") as manifest:
            for row in self.outcomes.rows():
                if row.file is None:
                    location = None
                elif location is None or last != (row.url, row.digest):  # robots.txt may have been asked for twice
                    location = self._copy(row)
                last = (row.url, row.digest)
                capture = _capture(row, location, own)
                manifest.write(to_line(capture))
                self._book(capture)
                yield capture
        self._dropped.flush()
        self._warcs.close()
        self.outcomes.close()

    def _copy(self, row: Row) -> "_Location":
        """Copy the row's records; where its response lies now, or the older one that stands for it."""
        data = _records(row)
        older = self._previous.find(row.url) if self._previous else None
        stands = older is not None and older.digest == row.digest and _response(row, data).revisit
        member = older.member if older is not None and stands else b""
        start = self._warcs.append(data + member)
        offset = start + row.offset - row.start
        if not stands:
            return _Location(self._warcs.name, offset, row.length, None)
        return _Location(self._warcs.name, start + len(data), len(member), [offset, row.length])

    def _book(self, capture: Capture) -> None:
        self.tally.units_in += 1
        if capture.reason is None:
            self.tally.used += 1
            self.tally.outputs += 1
            self.tally.parts += 1
        else:
            self.tally.dropped[capture.reason] += 1
            self._dropped.add(capture)


@dataclass(frozen=True, slots=True)
class _Location:
    """The columns of the manifest that say where a response lies."""

    warc: str
    offset: int
    length: int
    revisit: list[int] | None


def _capture(row: Row, location: _Location | None, own: set[str]) -> Capture:
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
        warc=location.warc if location else None,
        offset=location.offset if location else None,
        length=location.length if location else None,
        revisit=location.revisit if location else None,
        reason=None if is_own else row.reason,
        measured=row.measured,
    )


def _records(row: Row) -> bytes:
    """All records of an address, from its worker's file."""
    path = row.worker / RECORDS / str(row.file)
    with open(path, "rb") as file:
        file.seek(row.start)
        data = file.read(row.span)
    if len(data) != row.span:
        raise SourceError(f"{path}: offset {row.start}: the records end too early")
    return data


def _response(row: Row, records: bytes) -> Record:
    at = row.offset - row.start
    return parse_record(records[at : at + row.length], f"{row.worker}: {row.url}")


class _Warcs:
    """The snapshot's files of records, one after the other."""

    def __init__(self, config: CrawlConfig, folder: Path, date: str) -> None:
        self.config, self.folder, self.date = config, folder, date
        self.files = 0
        self._file: IO[bytes] | None = None
        self._end = 0

    @property
    def name(self) -> str:
        return f"{self.config.snapshot}-{self.files - 1:05d}{SUFFIX}"

    def append(self, data: bytes) -> int:
        """Where it begins in the file `name`."""
        if self._file is None or self._end >= self.config.warc_bytes:
            self.close()
            self._file = self._open()
        start = self._end
        self._file.write(data)
        self._end += len(data)
        return start

    def _open(self) -> IO[bytes]:
        self.files += 1
        file = open(self.folder / self.name, "wb")  # noqa: SIM115 (closed when the next is opened)
        fields = [
            ("software", "Wenyuan"),
            ("format", FORMAT),
            ("conformsTo", CONFORMS_TO),
            ("isPartOf", self.config.snapshot),
            ("robots", "obey"),
            ("http-header-user-agent", user_agent(self.config)),
        ]
        info = warcinfo(self.name, self.date, fields)
        file.write(info)
        self._end = len(info)
        return file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class _DroppedRows:
    """Dropped addresses in shards of their own; one is written also if there are none."""

    def __init__(self, folder: Path, snapshot: str) -> None:
        self.folder, self.snapshot = folder, snapshot
        self._rows: list[Dropped] = []
        self._shards = 0

    def add(self, capture: Capture) -> None:
        id = document_id(capture.site, capture.url)
        reason = DropReason[str(capture.reason)]
        self._rows.append(Dropped(id, reason, capture.measured, capture.url[:200], None))
        if len(self._rows) >= SHARD_DROPPED:
            self.flush()

    def flush(self) -> None:
        write_dropped(self.folder / f"{self.snapshot}-{self._shards:05d}.parquet", self._rows)
        self._rows, self._shards = [], self._shards + 1


class _Texts:
    """What readers of archived pages see, to compare pages that named another address as their own with it."""

    def __init__(self, outcomes: Outcomes, previous: Previous | None, max_bytes: int) -> None:
        self.outcomes, self.previous, self.max_bytes = outcomes, previous, max_bytes

    def own_pages(self) -> set[str]:
        """The addresses that are pages of their own after all."""
        aliases = [Alias(url, names) for url, names in self.outcomes.aliases()]
        return settle(aliases, self._is_kept, self._sent_on, self._text)

    def _is_kept(self, url: str) -> bool:
        row = self.outcomes.find(url)
        return row is not None and row.reason is None

    def _sent_on(self, url: str) -> str | None:
        row = self.outcomes.find(url)
        leads_on = row is not None and row.reason in (DropReason.REDIRECT.name, DropReason.ALIAS.name)
        return row.final_url if row is not None and leads_on else None

    def _text(self, url: str) -> str:
        row = self.outcomes.find(url)
        if row is None or row.file is None:
            return ""
        record = _response(row, _records(row))
        body, headers = record.body, record.headers
        if record.revisit and self.previous and (older := self.previous.find(url)):
            body, headers = older.body, older.headers
        try:
            body, _ = unpack(body, ", ".join(headers.get("content-encoding", ())), self.max_bytes)
        except (TooLarge, Broken):
            return ""
        return seen_text(body, next(iter(headers.get("content-type", ())), None))
