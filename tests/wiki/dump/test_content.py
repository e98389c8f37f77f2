"""bz2 is read from any block on: blocks are unpacked alone, damage costs its block, false magics are survived."""

import bz2
import random

import pytest

from pipeline.wiki.dump import bzip2
from pipeline.wiki.dump.bzip2 import BLOCK, BitFile
from pipeline.wiki.dump.content import Loss, Piece, bzip2_pieces


def text_of(length: int) -> bytes:
    return "".join(random.Random(3).choices("天地玄黄宇宙洪荒，。\n", k=length)).encode()


@pytest.fixture
def large_streams(monkeypatch):
    """No stream counts as small: all are read block by block."""
    monkeypatch.setattr(bzip2, "SMALL_BYTES", 100)


def contents(path, start=0, whole_streams=False):
    return list(bzip2_pieces(path, start, whole_streams))


@pytest.mark.usefixtures("large_streams")
def test_one_stream_is_read_block_by_block(tmp_path):
    data = text_of(120_000)
    (tmp_path / "a.bz2").write_bytes(bz2.compress(data, 1))
    found = contents(tmp_path / "a.bz2")
    assert [len(piece.data) for piece in found] == [99_980, 99_979, 99_980, 38_631]
    assert b"".join(piece.data for piece in found) == data
    assert len({piece.at % 8 for piece in found}) > 1


@pytest.mark.usefixtures("large_streams")
def test_reading_begins_at_any_block(tmp_path):
    (tmp_path / "a.bz2").write_bytes(bz2.compress(text_of(120_000), 1))
    found = contents(tmp_path / "a.bz2")
    for number, piece in enumerate(found):
        assert contents(tmp_path / "a.bz2", piece.at) == found[number:]


def test_small_streams_are_read_whole(tmp_path):
    streams = [bz2.compress(text.encode()) for text in ("天地", "", "玄黄" * 50)]
    (tmp_path / "a.bz2").write_bytes(b"".join(streams))
    first, second = len(streams[0]) * 8, len(streams[0] + streams[1]) * 8
    assert contents(tmp_path / "a.bz2") == [
        Piece(0, "天地".encode()),
        Piece(first, b""),
        Piece(second, ("玄黄" * 50).encode()),
    ]


