"""filter: documents that break a quality rule go to dropped/, the others stay; every score is in scores/."""

from dataclasses import astuple, fields
from pathlib import Path

import pyarrow as pa

from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import list_shards, read_documents, write_documents, write_dropped, write_table
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.filter import FilterConfig

STAGE = Stage(
    name="filter",
    doc=__doc__,
    sections={"filter": FilterConfig},
    inputs={"documents": "folder of normalised shards"},
    outputs={"out": Output("folder for documents/, dropped/ and scores/ (id and features of every document)")},
)


class ShardFilter:
    """Filters one shard; callable in a worker."""

    def __init__(self, config: FilterConfig, out: Path) -> None:
        self.config, self.out = config, out

    def __call__(self, shard: Path) -> Tally:
        from pipeline.quality.features import Features, features
        from pipeline.quality.rules import broken_rule

        ledger = Ledger(STAGE.name)
        kept, scores = [], []
        for document in read_documents(shard):
            measured = features(document.text)
            scores.append((document.id, *astuple(measured)))
            ledger.receive(document.text)
            broken = broken_rule(measured, self.config.kinds.get(document.kind, self.config.default))
            if broken:
                reason, value = broken
                ledger.drop(document.id, reason, document.text, measured=value)
                continue
            ledger.use()
            ledger.emit(document)
            kept.append(document)
        names = ["id", *(field.name for field in fields(Features))]
        columns = [list(column) for column in zip(*scores, strict=True)] or [[] for _ in names]
        types = [pa.string(), pa.int64(), *[pa.float64()] * (len(names) - 2)]
        write_documents(self.out / "documents" / shard.name, kept)
        write_dropped(self.out / "dropped" / shard.name, ledger.dropped)
        write_table(
            self.out / "scores" / shard.name,
            pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names=names),
        )
        return ledger.close()


def run(job: Job) -> Metrics:
    shards = list_shards([job.input("documents")])
    work = ShardFilter(job.section(FilterConfig), job.output())
    metrics = ledger_metrics(STAGE.name, "document", list(map_shards(job.engine, work, shards)))
    if not metrics["out"]:
        raise SourceError("the rules drop every document; look at scores/ of a looser run and loosen conf/filter/")
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
