"""wiki: a MediaWiki dump to documents, each page's text clean, in one variant of Chinese, with title, URL and time.

Two passes over the dump, span by span: the first collects its templates and conversion groups, the second reads the
pages. Redirects, disambiguations, lists, stubs, other namespaces and what is damaged are dropped with their reason.
"""

from pathlib import Path

from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ConfigError, ContractError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, write_documents, write_dropped
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.wiki import OnDamage, WikiConfig
from pipeline.wiki.account import Account
from pipeline.wiki.dump import Dump
from pipeline.wiki.export import Damage, Page, read_pages
from pipeline.wiki.siteinfo import SiteInfo
from pipeline.wiki.spans import Span, cut

STAGE = Stage(
    name="wiki",
    doc=__doc__,
    sections={"wiki": WikiConfig},
    inputs={"dump": "the dump (.xml, .bz2, .gz, .zst) or a folder of its parts"},
    outputs={"out": Output("folder for documents/ and dropped/")},
)
KIND = "article"
SHARD_DROPPED = 100_000
"""Dropped rows in memory at most."""
SAID_SPANS = 10
"""A line of progress every so many spans."""


class Collector:
    """First pass over one span: its templates and groups go to a store of their own; callable in a worker."""

    def __init__(self, config: WikiConfig, site: SiteInfo, scratch: Path) -> None:
        self.config, self.site, self.scratch = config, site, scratch

    def __call__(self, span: Span) -> Path:
        from pipeline.wiki.reading import dictionaries
        from pipeline.wiki.store import MODULE, TEMPLATE, StoreWriter

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

    def __call__(self, span: Span) -> tuple[Tally, Account, list[str]]:
        """The span's ledger, its account and the ids of its documents."""
        from pipeline.wiki.reading import is_chinese, reader, selection
        from pipeline.wiki.variants import TAGS

        self.reader, self.selection = reader(self.config, self.site, self.store), selection(self.config)
        self.variant = TAGS[self.config.variant.name] if is_chinese(self.site) else "und"
        self.ledger = Ledger(STAGE.name)
        self.account = Account()
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
        return self.ledger.close(), self.account, ids

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
        from pipeline.wiki.expansion import PageName

        ledger, id, source = self.ledger, self.id(page.id), page.text or ""
        ledger.receive(source)
        reason = self.selection.drop(page.namespace, page.title, page.redirect, page.model, page.text)
        if reason is not None:
            ledger.drop(id, reason, source)
            return None
        namespace = self.site.namespaces.get(page.namespace, "")
        article = self.reader.read(source, PageName(page.title, namespace, self.site.name))
        self.account.read(article.dropped, article.expanded, article.missing_groups)
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
            variant=self.variant if article.converted else "und",
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
        self.account.damaged(damage)


def run(job: Job) -> Metrics:
    config = job.section(WikiConfig)
    out = job.output()
    for folder in ("documents", "dropped"):
        (out / folder).mkdir()
    if not config.enabled:
        job.say("switched off (wiki.enabled)")
        return ledger_metrics(STAGE.name, "page", [])
    _check_dictionaries(config)
    with job.scratch() as scratch:
        return _import(job, config, out, scratch)


def _check_dictionaries(config: WikiConfig) -> None:
    from pipeline.text.script import converter

    for variant, scripts in config.opencc.items():
        for name in (scripts.hans, scripts.hant):
            try:
                converter(name)
            except ValueError as error:
                raise ConfigError(f"wiki.opencc.{variant}: {error}") from None


def _import(job: Job, config: WikiConfig, out: Path, scratch: Path) -> Metrics:
    from pipeline.wiki.store import merge

    dump = Dump.open(job.input("dump"), Path(config.checksums) if config.checksums else None)
    spans = cut(dump, config.span_bytes, scratch)
    job.say(f"{dump.siteinfo.database}, {len(dump.parts)} files, {len(spans)} spans")
    store = scratch / "templates.db"
    templates, groups = merge(map_shards(job.engine, Collector(config, dump.siteinfo, scratch), spans), store)
    job.say(f"{templates:,} templates that running text can come from, {groups:,} conversion groups")
    tallies, pages, account, ids = [], 0, Account(), IdRegister()
    imports = map_shards(job.engine, SpanImport(config, dump.siteinfo, store, out), spans)
    for number, (tally, span_account, span_ids) in enumerate(imports, start=1):
        tallies.append(tally)
        pages += tally.units_in
        account.add(span_account)
        ids.extend(span_ids)
        if number % SAID_SPANS == 0 or number == len(spans):
            job.say(f"{number}/{len(spans)} spans, {pages:,} pages")
    try:
        ids.close()
    except ContractError as error:
        raise SourceError(f"{job.input('dump')}: a page is in it twice; do two parts overlap? {error}") from None
    metrics = ledger_metrics(STAGE.name, "page", tallies)
    total = sum(tallies, Tally())
    metrics["by_source"] = {
        dump.siteinfo.database: {
            "licence": config.licence,
            "documents": total.outputs,
            "characters": total.chars_out,
        }
    }
    metrics["variant"] = config.variant.name
    metrics["templates_collected"] = templates
    metrics["conversion_groups"] = groups
    return metrics | account.to_json(config.shown_templates)


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