def test_a_large_stream_and_small_ones_follow_one_another(tmp_path, monkeypatch):
    data = text_of(60_000)
    large, small = bz2.compress(data, 1), bz2.compress("玄黄".encode())
    monkeypatch.setattr(bzip2, "SMALL_BYTES", len(large) // 2)
    (tmp_path / "a.bz2").write_bytes(small + large + large + small)
    found = b"".join(piece.data for piece in contents(tmp_path / "a.bz2"))
    assert found == "玄黄".encode() + data + data + "玄黄".encode()


def test_a_stream_that_unpacks_to_too_much_is_read_block_by_block(tmp_path, monkeypatch):
    monkeypatch.setattr(bzip2, "SMALL_UNPACKED_BYTES", 1_000_000)
    (tmp_path / "a.bz2").write_bytes(bz2.compress(b"\n" * 100_000_000))
    sizes = [len(piece.data) for piece in contents(tmp_path / "a.bz2")]
    assert (len(sizes), sum(sizes)) == (3, 100_000_000)


@pytest.mark.usefixtures("large_streams")
def test_a_false_magic_inside_a_block_is_joined_over(tmp_path, monkeypatch):
    """No bz2 with a magic inside a block can be made to order: a second search result stands for it."""
    data = text_of(60_000)
    (tmp_path / "a.bz2").write_bytes(bz2.compress(data, 1))
    whole = contents(tmp_path / "a.bz2")
    false = whole[0].at + 100_003
    search = BitFile.next_magic

    def also_false(self, at, limit, *magics):
        true = search(self, at, limit, *magics)
        return false if at <= false < limit and (true is None or false < true) else true

    monkeypatch.setattr(BitFile, "next_magic", also_false)
    assert contents(tmp_path / "a.bz2") == whole
    from_false = contents(tmp_path / "a.bz2", false)
    assert [type(item) for item in from_false] == [Loss, *[Piece] * (len(whole) - 1)]
    assert from_false[1:] == whole[1:]


@pytest.mark.usefixtures("large_streams")
def test_a_flipped_bit_costs_one_block(tmp_path):
    packed = bytearray(bz2.compress(text_of(120_000), 1))
    (tmp_path / "a.bz2").write_bytes(packed)
    whole = contents(tmp_path / "a.bz2")
    packed[(whole[1].at + whole[2].at) // 16] ^= 0x10
    (tmp_path / "a.bz2").write_bytes(packed)
    cause = f"a bz2 block is damaged; reading goes on at byte offset {whole[2].at // 8}"
    lost = Loss(whole[1].at, cause, (0, whole[2].at // 8))
    assert contents(tmp_path / "a.bz2") == [whole[0], lost, *whole[2:]]


def test_a_flipped_bit_in_a_small_stream_costs_its_block(tmp_path):
    first, second = bz2.compress("天地玄黄".encode()), bz2.compress("宇宙洪荒".encode())
    broken = bytearray(first)
    broken[20] ^= 1
    (tmp_path / "a.bz2").write_bytes(bytes(broken) + second)
    for whole_streams in (True, False):
        cause = f"a bz2 block is damaged; reading goes on at byte offset {len(first)}"
        assert contents(tmp_path / "a.bz2", 0, whole_streams) == [
            Loss(32, cause, (0, len(first))),
            Piece(len(first) * 8, "宇宙洪荒".encode()),
        ]


def test_with_whole_streams_the_rest_of_a_damaged_stream_is_left_out(tmp_path):
    data = text_of(120_000)
    packed = bytearray(bz2.compress(data, 1))
    (tmp_path / "a.bz2").write_bytes(packed)
    with open(tmp_path / "a.bz2", "rb") as opened:
        file = BitFile(opened)
        second = file.next_magic(100, file.bits, BLOCK)
    packed[second // 8 + 1000] ^= 1
    (tmp_path / "a.bz2").write_bytes(bytes(packed) + bz2.compress("尾".encode()))
    cause = f"a bz2 block is damaged; reading goes on at byte offset {len(packed)}"
    assert contents(tmp_path / "a.bz2", 0, whole_streams=True) == [
        Piece(32, data[:99_980]),
        Loss(second, cause, (0, len(packed))),
        Piece(len(packed) * 8, "尾".encode()),
    ]


def test_zeros_between_streams_are_one_loss(tmp_path):
    first, second = bz2.compress("天地".encode()), bz2.compress("宇宙".encode())
    (tmp_path / "a.bz2").write_bytes(first + bytes(200_000) + second)
    end = len(first) + 200_000
    assert contents(tmp_path / "a.bz2") == [
        Piece(0, "天地".encode()),
        Loss(len(first) * 8, f"no bz2 block stands here; reading goes on at byte offset {end}", (len(first), end)),
        Piece(end * 8, "宇宙".encode()),
    ]


@pytest.mark.usefixtures("large_streams")
def test_a_cut_off_file_keeps_the_blocks_before(tmp_path):
    packed = bz2.compress(text_of(120_000), 1)
    (tmp_path / "a.bz2").write_bytes(packed)
    whole = contents(tmp_path / "a.bz2")
    size = whole[2].at // 8 + 500
    (tmp_path / "a.bz2").write_bytes(packed[:size])
    lost = Loss(whole[2].at, f"the file ends at byte offset {size}, inside a bz2 block", (0, None))
    assert contents(tmp_path / "a.bz2") == [*whole[:2], lost]


def test_every_flipped_byte_costs_blocks_but_never_gives_wrong_text(tmp_path):
    texts = ["天地玄黄，宇宙洪荒。", "日月盈昃，辰宿列张。", "寒来暑往，秋收冬藏。"]
    streams = [bz2.compress(text.encode()) for text in texts]
    packed = b"".join(streams)
    for position in range(len(packed)):
        broken = bytearray(packed)
        broken[position] ^= 0x5A
        (tmp_path / "a.bz2").write_bytes(broken)
        found = [item.data.decode() for item in contents(tmp_path / "a.bz2") if isinstance(item, Piece)]
        hit = next(n for n in range(3) if position < len(b"".join(streams[: n + 1])))
        assert [text for text in found if text] in (texts, texts[:hit] + texts[hit + 1 :])
