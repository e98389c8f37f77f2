"""Every block once an epoch, in an order that only the seed decides."""

import numpy as np

from pipeline.training.order import BlockOrder


def test_every_block_is_seen_once_an_epoch_also_where_a_step_spans_two():
    order = BlockOrder(blocks=10, step_blocks=4, seed=42)
    seen = np.concatenate([order.step(step) for step in range(5)])
    assert sorted(seen[:10].tolist()) == list(range(10))
    assert sorted(seen[10:].tolist()) == list(range(10))
    assert seen[:10].tolist() != seen[10:].tolist()


def test_a_step_is_the_same_whether_or_not_the_steps_before_were_asked_for():
    walked = BlockOrder(10, 4, 42)
    for step in range(7):
        expected = walked.step(step)
    assert BlockOrder(10, 4, 42).step(6).tolist() == expected.tolist()


def test_half_the_batch_in_twice_the_steps_is_the_same_order():
    small, large = BlockOrder(10, 2, 42), BlockOrder(10, 4, 42)
    assert [*small.step(4), *small.step(5)] == large.step(2).tolist()


def test_a_step_may_span_several_epochs():
    assert sorted(BlockOrder(3, 9, 42).step(0).tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_another_seed_is_another_order():
    assert BlockOrder(100, 100, 1).step(0).tolist() != BlockOrder(100, 100, 2).step(0).tolist()
