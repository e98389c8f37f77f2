"""The sample site crawled by the stage, and what its makers say of it."""

import json
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from pipeline.core.compose import compose_params
from tests.conftest import call_stage

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "samples" / "site"


def rows(name: str) -> list[dict[str, Any]]:
    """`expected.jsonl` or `without.jsonl`."""
    return [json.loads(line) for line in (SITE / name).read_text(encoding="utf-8").splitlines()]


def sample_params(file: Path, **changes: object) -> Path:
    params = OmegaConf.create(OmegaConf.to_yaml(compose_params(["crawl=sample"])))
    params.crawl.serve = str(SITE)
    for key, value in changes.items():
        OmegaConf.update(params.crawl, key, value, merge=False)
    file.write_text(OmegaConf.to_yaml(params), encoding="utf-8")
    return file


def crawl_sample(folder: Path, **changes: object) -> Path:
    """`folder/crawl`, with its metrics and params.yaml beside it; run in the current folder."""
    folder.mkdir()
    params = sample_params(folder / "params.yaml", **changes)
    out = folder / "crawl"
    assert call_stage("crawl", "--out", out, "--metrics", folder / "crawl.json", "--params", params) == 0
    return out
