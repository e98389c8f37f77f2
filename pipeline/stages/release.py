"""release: the model's folder as it is published, with a model card written from the run's own figures.

What is in the model's folder comes out with the same bytes; release.formats adds model.gguf and ollama's Modelfile.
README.md is the card: what the model is, how to load it, where its text came from and under which licences, how it
was made, its scores and its limits. LICENSE.md says the licences once more, where no single one holds for the model.
"""

import hashlib
import shutil
from pathlib import Path

from pipeline.contract.metrics import Json, Tally
from pipeline.core.errors import SourceError
from pipeline.core.shards import write_text
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.base import BaseConfig
from pipeline.schema.model import ModelConfig
from pipeline.schema.pack import PackConfig
from pipeline.schema.release import ReleaseConfig, against_gguf
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.schema.train import TrainConfig

STAGE = Stage(
    name="release",
    doc=__doc__,
    sections={
        "base": BaseConfig,
        "model": ModelConfig,
        "pack": PackConfig,
        "release": ReleaseConfig,
        "tokenizer": TokenizerConfig,
        "train": TrainConfig,
    },
    inputs={
        "model": "folder of the trained model with its tokenizer (train)",
        "split": "folder with train/, validation/, test/ and task/ (split): origins and licences of the texts",
        "dropped": "dropped/ folders of the stages between the importers and split",
        "figures": "the stages' metrics files (<stage>.json), or folders of them",
        "evaluation": "folder that evaluate wrote",
    },
    outputs={"out": Output("folder to publish: the model's files, further formats and README.md")},
)
CARD = "README.md"
LICENCE = "LICENSE.md"
OTHER_PARTS = ("validation", "test", "task")


def run(job: Job) -> Metrics:
    from pipeline.card.facts import Facts, ModelFile
    from pipeline.card.funnel import dropped_by_source, source_rows
    from pipeline.card.licences import model_licence
    from pipeline.card.page import by_licence, render, render_licence
    from pipeline.card.sources import documents_by_source, holdings
    from pipeline.formats.further import write_further
    from pipeline.formats.gguf_file import About
    from pipeline.reporting.inputs import read_evaluation, read_figures, read_json

    config, split, model, out = job.section(ReleaseConfig), job.input("split"), job.input("model"), job.output()
    paths = model_files(model)
    figures = read_figures(job.inputs["figures"])
    held = holdings(split / "train")
    kept = documents_by_source(held, (split / part for part in OTHER_PARTS))
    licence = model_licence({row.licence for row in held}, config.licence)
    link = LICENCE if licence.name else None
    about = About(config.name, licence.hub, licence.name, link, config.languages, config.tags)
    for path in paths:
        shutil.copyfile(path, out / path.name)  # copied, not linked: who edits the release must not change the model
    against = against_gguf(job.section(TokenizerConfig), job.section(ModelConfig))
    further = write_further(model, out, config, about, against)
    written = [out / path.name for path in paths] + further
    facts = Facts(
        config=config,
        base=job.section(BaseConfig),
        model=job.section(ModelConfig),
        train=job.section(TrainConfig),
        pack=job.section(PackConfig),
        tokenizer=job.section(TokenizerConfig),
        licence=licence,
        licence_link=link,
        files=[ModelFile(path.name, path.stat().st_size, digest(path)) for path in sorted(written)],
        shape=read_json(model / "config.json"),
        vocabulary=read_json(model / "wenyuan.json"),
        figures=figures,
        evaluation=read_evaluation(job.input("evaluation")),
        holdings=held,
        rows=source_rows(figures, dropped_by_source(job.inputs["dropped"]), kept),
    )
    card = render(facts)
    write_text(out / CARD, card)
    if link:
        write_text(out / link, render_licence(facts))
    outputs = len(list(out.iterdir()))
    job.say(f"{outputs} files, among them a card of {len(card):,} characters; licence {licence.hub}")
    licences: dict[str, Json] = {
        name: {"documents": documents, "characters": characters} for name, documents, characters in by_licence(held)
    }
    tally = Tally(units_in=len(paths), used=len(paths), outputs=outputs, parts=len(paths))
    return {**ledger_metrics(STAGE.name, "file", [tally]), "licence": licence.hub, "licences": licences}


def model_files(folder: Path) -> list[Path]:
    """All files of the model's folder, by name; SourceError where it is none that transformers could load."""
    found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    names = {path.name for path in found}
    for needed in ("config.json", "tokenizer.json", "tokenizer_config.json", "wenyuan.json"):
        if needed not in names:
            raise SourceError(f"{folder / needed}: no such file; --model takes the folder that train wrote")
    if not any(name.endswith(".safetensors") for name in names):
        raise SourceError(f"{folder}: no weights (*.safetensors); --model takes the folder that train wrote")
    odd = [path for path in found if not path.is_file()]
    if odd:
        raise SourceError(f"{odd[0]}: not a file; a model's folder holds files alone")
    for ours in (CARD, LICENCE, "model.gguf", "Modelfile"):
        if ours in names:
            raise SourceError(f"{folder / ours}: the model's folder has one already; the release writes its own")
    return found


def digest(path: Path) -> str:
    """sha256 of what was written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
