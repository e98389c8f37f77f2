"""extract: a crawl snapshot to documents: each article's main text, each thread's posts, in order and told apart.

Opens no socket. Pages of a site are read in the order of their addresses, all pages of a thread together; what gives
no document is dropped with its reason.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from crawler.extraction.reading import Reading, read
from crawler.extraction.threads import Thread, merge
from crawler.extraction.variants import variant_of
from crawler.pages.engines import thread_of
from crawler.pages.kinds import Article, ThreadPage
from crawler.snapshot.reader import Capture, read_manifest, read_page
from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Json, Tally
from pipeline.core.engine import map_shards
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, write_documents, write_dropped, write_table
from pipeline.core.stage import Job, Metrics, Stage, ledger_metrics, main
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.extract import ExtractConfig

STAGE = Stage(
    name="extract",
    doc=__doc__,
    sections={"crawl": CrawlConfig, "extract": ExtractConfig},
    inputs={"snapshot": "what the crawl stage wrote: crawl.jsonl and warc/"},
    outputs={"out": "folder for documents/, dropped/, pages/ and posts/"},
)
PAGE_SCHEMA = pa.schema(
    [
        pa.field("url", pa.string(), nullable=False),
        pa.field("document", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("declared", pa.string()),
        pa.field("encoding", pa.string(), nullable=False),
        pa.field("replaced", pa.int64(), nullable=False),
    ]
)
"""A row a page that the crawl kept; `document` is null if it gave none."""
POST_SCHEMA = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("floor", pa.int64(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("created", pa.string()),
        pa.field("text", pa.large_string(), nullable=False),
    ]
)
"""A row a post, in the order of the document's text."""


@dataclass(frozen=True)
class Shard:
    """Pages that one worker reads: whole threads, in the order of their addresses."""

    site: str
    number: int
    groups: tuple[tuple[Capture, ...], ...]

    @property
    def name(self) -> str:
        return f"{self.site}-{self.number:05d}.parquet"


@dataclass  # no slots: a worker's pickle of a slotted class in __main__ cannot be read back
class Account:
    """What the metrics tell of pages beside the ledger; accounts add up."""

    encodings: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    declared_wrong: int = 0
    undeclared: int = 0
    replaced: int = 0
    posts: int = 0

    def read(self, reading: Reading) -> None:
        self.encodings[reading.decoded.used] += 1
        self.kinds[reading.kind] += 1
        self.declared_wrong += reading.decoded.declared_wrong
        self.undeclared += reading.decoded.declared is None
        self.replaced += reading.decoded.replaced

    def add(self, other: "Account") -> None:
        self.encodings += other.encodings
        self.kinds += other.kinds
        self.declared_wrong += other.declared_wrong
        self.undeclared += other.undeclared
        self.replaced += other.replaced
        self.posts += other.posts

    def to_json(self) -> dict[str, Json]:
        return {
            "encodings": dict(sorted(self.encodings.items())),
            "encoding_declared_wrong": self.declared_wrong,
            "encoding_undeclared": self.undeclared,
            "bytes_replaced": self.replaced,
            "page_kinds": dict(sorted(self.kinds.items())),
            "posts": self.posts,
        }


