"""The two passes over a span of a dump: collect its templates and conversion groups; make documents of its pages.

Both are callable in a worker, which alone loads the dictionaries and what compiles them (page_reader).
"""

from pathlib import Path

from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.errors import SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import write_documents, write_dropped
from pipeline.schema.wiki import OnDamage, WikiConfig
from pipeline.text.script import CONVERTED
from pipeline.wiki.dump.pages import Damage, Page, read_pages
from pipeline.wiki.dump.siteinfo import SiteInfo
from pipeline.wiki.dump.spans import Span
from pipeline.wiki.import_statistics import ImportStatistics
from pipeline.wiki.page_selection import PageSelection
from pipeline.wiki.variants.codes import TAGS
from pipeline.wiki.wikitext.magic_words import PageName
from pipeline.wiki.wikitext.template_store import MODULE, TEMPLATE, StoreWriter

KIND = "article"
SHARD_DROPPED = 100_000
"""Dropped rows in memory at most."""


class TemplateCollection:
    """First pass over one span: its templates and groups go to a store of their own; callable in a worker."""

    def __init__(self, config: WikiConfig, site: SiteInfo, scratch: Path) -> None:
        self.config, self.site, self.scratch = config, site, scratch

    def __call__(self, span: Span) -> Path:
        from pipeline.wiki.page_reader import dictionaries

        # What the second pass needs is loaded in the first: joblib's loky takes a worker that has grown by 300 MB
        # since its first task for a leak and starts another in its place.
        dictionaries(self.config, self.site)
        writer = StoreWriter(self.scratch / f"templates-{span.number:05d}.db", self.config.template_max_chars)
        for page in read_pages(span, frozenset({TEMPLATE, MODULE})):
            if isinstance(page, Page) and page.text is not None:
                writer.add(page.namespace, page.title, page.redirect, page.text)
        writer.close()
        return writer.path


class SpanImport:
    """Second pass over one span: its pages become a shard, seldom several; callable in a worker."""

    def __init__(self, config: WikiConfig, site: SiteInfo, store: Path, out: Path) -> None:
        self.config, self.site, self.store, self.out = config, site, store, out

    def __call__(self, span: Span) -> tuple[Tally, ImportStatistics, list[str]]:
        """The span's ledger, its statistics and the ids of its documents."""
        from pipeline.wiki.page_reader import is_chinese, page_reader

        self.reader, self.selection = page_reader(self.config, self.site, self.store), PageSelection(self.config)
        self.variant = TAGS[self.config.variant.name] if is_chinese(self.site) else "und"
        self.ledger = Ledger("wiki")
        self.statistics = ImportStatistics()
        self.name, self.shards = f"{self.site.database}-{span.number:05d}", 0
        ids, documents, chars = [], [], 0
        for page in read_pages(span):
            if isinstance(page, Damage):
                self.damaged(page)
            elif (document := self.document(page)) is not None:
                documents.append(document)
                ids.append(document.id)
                chars += len(document.text)
            if chars > self.config.shard_chars or len(self.ledger.dropped) > SHARD_DROPPED:
                self.flush(documents)
                documents, chars = [], 0
        if documents or self.ledger.dropped or not self.shards:
            self.flush(documents)
        return self.ledger.close(), self.statistics, ids

    def flush(self, documents: list[Document]) -> None:
        """Write what there is: a span that unpacks to very much becomes several shards, so that memory is bounded."""
        # `_` sorts after `.`: zhwiki-00007.parquet, zhwiki-00007_001.parquet, zhwiki-00008.parquet.
        name = f"{self.name}_{self.shards:03d}.parquet" if self.shards else f"{self.name}.parquet"
        if documents:
            write_documents(self.out / "documents" / name, documents)
        write_dropped(self.out / "dropped" / name, self.ledger.dropped)
        self.ledger.dropped.clear()
        self.shards += 1

    def id(self, key: object) -> str:
        return document_id(self.site.database, f"{self.site.database}:{key}")

    def document(self, page: Page) -> Document | None:
        """The page's document; None if it was dropped."""
        ledger, id, source = self.ledger, self.id(page.id), page.text or ""
        ledger.receive(source)
        reason = self.selection.drop(page)
        if reason is not None:
            ledger.drop(id, reason, source)
            return None
        namespace = self.site.namespaces.get(page.namespace, "")
        article = self.reader.read(source, PageName(page.title, namespace, self.site.name))
        self.statistics.add_page(article.dropped, article.expanded, article.missing_groups)
        if len(article.text) < self.config.min_chars:
            ledger.drop(id, DropReason.STUB, source, measured=len(article.text))
            return None
        for rule, before, after in article.lengths:
            ledger.edit(rule, before, after)
        document = Document(
            id=id,
            source=self.site.database,
            url=self.site.url(page.title),
            title=article.title,
            text=article.text,
            created=page.timestamp,
            licence=self.config.licence,
            kind=KIND,
            variant=self.variant + CONVERTED if article.converted and self.variant != "und" else "und",
            label=None,
            parts=1,
        )
        ledger.use()
        ledger.emit(document)
        return document

    def damaged(self, damage: Damage) -> None:
        if self.config.damage is OnDamage.stop:
            page = f", page {damage.page}" if damage.page else ""
            raise SourceError(f"{damage.place}{page}: {damage.cause} (wiki.damage=keep goes on without it)")
        source = damage.raw or damage.page or ""  # where nothing was read the dropped row holds the lost page's name
        self.ledger.receive(source)
        self.ledger.drop(self.id(f"{damage.place} {damage.page}"), DropReason.DAMAGED, source)
        self.statistics.add_damage(damage)
