"""Tokens are drawn from the distribution that transformers' settings describe, by numbers of the row's own."""

import pytest
import torch
from transformers import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from pipeline.generation.sampler import Sampler, draws, filtered
from pipeline.schema.generate import SamplingConfig
from tests.generation.models import config

PLAIN = SamplingConfig(repetition_penalty=1.0, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)


def logits(rows: int = 8, size: int = 50) -> torch.Tensor:
    return torch.randn((rows, size), generator=torch.Generator().manual_seed(3), dtype=torch.float64) * 3


@pytest.mark.parametrize(
    "sampling",
    [
        PLAIN,
        SamplingConfig(1.0, 0.7, 0, 1.0, 0.0),
        SamplingConfig(1.0, 1.3, 5, 1.0, 0.0),
        SamplingConfig(1.0, 0.8, 0, 0.6, 0.0),
        SamplingConfig(1.0, 0.8, 0, 1.0, 0.2),
        SamplingConfig(1.0, 0.9, 20, 0.9, 0.05),
    ],
)
def test_the_filters_are_those_of_transformers(sampling: SamplingConfig) -> None:
    scores = TemperatureLogitsWarper(sampling.temperature)(None, logits())
    if sampling.top_k:
        scores = TopKLogitsWarper(sampling.top_k)(None, scores)
    if sampling.top_p < 1:
        scores = TopPLogitsWarper(sampling.top_p)(None, scores)
    if sampling.min_p:
        scores = MinPLogitsWarper(sampling.min_p)(None, scores)
    probabilities, ids = filtered(logits(), sampling)
    ours = torch.zeros_like(scores).scatter(1, ids, probabilities)
    torch.testing.assert_close(ours, scores.softmax(dim=-1))


def test_the_repetition_penalty_is_that_of_transformers() -> None:
    seen = [[3, 7, 7, 9]]
    expected = RepetitionPenaltyLogitsProcessor(1.5)(torch.tensor(seen), logits(1).clone())
    greedy = SamplingConfig(1.5, 0.0, 0, 1.0, 0.0)
    sampler = Sampler(greedy, seen, torch.zeros((1, 60), dtype=torch.float64))
    assert sampler.choose(logits(1), 0).tolist() == expected.argmax(dim=-1).tolist()
    # Each token that is drawn counts from then on.
    order = [int(sampler.choose(logits(1), step)) for step in range(1, 6)]
    assert len(set(order)) > 1
    plain = Sampler(SamplingConfig(1.0, 0.0, 0, 1.0, 0.0), seen, torch.zeros((1, 60), dtype=torch.float64))
    assert {int(plain.choose(logits(1), step)) for step in range(5)} == {int(logits(1).argmax())}


def test_tokens_come_as_often_as_they_are_likely() -> None:
    count = 20_000
    numbers = ((torch.arange(count, dtype=torch.float64) + 0.5) / count).unsqueeze(1)
    rows = logits(1, 6).expand(count, 6)
    chosen = Sampler(PLAIN, [[]] * count, numbers).choose(rows, 0)
    found = torch.bincount(chosen, minlength=6).double() / count
    torch.testing.assert_close(found, logits(1, 6).softmax(dim=-1)[0], atol=1 / count, rtol=0)


def test_the_largest_number_draws_no_token_that_was_filtered_away() -> None:
    numbers = torch.full((8, 1), 1 - 2**-53, dtype=torch.float64)
    narrow = SamplingConfig(1.0, 1.0, 0, 0.5, 0.0)
    chosen = Sampler(narrow, [[]] * 8, numbers).choose(logits(), 0)
    probabilities, ids = filtered(logits(), narrow)
    allowed = [set(row[kept].tolist()) for row, kept in zip(ids, probabilities > 0, strict=True)]
    assert [int(id) in ids_ for id, ids_ in zip(chosen, allowed, strict=True)] == [True] * 8


def test_each_text_has_draws_of_its_own_and_a_longer_one_begins_alike() -> None:
    base = draws(42, "我想", 0, 0, 8).tolist()
    assert draws(42, "我想", 0, 0, 30).tolist()[:8] == base
    others = [
        draws(43, "我想", 0, 0, 8),
        draws(42, "我要", 0, 0, 8),
        draws(42, "我想", 1, 0, 8),
        draws(42, "我想", 0, 1, 8),
    ]
    assert [other.tolist() == base for other in others] == [False] * 4


def test_the_settings_of_conf_are_the_evaluations() -> None:
    assert config().sampling == SamplingConfig(1.1, 0.8, 50, 0.95, 0.0)
