"""What the experiments of the commit at hand came to, by bits per character on test."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core.errors import RunError
from pipeline.sweeps.commands import dvc, dvc_shown

PARAMS = "params.yaml"
METRICS = "metrics/report.json"
SCORE = "bpc"
SHOWN = (SCORE, "vocabulary", "parameters")
"""Columns of METRICS beside the parameters that were swept."""
REPEATED = "report.parameters."
"""The report's section repeats other sections' values."""


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    revision: str
    """The experiment's commit."""
    score: float
    """Bits per character on test."""
    params: Mapping[str, Any]
    """Dotted key -> value; lists are values."""


def results(all_commits: bool = False) -> list[Result]:
    """The experiments on the commit at hand (or on all) that ended well, the best first."""
    which = ["--all-commits"] if all_commits else []
    return read_results(json.loads(dvc("exp", "show", "--json", "--hide-failed", "--hide-queued", *which)))


def read_results(table: Sequence[Mapping[str, Any]]) -> list[Result]:
    """From what `dvc exp show --json` prints. One that still runs is left out: it shows its commit's scores."""
    found = []
    for commit in table:
        for experiment in commit.get("experiments") or []:
            if (experiment.get("executor") or {}).get("state") in ("running", "queued", "failed"):
                continue
            revision = experiment["revs"][0]
            data = revision.get("data") or {}
            score = (data.get("metrics") or {}).get(METRICS, {}).get("data", {}).get(SCORE)
            if score is not None:
                params = dict(flat(data["params"][PARAMS]["data"]))
                found.append(Result(experiment["name"], revision["rev"], score, params))
    return sorted(found, key=lambda result: (result.score, result.name))


def flat(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows = []
    for key, value in tree.items():
        inner = isinstance(value, Mapping) and value
        rows += flat(value, f"{prefix}{key}.") if inner else [(f"{prefix}{key}", value)]
    return rows


def changed(found: Sequence[Result]) -> list[str]:
    """Keys of the parameters whose value is not the same in all experiments, repeated ones (report's) left out."""
    keys = dict.fromkeys(key for result in found for key in result.params)
    return [
        key
        for key in keys
        if not key.startswith(REPEATED)
        and any(result.params.get(key) != found[0].params.get(key) for result in found)
    ]


def best(found: Sequence[Result], name: str | None = None) -> Result:
    """The experiment of this name, or the one with the lowest score; RunError where there is none."""
    wanted = [result for result in found if name in (None, result.name)]
    if not wanted:
        have = ", ".join(result.name for result in found) or "none"
        raise RunError(f"no finished experiment{f' {name}' if name else ' on this commit'} (there are: {have})")
    return wanted[0]


def show(found: Sequence[Result]) -> None:
    """`dvc exp show`, the best first: the scores, and the parameters that differ between the experiments."""
    columns = [*SHOWN, *changed(found)]
    pattern = "|".join(map(re.escape, ["Experiment", *columns]))
    width = 40 + sum(max(len(column), 10) + 3 for column in columns)
    dvc_shown(
        "exp", "show", "--no-pager", "--hide-workspace", "--hide-failed", "--hide-queued",
        "--sort-by", SCORE, "--sort-order", "asc", "--drop", f"(?!({pattern})$)",
        COLUMNS=str(max(width, shutil.get_terminal_size().columns)),  # else columns are cut off
    )  # fmt: skip
