"""The model's figures beside the baselines', and the one sentence that sums them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core.errors import ContractError
from pipeline.reporting import words

MODEL = "model"
BIGRAM = "bigram"
STRONGEST = "kneser_ney_5"


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: float
    share: float
    """Of the longest bar, per cent."""
    ours: bool


def bars(scores: Mapping[str, Any], part: str = "test") -> list[Bar]:
    """Bits per character of one part, the worst first."""
    models = models_of(scores, part)
    values = {name: float(row["bits_per_character"]) for name, row in models.items()}
    longest = max(values.values())
    return [
        Bar(words.MODELS.get(name, name), value, round(100 * value / longest, 2), name == MODEL)
        for name, value in sorted(values.items(), key=lambda item: (-item[1], item[0]))
    ]


def models_of(scores: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """ContractError where the model's own score is missing."""
    models: Mapping[str, Any] = scores.get(part, {}).get("models", {})
    if MODEL not in models:
        raise ContractError(f"scores.json has no score of the model on {part}; run evaluate again")
    return models


def sources(scores: Mapping[str, Any], part: str = "test") -> list[str]:
    return sorted(models_of(scores, part)[MODEL]["by_source"])


def verdict(scores: Mapping[str, Any]) -> str:
    """The result in one sentence."""
    models = models_of(scores, "test")
    ours = float(models[MODEL]["bits_per_character"])
    text = f"在 {models[MODEL]['characters']:,} 字的测试集上，本模型平均每字 {ours:.3f} 比特"
    if BIGRAM in models:
        text += f"，{_against(ours, models, BIGRAM)}"
    if STRONGEST in models:
        text += f"，{_against(ours, models, STRONGEST)}"
    return text + "。"


def _against(ours: float, models: Mapping[str, Any], name: str) -> str:
    other = float(models[name]["bits_per_character"])
    side = "低" if ours < other else "高"
    return f"比{words.MODELS[name]}{side} {abs(other - ours):.3f}"


def sentiment_rows(runs: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """One row a run of `shots_<number>`, with that number: `shots` as asked for, `shots_used` as fitted."""
    return [{"shots": int(name.removeprefix("shots_")), **row} for name, row in runs.items()]
