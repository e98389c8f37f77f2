"""base: GPT-2's tokenizer files from the pinned package, hub revision or folder, and optionally a base model.

Writes `tokenizer/` (vocab.json, merges.txt, checked by sha256), `model/` if conf names one, and `base.json`,
which says where each file came from.
"""

import importlib.metadata
import shutil
from pathlib import Path

from pipeline.contract.metrics import Tally
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.shards import write_json
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.base import BaseConfig, BaseKind

STAGE = Stage(
    name="base",
    doc=__doc__,
    sections={"base": BaseConfig},
    inputs={},
    outputs={"out": Output("folder for the base tokenizer and model")},
    network=True,
)
INDEX = "model.safetensors.index.json"
"""Says which of several weight files holds which tensor."""


def locate(config: BaseConfig, path: str) -> Path:
    """The file on this machine (fetched first if it is on the hub); SourceError says what is missing."""
    if config.kind is BaseKind.hub:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError

        try:
            return Path(hf_hub_download(config.location, path, revision=config.revision))
        except (HfHubHTTPError, OSError, ValueError) as error:
            raise SourceError(f"{config.location}@{config.revision}: {path}: {_one_line(error)}") from error
    if config.kind is BaseKind.path:
        return Path(config.location) / path
    try:
        distribution = importlib.metadata.distribution(config.location)
    except importlib.metadata.PackageNotFoundError:
        raise SourceError(f"package {config.location} is not installed; install requirements.lock") from None
    if distribution.version != config.revision:
        raise SourceError(f"package {config.location} is {distribution.version}, conf pins {config.revision}")
    return Path(str(distribution.locate_file(path)))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())  # the hub's errors are paragraphs


def copy_model(config: BaseConfig, out: Path) -> None:
    """The base model's folder: config.json and weights, from a folder or the hub."""
    assert config.model is not None
    source = Path(config.model)
    if not source.is_dir():
        if config.model_revision is None:
            raise ConfigError(f"base.model: {source} is no folder; for a hub model set base.model_revision")
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError

        try:
            wanted = ["config.json", "*.safetensors", INDEX]
            source = Path(snapshot_download(config.model, revision=config.model_revision, allow_patterns=wanted))
        except (HfHubHTTPError, OSError, ValueError) as error:
            raise SourceError(f"{config.model}@{config.model_revision}: {_one_line(error)}") from error
    weights = sorted(source.glob("*.safetensors"))
    files = [source / "config.json", *weights, *source.glob(INDEX)]
    if not weights or not files[0].exists():
        raise SourceError(f"{source}: config.json and a .safetensors file are expected")
    out.mkdir()
    for file in files:
        shutil.copyfile(file, out / file.name)


def run(job: Job) -> Metrics:
    from pipeline.sources.archive import check_sha256, sha256

    config = job.section(BaseConfig)
    out = job.output()
    tally = Tally()
    (out / "tokenizer").mkdir()
    digests = {}
    for name, path in config.files.items():
        source = locate(config, path)
        if not source.is_file():
            raise SourceError(f"{source}: no such file (base.files.{name})")
        if name in config.sha256:
            check_sha256(source, config.sha256[name])
        shutil.copyfile(source, out / "tokenizer" / name)
        digests[name] = sha256(source)
        tally += Tally(units_in=1, used=1, outputs=1, parts=1)
    if config.model is not None:
        copy_model(config, out / "model")
    write_json(
        out / "base.json",
        {
            "kind": config.kind.name,
            "location": config.location if config.kind is not BaseKind.path else Path(config.location).name,
            "revision": config.revision,
            "sha256": dict(digests),
            "model": config.model is not None,
        },
    )
    return ledger_metrics(STAGE.name, "file", [tally])


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
