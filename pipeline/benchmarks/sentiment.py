"""Zero- and few-shot sentiment: which label's word does the model find more likely after the prompt?"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipeline.benchmarks.figures import DIGITS
from pipeline.benchmarks.language_model import LanguageModel, Request
from pipeline.benchmarks.prompts import FewShot, Prompt
from pipeline.contract.document import Document
from pipeline.contract.metrics import Json
from pipeline.core.errors import ConfigError
from pipeline.schema.evaluate import Calibration, SentimentConfig


@dataclass(frozen=True, slots=True)
class Answer:
    """One review at one number of shots."""

    id: str
    shots: int
    """As asked for; see `shots_used`."""
    shots_used: int
    """As many as fitted the context."""
    label: str
    predicted: str
    scores: dict[str, float]
    """Label -> natural log-probability of its word, normalised and calibrated as conf says."""
    truncated: bool


def answer(
    model: LanguageModel,
    task: SentimentConfig,
    reviews: Sequence[Document],
    examples: Sequence[Document],
    shots: int,
) -> list[Answer]:
    """Predictions in the order of `reviews`; a tie goes to the label that conf names first."""
    for review in reviews:
        if review.label not in task.words:
            raise ConfigError(f"evaluate.sentiment.words has no word for the label {review.label!r} of {review.id}")
    few_shot = FewShot(model, task, examples, shots)
    prompts = [few_shot.ask(review.text) for review in reviews]
    silent = few_shot.ask(task.content_free)
    *scores, offset = word_scores(model, [*prompts, silent], few_shot.words, task.length_normalised)
    if task.calibration is Calibration.content_free:
        scores = [{label: row[label] - offset[label] for label in row} for row in scores]
    return [
        Answer(
            review.id,
            shots,
            few_shot.used,
            str(review.label),
            max(row, key=lambda label: row[label]),
            row,
            prompt.truncated,
        )
        for review, prompt, row in zip(reviews, prompts, scores, strict=True)
    ]


def word_scores(
    model: LanguageModel, prompts: Sequence[Prompt], words: Mapping[str, list[int]], length_normalised: bool
) -> list[dict[str, float]]:
    """Of each prompt: label -> Σ ln p of its word's tokens, divided by their number where so asked.

    One-token words share one pass over the prompt.
    """
    short = {label: ids for label, ids in words.items() if len(ids) == 1}
    groups = [short] if short else []
    groups += [{label: ids} for label, ids in words.items() if len(ids) > 1]
    results: list[dict[str, float]] = [{} for _ in prompts]
    for group in groups:
        requests = [_request(prompt.ids, list(group.values())) for prompt in prompts]
        for result, values in zip(results, model.score(requests), strict=True):
            place = 0
            for label, ids in group.items():
                total = float(values[place : place + len(ids)].sum())
                result[label] = total / len(ids) if length_normalised else total
                place += len(ids)
    return [{label: result[label] for label in words} for result in results]


def _request(prompt: list[int], words: list[list[int]]) -> Request:
    """`words` are either one longer word, or any number of words of one token."""
    places = [len(prompt) - 1 + offset for word in words for offset in range(len(word))]
    return Request([*prompt, *words[0][:-1]], places, [id for word in words for id in word])


def summary(answers: Sequence[Answer], labels: Sequence[str]) -> dict[str, Json]:
    """Accuracy with its standard error √(p(1 − p) ÷ n), macro F1, the majority baseline and what did not fit."""
    n = len(answers)
    correct = sum(row.predicted == row.label for row in answers) / n
    truth = Counter(row.label for row in answers)
    guessed = Counter(row.predicted for row in answers)
    hits = Counter(row.label for row in answers if row.label == row.predicted)
    f1 = [2 * hits[label] / max(1, truth[label] + guessed[label]) for label in labels]
    return {
        "accuracy": round(correct, DIGITS),
        "standard_error": round(math.sqrt(correct * (1 - correct) / n), DIGITS),
        "macro_f1": round(sum(f1) / len(f1), DIGITS),
        "majority": round(max(truth.values()) / n, DIGITS),
        "n": n,
        "shots_used": answers[0].shots_used,
        "truncated": sum(row.truncated for row in answers),
    }


def answers_table(answers: Sequence[Answer], labels: Sequence[str]) -> pa.Table:
    """One row an answer; a column score_<label> for each label."""
    columns: dict[str, pa.Array] = {
        "id": pa.array([row.id for row in answers], pa.string()),
        "shots": pa.array([row.shots for row in answers], pa.int32()),
        "shots_used": pa.array([row.shots_used for row in answers], pa.int32()),
        "label": pa.array([row.label for row in answers], pa.string()),
        "predicted": pa.array([row.predicted for row in answers], pa.string()),
        **{f"score_{name}": pa.array([row.scores[name] for row in answers], pa.float64()) for name in labels},
        "truncated": pa.array([row.truncated for row in answers], pa.bool_()),
    }
    return pa.table(columns)
