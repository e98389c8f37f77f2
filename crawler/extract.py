"""extract: a crawl snapshot to documents: each article's main text, each thread's posts, in order and told apart.

Opens no socket. Pages of a site are read in the order of their addresses, all pages of a thread together; what gives
no document is dropped with its reason. Of pages of a shard with one text, the first by its address is kept.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from crawler.extraction.page import Article, ThreadPage
from crawler.extraction.paging import join, place, title_key
from crawler.extraction.threads import Thread, merge
from crawler.extraction.variants import variant_of
from crawler.platforms.reading import Reading, read, unread
from crawler.platforms.registry import thread_of
from crawler.warc.content_encoding import Broken, TooLarge
from crawler.warc.format import Capture
from crawler.warc.reader import read_manifest, read_page
from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Json, Tally
from pipeline.core.engine import map_shards
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, write_documents, write_dropped, write_table
from pipeline.core.stage import Job, Metrics, Stage, ledger_metrics, main
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.extract import ExtractConfig
from pipeline.text.language import chinese_share

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
        pa.field("author", pa.string()),
    ]
)
"""A row a page that the crawl kept; `document` is null if it gave none, `author` unless `extract.authors` is set."""
POST_SCHEMA = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("floor", pa.int64(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("created", pa.string()),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("author", pa.string()),
    ]
)
"""A row a post, in the order of the document's text; `author` is null unless `extract.authors` is set."""


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
    faults: Counter[str] = field(default_factory=Counter)
    declared_wrong: int = 0
    undeclared: int = 0
    replaced: int = 0
    posts: int = 0

    def read(self, reading: Reading) -> None:
        self.encodings[reading.decoded.used] += 1
        self.kinds[reading.kind] += 1
        self.faults.update([reading.fault] if reading.fault else [])
        self.declared_wrong += reading.decoded.declared_wrong
        self.undeclared += reading.decoded.declared is None
        self.replaced += reading.decoded.replaced

    def add(self, other: "Account") -> None:
        self.encodings += other.encodings
        self.kinds += other.kinds
        self.faults += other.faults
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
            "page_faults": dict(sorted(self.faults.items())),
            "posts": self.posts,
        }


