"""Blocks share one token with the next, and spans say whose each position is."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tokens.packing import Packer, Spans, id_type

BOS = 9


def pack(context: int, shards: list[list[list[int]]]) -> tuple[Packer, list[list[int]], list[tuple[int, ...]]]:
    """Packer, all blocks, and spans (block, start, end, document) with documents numbered over all shards."""
    packer, blocks, spans, before = Packer(context, BOS, np.uint16), [], [], 0
    for shard in shards:
        closed = [[*ids, BOS] for ids in shard]
        flat = np.array([id for ids in closed for id in ids], np.uint16)
        whole, found = packer.add(flat, np.array([len(ids) for ids in closed], np.int64))
        blocks += whole.tolist()
        spans += rows(found, before)
        before += len(shard)
    blocks += packer.finish().tolist()
    return packer, blocks, [span for span in spans if span[0] < packer.blocks]


def rows(spans: Spans, before: int) -> list[tuple[int, ...]]:
    columns = (spans.block, spans.start, spans.end, spans.document + before)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_two_documents_fill_two_blocks_and_a_half() -> None:
    packer, blocks, spans = pack(4, [[[1, 2, 3, 4, 5]], [[6]]])
    assert blocks == [[9, 1, 2, 3, 4], [4, 5, 9, 6, 9]]
    assert spans == [(0, 1, 4, 0), (1, 0, 3, 0), (1, 3, 4, 1)]
    assert (packer.tokens, packer.blocks, packer.padding) == (9, 2, 0)


def test_the_tail_is_padded_with_ends_and_counted() -> None:
    packer, blocks, spans = pack(4, [[[1, 2, 3, 4, 5, 6]]])
    assert blocks == [[9, 1, 2, 3, 4], [4, 5, 6, 9, 9]]
    assert spans == [(0, 1, 4, 0), (1, 0, 4, 0)]
    assert (packer.tokens, packer.blocks, packer.padding) == (8, 2, 1)


@settings(max_examples=200, deadline=None)
@given(
    context=st.integers(2, 7),
    shards=st.lists(st.lists(st.lists(st.integers(0, 8), max_size=12), max_size=4), min_size=1, max_size=4),
)
def test_every_token_is_a_target_once_and_every_position_has_one_owner(
    context: int, shards: list[list[list[int]]]
) -> None:
    packer, blocks, spans = pack(context, shards)
    documents = [ids for shard in shards for ids in shard]
    stream = [BOS, *(id for ids in documents for id in [*ids, BOS])]
    targets = [id for block in blocks for id in block[1:]]
    assert targets[: len(targets) - packer.padding] == stream[1:]
    assert all(left[-1] == right[0] for left, right in pairwise(blocks))
    assert len(blocks) == packer.blocks
    owners = [number for number, ids in enumerate(documents) for _ in [*ids, BOS]]
    found: list[int] = [-1]
    for block, start, end, document in spans:
        assert block * context + start == len(found)
        found += [document] * (end - start)
    assert found == [-1, *owners][: len(blocks) * context] or not documents


@pytest.mark.parametrize(("size", "dtype"), [(65536, np.uint16), (65537, np.uint32)])
def test_ids_have_the_smallest_type_that_holds_them(size: int, dtype: type) -> None:
    assert id_type(size) is dtype
