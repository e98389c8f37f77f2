"""A site crawled from its home page and extracted by the stages' own commands, and how near a text comes to gold."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from omegaconf import OmegaConf

from tests.crawler.support.crawl_run import ROOT, Crawler, site

SHINGLE = 4
TIME_LIMIT_S = 300
"""Only a guard against hanging for ever."""


@dataclass
class Extracted:
    documents: dict[str, dict[str, Any]]
    """By address."""
    pages: list[dict[str, Any]]
    dropped: list[dict[str, Any]]
    crawled: list[dict[str, Any]]
    """Rows of crawl.jsonl."""

    def by_title(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.documents.values():
            found.setdefault(row["title"], []).append(row)
        return found


def crawl_and_extract(folder: Path, host: str, address: str, seed: str = "/", **changes: Any) -> Extracted:
    """What comes of a site named `host` that is served at `address` (127.0.0.1:port)."""
    home = f"http://{host}"
    crawl = Crawler(folder)(
        {
            "sites": {"site": site(home, **{"seeds": [home + seed], **changes})},
            "addresses": {f"{host}:80": address},
            "date": "2025-06-01T00:00:00Z",
        }
    )
    assert crawl.status == 0, crawl.said
    params = OmegaConf.load(folder / "crawl.yaml")
    params.extract = OmegaConf.load(ROOT / "conf/extract/chinese.yaml")
    params.engine.workers = 1
    OmegaConf.save(params, folder / "extract.yaml")
    out = folder / "extract"
    words = ["--snapshot", crawl.out, "--out", out, "--metrics", folder / "extract.json"]
    command = [sys.executable, "-m", "crawler.extract", *words, "--params", folder / "extract.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIME_LIMIT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    documents = {row["url"]: row for row in table(out / "documents")}
    return Extracted(documents, table(out / "pages"), table(out / "dropped"), crawl.rows)


def table(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def shingles(text: str) -> Counter[str]:
    joined = "".join(text.split())
    return Counter(joined[at : at + SHINGLE] for at in range(max(1, len(joined) - SHINGLE + 1)))


def f1(text: str, gold: str) -> float:
    """Over multisets of 4-character shingles, white space aside."""
    ours, other = shingles(text), shingles(gold)
    return 2 * (ours & other).total() / (ours.total() + other.total())
