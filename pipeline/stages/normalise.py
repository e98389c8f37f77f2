"""normalise: the importers' documents with clean Unicode and in one script; ids, order and shard names stay."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, list_shards, read_documents, write_documents, write_dropped, write_json
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.normalise import NormaliseConfig, Script

if TYPE_CHECKING:
    from pipeline.text.script_conversion import ScriptConversion

STAGE = Stage(
    name="normalise",
    doc=__doc__,
    sections={"normalise": NormaliseConfig},
    inputs={"documents": "folders of imported shards (one or several importers)"},
    outputs={"out": Output("folder for documents/, dropped/ and changes.json")},
)
OPENCC_STANDARD = {"zh-TW": "s2tw", "zh-HK": "s2hk", "opencc": "s2t"}
"""Standard of Traditional characters -> OpenCC's configuration."""
MAX_EXAMPLES = 10


@dataclass
class Changes:
    """What one rule changed in a shard or in all."""

    documents: int = 0
    places: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)
    """The first documents' first places: id, before, after."""

    def book(self, id: str, places: int, before: str, after: str) -> None:
        from pipeline.text.difference import first_difference

        self.documents += 1
        self.places += places
        if len(self.examples) < MAX_EXAMPLES:
            old, new = first_difference(before, after)
            self.examples.append({"id": id, "before": old, "after": new})

    def add(self, other: "Changes") -> None:
        self.documents += other.documents
        self.places += other.places
        self.examples = [*self.examples, *other.examples][:MAX_EXAMPLES]


def script_conversion(config: NormaliseConfig) -> "ScriptConversion | None":
    """The conversion to the script of conf; None to keep every text as it came."""
    from pipeline.text.script import SIMPLIFIED, TRADITIONAL
    from pipeline.text.script_conversion import ScriptConversion

    if config.script is Script.keep:
        return None
    target = SIMPLIFIED if config.script is Script.hans else TRADITIONAL
    return ScriptConversion(target, config.opencc_hans, OPENCC_STANDARD[config.traditional.name])


class ShardNormaliser:
    """Normalises one shard; callable in a worker."""

    def __init__(self, config: NormaliseConfig, out: Path) -> None:
        self.config, self.out = config, out

    def __call__(self, shard: Path) -> tuple[Tally, dict[str, Changes], list[str]]:
        from pipeline.text.cleaner import Cleaner

        cleaner = Cleaner(self.config)
        convert = script_conversion(self.config)
        ledger = Ledger(STAGE.name)
        changes = {name: Changes() for name in [*cleaner.names, "OPENCC"]}
        kept, ids = [], []
        for document in read_documents(shard):
            ids.append(document.id)
            ledger.receive(document.text)
            text, edits = cleaner.clean(document.text)
            for edit in edits:
                changes[edit.rule].book(document.id, edit.changed, edit.before, edit.after)
            if not text:
                ledger.drop(document.id, DropReason.EMPTY_AFTER_CLEANING, document.text)
                continue
            for edit in edits:
                ledger.edit(edit.rule, len(edit.before), len(edit.after))
            converted = replace(document, text=text)
            if convert is not None:
                in_script, variant = convert(text, document.variant)
                converted = replace(document, text=in_script, variant=variant)
            if converted.text != text:
                places = sum(a != b for a, b in zip(text, converted.text, strict=False))
                changes["OPENCC"].book(document.id, places, text, converted.text)
            ledger.edit("OPENCC", len(text), len(converted.text))
            ledger.use()
            ledger.emit(converted)
            kept.append(converted)
        write_documents(self.out / "documents" / shard.name, kept)
        write_dropped(self.out / "dropped" / shard.name, ledger.dropped)
        return ledger.close(), changes, ids


def run(job: Job) -> Metrics:
    from pipeline.text.script import converter

    config = job.section(NormaliseConfig)
    try:
        for name in config.opencc_hans.values():
            converter(name)
    except ValueError as error:
        raise ConfigError(f"normalise: {error}") from None
    shards = list_shards(job.inputs["documents"])
    if not shards:
        raise SourceError("no importer wrote a shard; enable one of corpus, extract and wiki in conf/")
    ids, tallies = IdRegister(), []
    total: dict[str, Changes] = {}
    for tally, changes, shard_ids in map_shards(job.engine, ShardNormaliser(config, job.output()), shards):
        tallies.append(tally)
        ids.extend(shard_ids)
        for name, found in changes.items():
            total.setdefault(name, Changes()).add(found)
    ids.close()
    write_json(job.output() / "changes.json", {name: asdict(found) for name, found in total.items()})
    metrics = ledger_metrics(STAGE.name, "document", tallies)
    metrics["changed"] = {
        name: {"documents": found.documents, "characters": found.places} for name, found in total.items()
    }
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
