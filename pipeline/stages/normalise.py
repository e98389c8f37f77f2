"""normalise: the importers' documents with clean Unicode and in one script; ids, order and shard names stay."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, list_shards, read_documents, write_documents, write_dropped
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.normalise import NormaliseConfig, Script

if TYPE_CHECKING:
    from pipeline.text.script_conversion import ScriptConversion

STAGE = Stage(
    name="normalise",
    doc=__doc__,
    sections={"normalise": NormaliseConfig},
    inputs={"documents": "folders of imported shards (one or several importers)"},
    outputs={"out": Output("folder for documents/ and dropped/")},
)
OPENCC_STANDARD = {"zh-TW": "s2tw", "zh-HK": "s2hk", "opencc": "s2t"}
"""Standard of Traditional characters -> OpenCC's configuration."""
Changes = dict[str, list[int]]
"""Rule -> [documents changed, characters changed]."""


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

    def __call__(self, shard: Path) -> tuple[Tally, Changes, list[str]]:
        from pipeline.text.cleaner import Cleaner

        cleaner = Cleaner(self.config)
        convert = script_conversion(self.config)
        ledger = Ledger(STAGE.name)
        documents: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        kept, ids = [], []
        for document in read_documents(shard):
            ids.append(document.id)
            ledger.receive(document.text)
            text, edits = cleaner.clean(document.text)
            for edit in edits:
                documents[edit.rule] += 1
                characters[edit.rule] += edit.changed
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
                documents["OPENCC"] += 1
                characters["OPENCC"] += sum(a != b for a, b in zip(text, converted.text, strict=False))
            ledger.edit("OPENCC", len(text), len(converted.text))
            ledger.use()
            ledger.emit(converted)
            kept.append(converted)
        write_documents(self.out / "documents" / shard.name, kept)
        write_dropped(self.out / "dropped" / shard.name, ledger.dropped)
        changes = {name: [documents[name], characters[name]] for name in [*cleaner.names, "OPENCC"]}
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
    total: Changes = {}
    for tally, changes, shard_ids in map_shards(job.engine, ShardNormaliser(config, job.output()), shards):
        tallies.append(tally)
        ids.extend(shard_ids)
        for name, counts in changes.items():
            total[name] = [a + b for a, b in zip(total.get(name, [0, 0]), counts, strict=True)]
    ids.close()
    metrics = ledger_metrics(STAGE.name, "document", tallies)
    metrics["changed"] = {
        name: {"documents": documents, "characters": characters} for name, (documents, characters) in total.items()
    }
    return metrics


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