class ShardExtract:
    """Reads one shard's pages; callable in a worker."""

    def __init__(self, config: ExtractConfig, licences: dict[str, str], snapshot: Path, out: Path) -> None:
        self.config, self.licences, self.snapshot, self.out = config, licences, snapshot, out

    def __call__(self, shard: Shard) -> tuple[str, Tally, Account, list[str]]:
        """The site, the shard's ledger, its account and the ids of its documents."""
        self.ledger, self.account = Ledger(STAGE.name), Account()
        self.site, self.documents = shard.site, list[Document]()
        self.pages, self.posts = list[dict[str, object]](), list[dict[str, object]]()
        for group in shard.groups:
            self.group(group)
        self.documents.sort(key=lambda document: document.url)
        if self.documents:
            write_documents(self.out / "documents" / shard.name, self.documents)
        write_dropped(self.out / "dropped" / shard.name, self.ledger.dropped)
        write_table(self.out / "pages" / shard.name, pa.Table.from_pylist(self.pages, PAGE_SCHEMA))
        write_table(self.out / "posts" / shard.name, pa.Table.from_pylist(self.posts, POST_SCHEMA))
        return shard.site, self.ledger.close(), self.account, [document.id for document in self.documents]

    def group(self, captures: tuple[Capture, ...]) -> None:
        """Pages with one thread in common, or a single page."""
        thread: list[tuple[Capture, Reading, ThreadPage]] = []
        for capture in captures:
            reading = read(capture, read_page(self.snapshot, capture), self.config)
            self.ledger.receive(reading.decoded.text)
            self.account.read(reading)
            found = reading.found
            if isinstance(found, ThreadPage):
                thread.append((capture, reading, found))
            elif isinstance(found, Article):
                self.article(capture, reading, found)
            else:
                self.drop(capture, reading, found)
        if thread:
            self.thread(thread)

    def article(self, capture: Capture, reading: Reading, found: Article) -> None:
        if len(found.text) < self.config.min_chars:
            self.drop(capture, reading, DropReason.NO_MAIN_TEXT, measured=len(found.text))
            return
        document = self.document("article", capture.url, reading, found.title, found.text, found.created, 1)
        self.keep(document, [(capture, reading)])

    def thread(self, found: list[tuple[Capture, Reading, ThreadPage]]) -> None:
        merged = merge([page for _, _, page in found])
        first = found[0][2].thread
        pages = [(capture, reading) for capture, reading, _ in found]
        id = document_id(self.site, first)
        used = [page for place, page in enumerate(pages) if place not in merged.aliases]
        if len(merged.text) < self.config.min_post_chars:
            for capture, reading in pages:
                self.drop(capture, reading, DropReason.NO_MAIN_TEXT, measured=len(merged.text))
            return
        for place in merged.aliases:
            self.drop(*pages[place], DropReason.ALIAS, kept_id=id)
        document = self.document("thread", first, used[0][1], merged.title, merged.text, merged.created, len(used))
        self.keep(document, used)
        self.tell_posts(document, merged)

    def document(
        self, kind: str, url: str, reading: Reading, title: str | None, text: str, created: str | None, parts: int
    ) -> Document:
        return Document(
            id=document_id(self.site, url),
            source=self.site,
            url=url,
            title=title,
            text=text,
            created=created,
            licence=reading.licence or self.licences.get(self.site, "unknown"),
            kind=kind,
            variant=variant_of(text, reading.lang, reading.decoded.used, reading.host),
            label=None,
            parts=parts,
        )

    def keep(self, document: Document, pages: list[tuple[Capture, Reading]]) -> None:
        self.documents.append(document)
        self.ledger.use(len(pages))
        self.ledger.edit("markup", sum(len(reading.decoded.text) for _, reading in pages), len(document.text))
        self.ledger.emit(document, len(pages))
        for capture, reading in pages:
            self.tell_page(capture, reading, document.id)

    def drop(
        self,
        capture: Capture,
        reading: Reading,
        reason: DropReason,
        measured: float | None = None,
        kept_id: str | None = None,
    ) -> None:
        id = document_id(self.site, capture.url)
        self.ledger.drop(id, reason, reading.decoded.text, measured=measured, kept_id=kept_id)
        self.tell_page(capture, reading, None)

    def tell_page(self, capture: Capture, reading: Reading, document: str | None) -> None:
        decoded = reading.decoded
        self.pages.append(
            {
                "url": capture.url,
                "document": document,
                "kind": reading.kind,
                "declared": decoded.declared,
                "encoding": decoded.used,
                "replaced": decoded.replaced,
            }
        )

    def tell_posts(self, document: Document, thread: Thread) -> None:
        self.account.posts += len(thread.posts)
        for post in thread.posts:
            row = {"document": document.id, "floor": post.floor, "url": document.url, "created": post.created}
            self.posts.append({**row, "text": post.text})


def cut(captures: list[Capture], shard_pages: int) -> list[Shard]:
    """Shards of about so many pages; a thread is never cut, and no shard holds two sites."""
    placed = sorted(
        (
            (capture.site, thread_of(capture.platform, capture.url) or capture.url, capture.url, capture)
            for capture in captures
        ),
        key=lambda item: item[:3],
    )
    shards = []
    for site, of_site in groupby(placed, key=lambda item: item[0]):
        number, pages, groups = 0, 0, list[tuple[Capture, ...]]()
        for _, group in groupby(of_site, key=lambda item: item[1]):
            groups.append(tuple(item[3] for item in group))
            pages += len(groups[-1])
            if pages >= shard_pages:
                shards.append(Shard(site, number, tuple(groups)))
                number, pages, groups = number + 1, 0, []
        if groups:
            shards.append(Shard(site, number, tuple(groups)))
    return shards


def run(job: Job) -> Metrics:
    config, crawl = job.section(ExtractConfig), job.section(CrawlConfig)
    snapshot, out = job.input("snapshot"), job.output()
    for folder in ("documents", "dropped", "pages", "posts"):
        (out / folder).mkdir()
    shards = cut([capture for capture in read_manifest(snapshot) if capture.reason is None], config.shard_pages)
    licences = {name: site.licence for name, site in crawl.sites.items()}
    tallies, account, ids = dict[str, Tally](), Account(), IdRegister()
    for site, tally, of_shard, found in map_shards(job.engine, ShardExtract(config, licences, snapshot, out), shards):
        tallies[site] = tallies.get(site, Tally()) + tally
        account.add(of_shard)
        ids.extend(found)
        job.say(f"{site}: {tally.units_in:,} pages, {tally.outputs:,} documents")
    ids.close()
    metrics = ledger_metrics(STAGE.name, "page", list(tallies.values()))
    metrics["by_source"] = {
        site: {
            "licence": licences.get(site, "unknown"),
            "documents": tally.outputs,
            "characters": tally.chars_out,
        }
        for site, tally in tallies.items()
    }
    return metrics | account.to_json()


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
