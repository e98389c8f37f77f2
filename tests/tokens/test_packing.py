"""Every token is a target once; documents stand whole where they fit; spans say whose each position is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schema.pack import Packing
from pipeline.tokens.packing import Packed, Packer, cut_documents, id_type

BOS, PAD = 9, 10


def pack(packing: Packing, context: int, documents: list[list[int]]) -> tuple[Packed, np.ndarray]:
    closed = [[*ids, BOS] for ids in documents]
    lengths = np.array([len(ids) for ids in closed], np.int64)
    flat = np.array([id for ids in closed for id in ids], np.uint16)
    return Packer(packing, context, BOS, PAD).pack(flat, lengths), lengths


def rows(packed: Packed) -> list[tuple[int, int, int, int]]:
    spans = packed.spans
    columns = (spans.block, spans.start, spans.end, spans.document)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_a_stream_is_cut_where_blocks_end_and_the_next_begins_with_the_token_before() -> None:
    packed, lengths = pack(Packing.stream, 4, [[1, 2, 3, 4, 5], [6, 7]])
    assert packed.blocks.tolist() == [[BOS, 1, 2, 3, 4], [4, 5, BOS, 6, 7], [7, BOS, PAD, PAD, PAD]]
    assert rows(packed) == [(0, 1, 5, 0), (1, 1, 3, 0), (1, 3, 5, 1), (2, 1, 2, 1)]
    assert cut_documents(lengths, packed.spans, 4) == (1, 3)


def test_the_first_token_of_a_block_is_bos_where_a_document_begins_there() -> None:
    packed, _ = pack(Packing.stream, 4, [[1, 2, 3], [4]])
    assert packed.blocks.tolist() == [[BOS, 1, 2, 3, BOS], [BOS, 4, BOS, PAD, PAD]]


def test_best_fit_keeps_documents_whole_and_puts_what_continues_one_first() -> None:
    """Of 6, 2, 4 and 3 tokens at context 5: the 6 fill a block, and the one left over shares a block with the 4."""
    packed, lengths = pack(Packing.best_fit, 5, [[1, 1, 1, 1, 2], [3], [4, 4, 4], [5, 5]])
    assert packed.blocks.tolist() == [
        [BOS, 1, 1, 1, 1, 2],
        [2, BOS, 4, 4, 4, BOS],
        [BOS, 3, BOS, 5, 5, BOS],
    ]
    assert rows(packed) == [(0, 1, 6, 0), (1, 1, 2, 0), (1, 2, 6, 2), (2, 1, 3, 1), (2, 3, 6, 3)]
    assert cut_documents(lengths, packed.spans, 5) == (0, 0)


def test_best_fit_takes_the_fullest_block_that_has_room() -> None:
    """7, 5, 3, 3 and 2 at context 10: the 3 goes to the 7, not to the 5, so that 5, 3 and 2 fill the other."""
    packed, _ = pack(Packing.best_fit, 10, [[1] * 6, [2] * 4, [3] * 2, [4] * 2, [5]])
    owners = [sorted(document for block, _, _, document in rows(packed) if block == number) for number in (0, 1)]
    assert owners == [[0, 2], [1, 3, 4]]
    assert not (packed.blocks == PAD).any()


def test_nothing_makes_no_block() -> None:
    packed = Packer(Packing.best_fit, 4, BOS, PAD).pack(np.zeros(0, np.uint16), np.zeros(0, np.int64))
    assert packed.blocks.shape == (0, 5)


@settings(max_examples=300, deadline=None)
@given(
    packing=st.sampled_from(Packing),
    context=st.integers(2, 9),
    documents=st.lists(st.lists(st.integers(0, 8), max_size=25), min_size=1, max_size=12),
)
def test_every_token_is_a_target_once_and_every_position_has_one_owner(
    packing: Packing, context: int, documents: list[list[int]]
) -> None:
    packed, lengths = pack(packing, context, documents)
    free = packed.blocks[:, 1:] != PAD
    pieces: dict[int, list[tuple[int, list[int]]]] = {}
    for block, start, end, document in rows(packed):
        assert 1 <= start < end <= context + 1
        assert free[block, start - 1 : end - 1].all()
        free[block, start - 1 : end - 1] = False
        piece = packed.blocks[block, start:end].tolist()
        if start == 1 and piece != [*documents[document], BOS][: len(piece)]:
            before = [*documents[document], BOS]
            assert packed.blocks[block, 0] in before
        pieces.setdefault(document, []).append((block, piece))
    assert not free.any()
    for number, ids in enumerate(documents):
        found = [id for _, piece in pieces[number] for id in piece]
        assert sorted(found) == sorted([*ids, BOS])
        if packing is Packing.stream or len(ids) < context:
            assert found == [*ids, BOS]
        if packing is Packing.best_fit and len(ids) < context:
            assert len(pieces[number]) == 1
    if packing is Packing.stream:
        assert (packed.blocks[:-1] != PAD).all()
    assert lengths.sum() == (packed.blocks[:, 1:] != PAD).sum()


def test_documents_like_the_default_corpus_leave_less_than_a_hundredth_of_the_positions_free() -> None:
    lengths = np.random.default_rng(5).lognormal(4.3, 1.0, 3000).astype(np.int64) + 2
    flat = np.ones(int(lengths.sum()), np.uint16)
    packed = Packer(Packing.best_fit, 128, BOS, PAD).pack(flat, lengths)
    assert (packed.blocks[:, 1:] == PAD).mean() < 0.01


@pytest.mark.parametrize(("size", "dtype"), [(65536, np.uint16), (65537, np.uint32)])
def test_ids_have_the_smallest_type_that_holds_them(size: int, dtype: type) -> None:
    assert id_type(size) is dtype
