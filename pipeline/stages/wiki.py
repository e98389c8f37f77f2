"""wiki: a MediaWiki dump to documents, each page's text clean, in one variant of Chinese, with title, URL and time.

Two passes over the dump, span by span: the first collects its templates and conversion groups, the second reads the
pages. Redirects, disambiguations, lists, stubs, other namespaces and what is damaged are dropped with their reason.
"""

from pathlib import Path

from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ConfigError, ContractError, SourceError
from pipeline.core.shards import IdRegister
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.wiki import WikiConfig
from pipeline.wiki.dump.parts import Dump
from pipeline.wiki.dump.spans import cut
from pipeline.wiki.import_statistics import ImportStatistics

STAGE = Stage(
    name="wiki",
    doc=__doc__,
    sections={"wiki": WikiConfig},
    inputs={"dump": "the dump (.xml, .bz2, .gz, .zst) or a folder of its parts"},
    outputs={"out": Output("folder for documents/ and dropped/")},
)
SAID_SPANS = 10
"""A line of progress every so many spans."""


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
    from pipeline.wiki.span_import import SpanImport, TemplateCollection
    from pipeline.wiki.wikitext.template_store import merge

    dump = Dump.open(job.input("dump"), Path(config.checksums) if config.checksums else None)
    spans = cut(dump, config.span_bytes, scratch)
    job.say(f"{dump.siteinfo.database}, {len(dump.parts)} files, {len(spans)} spans")
    store = scratch / "templates.db"
    collection = TemplateCollection(config, dump.siteinfo, scratch)
    templates, groups = merge(map_shards(job.engine, collection, spans), store)
    job.say(f"{templates:,} templates that running text can come from, {groups:,} conversion groups")
    tallies, pages, statistics, ids = [], 0, ImportStatistics(), IdRegister()
    imports = map_shards(job.engine, SpanImport(config, dump.siteinfo, store, out), spans)
    for number, (tally, span_statistics, span_ids) in enumerate(imports, start=1):
        tallies.append(tally)
        pages += tally.units_in
        statistics.add(span_statistics)
        ids.extend(span_ids)
        if number % SAID_SPANS == 0 or number == len(spans):
            job.say(f"{number}/{len(spans)} spans, {pages:,} pages")
    _say_damage(job, total := sum(tallies, Tally()), statistics)
    try:
        ids.close()
    except ContractError as error:
        raise SourceError(f"{job.input('dump')}: a page is in it twice; do two parts overlap? {error}") from None
    metrics = ledger_metrics(STAGE.name, "page", tallies)
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
    return metrics | statistics.to_json(config.shown_templates)


def _say_damage(job: Job, total: Tally, statistics: ImportStatistics) -> None:
    """What of the dump could not be read, so that a user who looks at no ledger knows it, too."""
    lost = total.dropped.get(DropReason.DAMAGED.name, 0)
    if lost:
        first = statistics.damage[0]
        page = f", {first.page}" if first.page else ""
        job.say(
            f"the dump is damaged: {lost:,} pages or stretches of it are dropped as DAMAGED (first: {first.place}"
            f"{page}: {first.cause}); get it again, or run with wiki.damage=stop"
        )


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
