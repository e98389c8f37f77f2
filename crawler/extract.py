"""extract: a crawl snapshot to documents: each article's main text, each thread's posts, in order and told apart.

Opens no socket. Pages of a site are read in the order of their addresses, all pages of a thread together; what gives
no document is dropped with its reason. Of pages of a shard with one text, the first by its address is kept.
"""

from crawler.documents.page_statistics import PageStatistics
from crawler.documents.shard_extract import FOLDERS, ShardExtract
from crawler.documents.shards import cut
from crawler.warc.reader import read_manifest
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.shards import IdRegister
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.extract import ExtractConfig

STAGE = Stage(
    name="extract",
    doc=__doc__,
    sections={"crawl": CrawlConfig, "extract": ExtractConfig},
    inputs={"snapshot": "what the crawl stage wrote: crawl.jsonl and warc/"},
    outputs={"out": Output("folder for documents/, dropped/, pages/ and posts/")},
)


def run(job: Job) -> Metrics:
    config, crawl = job.section(ExtractConfig), job.section(CrawlConfig)
    snapshot, out = job.input("snapshot"), job.output()
    for folder in FOLDERS:
        (out / folder).mkdir()
    shards = cut([capture for capture in read_manifest(snapshot) if capture.reason is None], config.shard_pages)
    licences = {name: site.licence for name, site in crawl.sites.items()}
    extract = ShardExtract(STAGE.name, config, licences, snapshot, out)
    tallies, statistics, ids = dict[str, Tally](), PageStatistics(), IdRegister()
    for site, tally, of_shard, found in map_shards(job.engine, extract, shards):
        tallies[site] = tallies.get(site, Tally()) + tally
        statistics.add(of_shard)
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
    return metrics | statistics.to_json()


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
