"""The few figures by which runs are compared: what `dvc exp show` and `dvc metrics diff` print, a column each."""

from collections.abc import Mapping
from typing import Any

from pipeline.contract.metrics import Json
from pipeline.reporting.scores import sentiment_rows


def headline(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Json]:
    """From the stages' metrics; a figure whose stage is absent is left out.

    bpc is bits per character on test and validation, with the bigram and Kneser-Ney 5-gram on test beside it;
    sentiment is accuracy by number of shots, left out where the context had room for none of them;
    characters_per_token is measured on held-out text.
    """
    evaluation = figures.get("evaluate", {})
    found: dict[str, Any] = {
        "bpc": _at(evaluation, "test", "bits_per_character"),
        "bpc_validation": _at(evaluation, "validation", "bits_per_character"),
        "bigram": _at(evaluation, "baselines", "bigram"),
        "kneser_ney_5": _at(evaluation, "baselines", "kneser_ney_5"),
        **{
            f"sentiment_{row['shots']}": row["accuracy"]
            for row in sentiment_rows(evaluation.get("sentiment", {}))
            if row["shots_used"] or not row["shots"]
        },
        "train_characters": _at(figures.get("split", {}), "train", "characters"),
        "vocabulary": _at(figures.get("tokenizer", {}), "vocab_size"),
        "characters_per_token": _at(
            figures.get("tokenizer", {}), "fertility", "heldout", "tokenizer", "characters_per_token"
        ),
        "parameters": _at(figures.get("train", {}), "parameters"),
        "epochs": _at(figures.get("train", {}), "epochs"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _at(tree: Any, *keys: str) -> Any:
    for key in keys:
        if not isinstance(tree, Mapping) or key not in tree:
            return None
        tree = tree[key]
    return tree
