"""Keep the plan of a crawl, plan.json: its section of conf, for the workers and for a later run to compare."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from pipeline.core.config import load_section
from pipeline.core.errors import ConfigError
from pipeline.schema.crawl import CrawlConfig

PLAN = "plan.json"


def prepare_plan(config: CrawlConfig, folder: Path, say: Callable[[str], None]) -> str:
    """Write the plan for the workers; the crawl's date. A served site that has changed is crawled from its
    beginning."""
    served = _digest(Path(config.serve)) if config.serve else ""
    date = config.date or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if (folder / PLAN).exists():
        before = _load(folder)
        date = config.date or before["date"]
        changed = _changes(before["crawl"], _values(config))
        if config.serve and (changed or before["served"] != served):
            say("the sample site or its conf has changed; it is crawled from its beginning")
            shutil.rmtree(folder)
        else:
            say(f"goes on with {folder}" + (f"; changed since: {', '.join(changed)}" if changed else ""))
    write_plan(folder, config, {"served": served, "date": date})
    return date


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return sorted(key for key in new if old.get(key) != new[key])


def _values(config: CrawlConfig) -> Any:
    """The section as it is read back from the plan."""
    values = OmegaConf.to_container(OmegaConf.structured(config), enum_to_str=True)
    return json.loads(json.dumps(values, ensure_ascii=False))


def write_plan(folder: Path, config: CrawlConfig, extra: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{PLAN}.partial"
    partial.write_text(
        json.dumps({"crawl": _values(config), **extra}, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    os.replace(partial, folder / PLAN)


def read_plan(folder: Path) -> CrawlConfig:
    path = folder / PLAN
    if not path.exists():
        raise ConfigError(f"{path}: no such file; the crawl stage writes it, start that first")
    return load_section(OmegaConf.create(_load(folder)), "crawl", CrawlConfig, str(path))


def _load(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    return values


def _digest(folder: Path) -> str:
    """Of a served folder's routes and files."""
    from samples.server import Site  # not installed with the package: only a checkout has samples to serve

    digest = hashlib.blake2b(digest_size=16)
    for path in Site(folder).files():
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder)} {len(data)} ".encode() + data)
    return digest.hexdigest()
