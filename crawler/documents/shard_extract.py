"""Read one shard's pages and write its documents, dropped rows, pages and posts."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from crawler.documents.assembly import Assembled, Assembler, Pages, Refusal
from crawler.documents.grouping import grouped
from crawler.documents.page_statistics import PageStatistics
from crawler.documents.shards import Shard
from crawler.documents.tables import PAGE_SCHEMA, POST_SCHEMA, Row, page_row, post_rows
from crawler.platforms.reading import Reading, read, unread
from crawler.warc.content_encoding import Broken, TooLarge
from crawler.warc.format import Capture
from crawler.warc.reader import read_page
from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.ledger import Ledger
from pipeline.core.shards import write_documents, write_dropped, write_table
from pipeline.schema.extract import ExtractConfig

FOLDERS = ("documents", "dropped", "pages", "posts")
"""What is written below the stage's output folder, a file a shard."""


class ShardExtract:
    """Callable in a worker."""

    def __init__(
        self, stage: str, config: ExtractConfig, licences: Mapping[str, str], snapshot: Path, out: Path
    ) -> None:
        self.stage, self.config, self.licences, self.snapshot, self.out = stage, config, licences, snapshot, out

    def __call__(self, shard: Shard) -> tuple[str, Tally, PageStatistics, list[str]]:
        """The site, the shard's ledger, its statistics and the ids of its documents."""
        result = _Result(self.stage, shard.site, self.config.authors)
        assembler = Assembler(shard.site, self.licences.get(shard.site, "unknown"), self.config)
        for group in shard.groups:
            self._extract(group, assembler, result)
        result.write(self.out, shard.name)
        return shard.site, result.ledger.close(), result.statistics, [document.id for document in result.documents]

    def _extract(self, captures: tuple[Capture, ...], assembler: Assembler, result: "_Result") -> None:
        groups = grouped(self._read(captures, result))
        for part in groups.refused:
            result.drop([(part.capture, part.reading)], Refusal(part.found))
        for article in groups.articles:
            pages = [(part.capture, part.reading) for part in article]
            self._book(assembler.article(article), pages, assembler, result)
        for thread in groups.threads:
            pages = [(part.capture, part.reading) for part in thread]
            self._book(assembler.thread(thread), pages, assembler, result)

    def _read(self, captures: tuple[Capture, ...], result: "_Result") -> Iterator[tuple[Capture, Reading]]:
        for capture in captures:
            reading = self._reading(capture)
            result.receive(reading)
            yield capture, reading

    def _reading(self, capture: Capture) -> Reading:
        try:
            page = read_page(self.snapshot, capture)
        except TooLarge:
            return unread(capture, DropReason.TOO_LARGE)
        except Broken:
            return unread(capture, DropReason.BROKEN_BODY)
        return read(capture, page, self.config)

    @staticmethod
    def _book(made: Assembled | Refusal, pages: Pages, assembler: Assembler, result: "_Result") -> None:
        if isinstance(made, Refusal):
            result.drop(pages, made)
            return
        result.drop(made.aliases, Refusal(DropReason.ALIAS, kept_id=made.document.id))
        assembler.keep(made.document)
        result.keep(made)


class _Result:
    """What a shard has given so far: documents, ledger, statistics and rows of the tables."""

    def __init__(self, stage: str, site: str, authors: bool) -> None:
        self.site, self.authors = site, authors
        self.ledger, self.statistics = Ledger(stage), PageStatistics()
        self.documents = list[Document]()
        self.pages, self.posts = list[Row](), list[Row]()

    def receive(self, reading: Reading) -> None:
        self.ledger.receive(reading.decoded.text)
        self.statistics.count(reading)

    def drop(self, pages: Pages, refusal: Refusal) -> None:
        for capture, reading in pages:
            id, text = document_id(self.site, capture.url), reading.decoded.text
            self.ledger.drop(id, refusal.reason, text, measured=refusal.measured, kept_id=refusal.kept_id)
            self.pages.append(page_row(capture.url, reading, None, self.authors))

    def keep(self, made: Assembled) -> None:
        document = made.document
        self.documents.append(document)
        self.ledger.use(len(made.used))
        self.ledger.edit("markup", sum(len(reading.decoded.text) for _, reading in made.used), len(document.text))
        self.ledger.emit(document, len(made.used))
        for capture, reading in made.used:
            self.pages.append(page_row(capture.url, reading, document.id, self.authors))
        self.statistics.posts += len(made.posts)
        self.posts += post_rows(document, made.posts, self.authors)

    def write(self, out: Path, name: str) -> None:
        self.documents.sort(key=lambda document: document.url)
        if self.documents:
            write_documents(out / "documents" / name, self.documents)
        write_dropped(out / "dropped" / name, self.ledger.dropped)
        write_table(out / "pages" / name, pa.Table.from_pylist(self.pages, PAGE_SCHEMA))
        write_table(out / "posts" / name, pa.Table.from_pylist(self.posts, POST_SCHEMA))
