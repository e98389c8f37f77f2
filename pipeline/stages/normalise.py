"""normalise: the importers' documents with clean Unicode and in one script; ids, order and shard names stay."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from pipeline.contract.document import Document
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.engine import map_shards
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import IdRegister, list_shards, read_documents, write_documents, write_dropped
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.normalise import NormaliseConfig, Script

STAGE = Stage(
    name="normalise",
    doc=__doc__,
    sections={"normalise": NormaliseConfig},
    inputs={"documents": "folders of imported shards (one or several importers)"},
    outputs={"out": Output("folder for documents/ and dropped/")},
)
Changes = dict[str, list[int]]
"""Rule -> [documents changed, characters changed]."""


def convert_script(document: Document, config: NormaliseConfig) -> Document:
    """The document in the target script, its variant set; texts already there are left alone.

    Text is converted to Simplified if it holds any exclusively Traditional character (Simplified text comes
    through unchanged), to Traditional only if Simplified characters prevail (皇后 must not become 皇後).
    """
    from pipeline.text.script import SIMPLIFIED, TRADITIONAL, converter, script_counts, script_of

    if config.script is Script.keep:
        return document
    target, names = (
        (SIMPLIFIED, config.opencc_hans) if config.script is Script.hans else (TRADITIONAL, config.opencc_hant)
    )
    if document.variant.startswith(target):
        return document
    script = script_of(document.text, document.variant)
    if script == SIMPLIFIED == target and script_counts(document.text)[1]:
        # OpenCC knows 顯著 but not 显著: a configuration that turns every other 著 into 着 would spoil it.
        return replace(document, text=converter(names["mixed"]).convert(document.text), variant=target)
    if script is None or script == target:
        return replace(document, variant=document.variant if script is None else target)
    name = names.get(document.variant, names["default"])
    return replace(document, text=converter(name).convert(document.text), variant=target)


class ShardNormaliser:
    """Normalises one shard; callable in a worker."""

    def __init__(self, config: NormaliseConfig, out: Path) -> None:
        self.config, self.out = config, out

    def __call__(self, shard: Path) -> tuple[Tally, Changes, list[str]]:
        from pipeline.text.cleaning import cleaning_rules

        config = self.config
        rules = cleaning_rules(config.full_width_latin, config.chinese_spaces, config.max_blank_lines)
        ledger = Ledger(STAGE.name)
        documents: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        kept, ids = [], []
        for document in read_documents(shard):
            ids.append(document.id)
            ledger.receive(document.text)
            text = document.text
            lengths = [len(text)]
            for name, rule in rules.items():
                text, changed = rule(text)
                lengths.append(len(text))
                documents[name] += changed > 0
                characters[name] += changed
            if not text:
                ledger.drop(document.id, DropReason.EMPTY_AFTER_CLEANING, document.text)
                continue
            for name, before, after in zip(rules, lengths, lengths[1:], strict=False):
                ledger.edit(name, before, after)
            converted = convert_script(replace(document, text=text), config)
            if converted.text != text:
                documents["OPENCC"] += 1
                characters["OPENCC"] += sum(a != b for a, b in zip(text, converted.text, strict=False))
            ledger.edit("OPENCC", len(text), len(converted.text))
            ledger.use()
            ledger.emit(converted)
            kept.append(converted)
        write_documents(self.out / "documents" / shard.name, kept)
        write_dropped(self.out / "dropped" / shard.name, ledger.dropped)
        changes = {name: [documents[name], characters[name]] for name in [*rules, "OPENCC"]}
        return ledger.close(), changes, ids


def run(job: Job) -> Metrics:
    from pipeline.text.script import converter

    config = job.section(NormaliseConfig)
    try:
        for name in (*config.opencc_hans.values(), *config.opencc_hant.values()):
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
