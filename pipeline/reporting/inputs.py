"""Reads what the stages wrote: metrics by stage, the loss curve, the evaluation, samples of dropped rows."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.contract.drop import DROPPED_SCHEMA
from pipeline.core.errors import ContractError, SourceError
from pipeline.core.shards import list_shards

Row = dict[str, Any]
ORDER = [("id", "ascending"), ("excerpt", "ascending")]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The folder that evaluate writes."""

    scores: Row
    sentiment: Row
    samples: list[Row]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that the report is made of."""

    figures: Mapping[str, Row]
    """Stage -> its metrics."""
    dropped: Mapping[tuple[str, str], Sequence[Row]]
    """Samples, as `read_dropped` gives them."""
    curve: Sequence[Mapping[str, float | None]]
    evaluation: Evaluation
    vocabulary: Row
    """The tokenizer's wenyuan.json."""
    uses: Sequence[tuple[int, int]]
    """As `read_uses` gives them."""


def read_json(path: Path) -> Row:
    """A JSON object; SourceError names the place of what cannot be parsed."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file; run the stage that writes it first") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SourceError(f"{path}: not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ContractError(f"{path}: a JSON object is expected, not {type(value).__name__}")
    return value


def read_figures(paths: Sequence[Path]) -> dict[str, Row]:
    """Stage (the file's name) -> its metrics; folders are read whole. The report's own file is left out."""
    files = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    figures: dict[str, Row] = {}
    for file in files:
        if file.stem in figures:
            raise ContractError(f"{file}: metrics of the stage {file.stem} are given twice")
        figures[file.stem] = read_json(file)
    figures.pop("report", None)
    return figures


def read_curve(path: Path) -> list[dict[str, float | None]]:
    """The rows of train's curve; an empty field is None."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"step", "train_loss", "validation_loss"} - set(rows.fieldnames or ())
        if missing:
            raise ContractError(f"{path}: column {min(missing)!r} is missing")
        try:
            return [{key: float(value) if value else None for key, value in row.items()} for row in rows]
        except (TypeError, ValueError) as error:
            raise ContractError(f"{path}: line {rows.line_num}: {error}") from None


def read_uses(path: Path) -> list[tuple[int, int]]:
    """How often train and the held-out text have each new token, the most frequent in train first."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            return [(int(row["train"]), int(row["heldout"])) for row in rows]
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file; run the tokenizer stage first") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(f"{path}: line {rows.line_num}: {error!r}") from None


def read_evaluation(folder: Path) -> Evaluation:
    path = folder / "samples.jsonl"
    try:
        samples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file; run evaluate first") from None
    except json.JSONDecodeError as error:
        raise SourceError(f"{path}: not JSON: {error}") from None
    return Evaluation(read_json(folder / "scores.json"), read_json(folder / "sentiment.json"), samples)


def read_dropped(folders: Sequence[Path], count: int) -> dict[tuple[str, str], list[Row]]:
    """(stage, reason) -> the `count` rows with the smallest ids; ids are hashes, so that this is a fair draw.

    Of rows with one excerpt only the first is shown: what comes before dedup drops copies one by one. A folder
    is `data/<stage>/dropped`. Shards are read one at a time, only the smallest rows stay in memory.
    """
    found: dict[tuple[str, str], list[Row]] = {}
    for folder in folders:
        stage = folder.absolute().parent.name
        for shard in list_shards([folder]):
            try:
                table = pq.read_table(shard, partitioning=None).select(DROPPED_SCHEMA.names)
            except (OSError, KeyError, pa.ArrowException) as error:
                raise SourceError(f"{shard}: not a table of dropped rows: {error}") from error
            for reason in sorted(pc.unique(table["reason"]).to_pylist()):
                rows = table.filter(pc.equal(table["reason"], reason))
                kept = found.get((stage, reason), []) + _smallest(rows, count).to_pylist()
                found[stage, reason] = _distinct(kept)[:count]
    return found


def _smallest(rows: pa.Table, count: int) -> pa.Table:
    """The rows with the smallest ids, one of each excerpt."""
    ordered = rows.sort_by(ORDER)
    texts = ordered["excerpt"].combine_chunks().dictionary_encode().indices.to_numpy()
    return ordered.take(np.sort(np.unique(texts, return_index=True)[1])[:count])


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """By id, of each excerpt the first."""
    distinct: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row["id"], row["excerpt"])):
        distinct.setdefault(row["excerpt"], row)
    return list(distinct.values())