class ShardExtract:
    """Reads one shard's pages; callable in a worker."""

    def __init__(self, config: ExtractConfig, licences: dict[str, str], snapshot: Path, out: Path) -> None:
        self.config, self.licences, self.snapshot, self.out = config, licences, snapshot, out

    def __call__(self, shard: Shard) -> tuple[str, Tally, Account, list[str]]:
        """The site, the shard's ledger, its account and the ids of its documents."""
        self.ledger, self.account = Ledger(STAGE.name), Account()
        self.site, self.documents, self.kept = shard.site, list[Document](), dict[bytes, str]()
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
        """Pages that may show one thread or one article in parts, or a single page."""
        threads: dict[tuple[str, str], list[tuple[Capture, Reading, ThreadPage]]] = {}
        articles: dict[tuple[str, str], list[tuple[Capture, Reading, Article]]] = {}
        for capture in captures:
            reading = self.read(capture)
            self.ledger.receive(reading.decoded.text)
            self.account.read(reading)
            found = reading.found
            if isinstance(found, ThreadPage):
                known = reading.kind != "article"  # an engine's address says it all
                key = found.thread, "" if known else title_key(found.title)
                threads.setdefault(key, []).append((capture, reading, found))
            elif isinstance(found, Article):
                key = place(capture.url)[0], title_key(found.title)
                articles.setdefault(key, []).append((capture, reading, found))
            else:
                self.drop(capture, reading, found)
        for pages in articles.values():
            self.articles(pages)
        for thread in threads.values():
            self.thread(thread)

    def articles(self, pages: list[tuple[Capture, Reading, Article]]) -> None:
        """Pages of one title at addresses that differ by a page number: one article if the first is among them."""
        pages.sort(key=lambda page: (place(page[0].url)[1], page[0].url))
        numbers = [place(capture.url)[1] for capture, _, _ in pages]
        titled = bool(title_key(pages[0][2].title))
        if len(pages) == 1 or not titled or numbers[0] != 1 or len(set(numbers)) < len(numbers):
            for page in pages:
                self.article([page])
        else:
            self.article(pages)

    def read(self, capture: Capture) -> Reading:
        try:
            page = read_page(self.snapshot, capture)
        except TooLarge:
            return unread(capture, DropReason.TOO_LARGE)
        except Broken:
            return unread(capture, DropReason.BROKEN_BODY)
        return read(capture, page, self.config)

    def refusal(self, text: str, min_chars: int) -> tuple[DropReason, float | None, str | None] | None:
        """Why a text is no document: the reason, what was measured, the document that has the same text."""
        if len(text) < min_chars:
            return DropReason.NO_MAIN_TEXT, len(text), None
        share = chinese_share(text)
        if share < self.config.min_chinese:
            return DropReason.NOT_CHINESE, share, None
        same = self.kept.get(_digest(text))
        return (DropReason.EXACT_DUPLICATE, 1.0, same) if same else None

    def article(self, pages: list[tuple[Capture, Reading, Article]]) -> None:
        capture, reading, found = pages[0]
        texts = join([page.text for _, _, page in pages])
        text = "\n".join(filter(None, texts))
        refused = self.refusal(text, self.config.min_chars)
        if refused:
            for page in pages:
                self.drop(page[0], page[1], *refused)
            return
        used = [page[:2] for page, own in zip(pages, texts, strict=True) if own]
        document = self.document("article", capture.url, reading, found.title, text, found.created, len(used))
        for page, own in zip(pages, texts, strict=True):
            if not own:
                self.drop(page[0], page[1], DropReason.ALIAS, kept_id=document.id)
        self.keep(document, used)

    def thread(self, found: list[tuple[Capture, Reading, ThreadPage]]) -> None:
        merged = merge([page for _, _, page in found])
        first = first_address(found)
        pages = [(capture, reading) for capture, reading, _ in found]
        id = document_id(self.site, first)
        used = [page for at, page in enumerate(pages) if at not in merged.aliases]
        refused = self.refusal(merged.text, self.config.min_post_chars)
        if refused:
            for capture, reading in pages:
                self.drop(capture, reading, *refused)
            return
        for alias in merged.aliases:
            self.drop(*pages[alias], DropReason.ALIAS, kept_id=id)
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
        self.kept[_digest(document.text)] = document.id
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
        decoded, found = reading.decoded, reading.found
        author = found.author if self.config.authors and isinstance(found, Article) else None
        self.pages.append(
            {
                "url": capture.url,
                "document": document,
                "kind": reading.kind,
                "declared": decoded.declared,
                "encoding": decoded.used,
                "replaced": decoded.replaced,
                "author": author,
            }
        )

    def tell_posts(self, document: Document, thread: Thread) -> None:
        self.account.posts += len(thread.posts)
        for post in thread.posts:
            row = {"document": document.id, "floor": post.floor, "url": document.url, "created": post.created}
            author = post.author if self.config.authors else None
            self.posts.append({**row, "text": post.text, "author": author})


def first_address(found: list[tuple[Capture, Reading, ThreadPage]]) -> str:
    """Of a thread: as its engine writes it; where no engine is known, of the first page that was fetched."""
    if found[0][1].kind != "article":
        return found[0][2].thread
    return min((page.number, capture.url) for capture, _, page in found)[1]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def cut(captures: list[Capture], shard_pages: int) -> list[Shard]:
    """Shards of about so many pages; a thread is never cut, and no shard holds two sites."""
    placed = sorted(
        ((capture.site, thread_of(capture.platform, capture.url), capture.url, capture) for capture in captures),
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
