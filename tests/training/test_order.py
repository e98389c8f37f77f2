"""Every block once an epoch, in an order that only seed and mixture decide."""

from collections import Counter

import numpy as np
import pytest

from pipeline.core.errors import ConfigError
from pipeline.schema.train import Phase, Schedule
from pipeline.training.order import BlockOrder

RUNS = [("news", 40), ("en-books", 10), ("reviews", 20), ("en-web", 30)]


def phase(steps: int, mixture: dict[str, float] | None = None, name: str = "whole") -> Phase:
    return Phase(name, steps, mixture, 1.0, Schedule.cosine, 0, 0.0, 0.0)


def whole(blocks: int, step_blocks: int, seed: int = 42) -> BlockOrder:
    return BlockOrder([("news", blocks)], [phase(1000)], step_blocks, seed)


def source(block: int) -> str:
    ends = np.cumsum([blocks for _, blocks in RUNS])
    return RUNS[int(np.searchsorted(ends, block, side="right"))][0]


def test_every_block_is_seen_once_an_epoch_also_where_a_step_spans_two():
    order = whole(10, 4)
    seen = np.concatenate([order.step(step) for step in range(5)])
    assert sorted(seen[:10].tolist()) == list(range(10))
    assert sorted(seen[10:].tolist()) == list(range(10))
    assert seen[:10].tolist() != seen[10:].tolist()


def test_a_step_is_the_same_whether_or_not_the_steps_before_were_asked_for():
    phases = [phase(5), phase(9, {"news": 3, "en-*": 1}), phase(5, {"*": 1})]
    walked = BlockOrder(RUNS, phases, 7, 42)
    steps = [walked.step(step).tolist() for step in range(19)]
    for step in (0, 4, 5, 6, 13, 14, 18):
        assert BlockOrder(RUNS, phases, 7, 42).step(step).tolist() == steps[step]


def test_half_the_batch_in_twice_the_steps_is_the_same_order():
    small, large = whole(10, 2), whole(10, 4)
    assert [*small.step(4), *small.step(5)] == large.step(2).tolist()


def test_a_step_may_span_several_epochs():
    assert sorted(whole(3, 9).step(0).tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_another_seed_is_another_order():
    assert whole(100, 100, 1).step(0).tolist() != whole(100, 100, 2).step(0).tolist()


def test_a_phase_draws_its_mixture_evenly_and_each_pattern_in_epochs_of_its_own():
    order = BlockOrder(RUNS, [phase(10), phase(40, {"news": 3, "en-*": 1})], 8, 42)
    drawn = np.concatenate([order.step(step) for step in range(10, 50)]).tolist()
    counts = Counter(source(block) for block in drawn)
    assert abs(counts["news"] - 240) <= 2
    assert abs(counts["en-books"] + counts["en-web"] - 80) <= 2
    assert counts["reviews"] == 0
    english = [block for block in drawn if source(block).startswith("en-")]
    assert sorted(english[:40]) == [*range(40, 50), *range(70, 100)]
    for start in range(0, 320, 8):  # also within a step: 6 and 2 of 8, give or take one
        assert 5 <= sum(source(block) == "news" for block in drawn[start : start + 8]) <= 7


def test_the_epochs_of_a_pattern_go_on_from_phase_to_phase():
    order = BlockOrder(RUNS, [phase(3, {"news": 1}), phase(3, {"news": 1.0, "reviews": 1.0})], 10, 42)
    drawn = np.concatenate([order.step(step) for step in range(4)])
    news = [block for block in drawn.tolist() if source(block) == "news"]
    assert len(set(news)) == len(news) == 35


def test_blocks_seen_are_counted_once():
    assert whole(10, 4).seen(2) == 8
    assert whole(10, 4).seen(5) == 10
    assert BlockOrder(RUNS, [phase(9, {"reviews": 1})], 5, 42).seen(9) == 20


@pytest.mark.parametrize(
    ("mixture", "message"),
    [
        ({"wiki": 1}, "mixed draws from 'wiki', but the blocks are of en-books, en-web, news, reviews"),
        ({"news": 1, "n*": 1}, "mixed has news under 'news' and 'n\\*'"),
    ],
)
def test_a_mixture_that_does_not_fit_the_sources_is_named(mixture, message):
    with pytest.raises(ConfigError, match=message):
        BlockOrder(RUNS, [phase(5, mixture, "mixed")], 4, 42)
