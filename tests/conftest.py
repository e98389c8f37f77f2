"""Shared fixtures: parameters from conf/ as files, stages run in this process, the smoke corpus run once."""

import importlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from omegaconf import OmegaConf

from pipeline.contract.document import Document, document_id
from pipeline.core.stage import OFFLINE, QUIET, main
from tests.builds import built_once

ROOT = Path(__file__).resolve().parents[1]
DATA_SECTIONS = {
    "engine": "local",
    "base": "gpt2",
    "corpus": "smoke",
    "normalise": "hans",
    "filter": "chinese",
    "dedup": "minhash",
    "split": "default",
}
DATA_CHAIN = ("corpus", "normalise", "filter", "dedup", "split")

LONGEST_FIRST = (
    "tests/test_pipeline.py",
    "tests/stages/test_train.py",
    "tests/sweeps/test_overlay.py",
    "tests/crawler/test_resume.py",
    "tests/crawler/test_politeness.py",
    "tests/crawler/test_hostile.py",
    "tests/crawler/test_hostile_extract.py",
    "tests/stages/test_wiki.py",
    "tests/stages/test_tokenizer.py",
    "tests/model/test_attention.py",
    "tests/sweeps/test_micro_batch.py",
    "tests/test_experiments.py",
)
"""Files that take longest; begun first, so that no process has a long one left when the others are done."""

# Before any test imports a Hugging Face library: no test may use the network.
os.environ.update({**QUIET, **OFFLINE})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {ROOT / name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


def data_params(file: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """params.yaml with the data stages' sections as conf/ has them, one worker, `changes` (dotted keys) laid over."""
    params = OmegaConf.create({"seed": 42})
    for section, option in DATA_SECTIONS.items():
        params[section] = OmegaConf.load(ROOT / "conf" / section / f"{option}.yaml")
    params.engine.workers = 1
    for source in params.corpus.sources.values():
        source.location = str(ROOT / source.location)
    OmegaConf.resolve(params)
    for key, value in (changes or {}).items():
        OmegaConf.update(params, key, value, merge=False, force_add=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(OmegaConf.to_yaml(params), encoding="utf-8")
    return file


def call_stage(name: str, *arguments: object) -> int:
    """Exit status of the stage's command with these arguments, run in this process."""
    package = "crawler" if name in ("crawl", "extract") else "pipeline.stages"
    module = importlib.import_module(f"{package}.{name}")
    return main(module.STAGE, module.run, [str(argument) for argument in arguments])


@dataclass(frozen=True)
class DataRun:
    """The data stages' folders and metrics."""

    folder: Path

    @cached_property
    def metrics(self) -> dict[str, dict[str, Any]]:
        return {name: json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8")) for name in DATA_CHAIN}

    def rows(self, place: str) -> list[dict[str, Any]]:
        """Rows of all shards of a folder such as `split/train`, in shard order."""
        return [row for shard in sorted((self.folder / place).glob("*.parquet")) for row in read_rows(shard)]


def read_rows(shard: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(shard, partitioning=None).to_pylist()
    return rows


def run_data_chain(folder: Path, workers: int) -> DataRun:
    """corpus … split on the smoke corpus; every stage must succeed."""
    params = data_params(folder / "params.yaml", {"engine.workers": workers})
    before = ""
    for name in DATA_CHAIN:
        arguments: list[object] = ["--params", params, "--metrics", folder / f"{name}.json", "--out", folder / name]
        if before:
            arguments += ["--documents", folder / before / "documents"]
        if name == "split":
            arguments += ["--clusters", folder / before / "clusters"]
        assert call_stage(name, *arguments) == 0
        before = name
    return DataRun(folder)


@pytest.fixture
def params_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes params.yaml for the data stages; keyword `changes` maps dotted keys to values."""
    return lambda changes=None, name="params.yaml": data_params(tmp_path / name, changes)


@pytest.fixture
def stage() -> Callable[..., int]:
    """`stage("filter", "--documents", …)` runs a stage and returns its exit status."""
    return call_stage


@pytest.fixture
def rows() -> Callable[[Path], list[dict[str, Any]]]:
    """All rows of one Parquet file."""
    return read_rows


@pytest.fixture(scope="session")
def smoke_data(tmp_path_factory: pytest.TempPathFactory) -> DataRun:
    """The data stages over the smoke corpus, run once with one worker."""
    return DataRun(built_once(tmp_path_factory, "smoke", partial(run_data_chain, workers=1)))


@pytest.fixture(scope="session")
def smoke_data_two_workers(tmp_path_factory: pytest.TempPathFactory) -> DataRun:
    """The same with two workers."""
    return DataRun(built_once(tmp_path_factory, "smoke2", partial(run_data_chain, workers=2)))


@pytest.fixture
def document() -> Callable[..., Document]:
    """A document of source `s`: `document("文", id="1", kind="review")`."""

    def make(text: str, id: str = "1", **fields: Any) -> Document:
        values: dict[str, Any] = {
            "id": document_id("s", id),
            "source": "s",
            "url": f"test:{id}",
            "title": None,
            "created": None,
            "licence": "unknown",
            "kind": "article",
            "variant": "und",
            "label": None,
            "parts": 1,
        }
        return Document(text=text, **{**values, **fields})

    return make
