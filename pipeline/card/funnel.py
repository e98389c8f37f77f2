"""The way of each source's documents: what the importers gave, what the rules dropped, what stays."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from pipeline.contract.drop import DROPPED_SCHEMA
from pipeline.core.errors import ContractError
from pipeline.core.shards import list_shards, read_table

IMPORTERS = ("corpus", "extract", "wiki")
"""Stages whose metrics tell documents by source, in the order of the card."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    source: str
    importer: str
    imported: int
    dropped: Mapping[str, int]
    """DropReason's name -> documents, the most frequent first."""
    kept: int
    """In train, validation, test and task together."""


def source_rows(
    figures: Mapping[str, Mapping[str, Any]], dropped: Mapping[str, Counter[str]], kept: Mapping[str, int]
) -> list[SourceRow]:
    """One a source, in the importers' order; ContractError where imported, dropped and kept do not add up, because
    then they are not of one run."""
    rows = []
    for importer in IMPORTERS:
        for source, given in sorted(figures.get(importer, {}).get("by_source", {}).items()):
            reasons = dropped.get(source, Counter())
            ranked = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
            rows.append(SourceRow(source, importer, given["documents"], ranked, kept.get(source, 0)))
    strange = sorted((set(dropped) | set(kept)) - {row.source for row in rows})
    if strange:
        raise ContractError(f"source {strange[0]} has documents, but no importer's metrics know it (--figures)")
    for row in rows:
        gone = sum(row.dropped.values())
        if row.imported != gone + row.kept:
            raise ContractError(
                f"source {row.source}: {row.imported} documents imported, {gone} dropped and {row.kept} kept: "
                "metrics, dropped/ and split are not of one run"
            )
    return rows


def dropped_by_source(folders: Sequence[Path]) -> dict[str, Counter[str]]:
    """Source -> reason -> documents, from `dropped/` folders of stages that keep shard names (<source>-00000)."""
    found: dict[str, Counter[str]] = {}
    for folder in folders:
        for shard in list_shards([folder]):
            reasons = read_table(shard, DROPPED_SCHEMA)["reason"]
            for pair in pc.value_counts(reasons).to_pylist():
                found.setdefault(shard.stem.rpartition("-")[0], Counter())[pair["values"]] += pair["counts"]
    return found
