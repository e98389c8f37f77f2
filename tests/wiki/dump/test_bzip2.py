"""The magics of bz2's blocks, which begin at any bit."""

import pytest

from pipeline.wiki.dump.bzip2 import BLOCK, END, BitFile


@pytest.mark.parametrize("shift", range(8))
@pytest.mark.parametrize("magic", [BLOCK, END])
@pytest.mark.parametrize("before", [0, 5, 65_533, 65_536])
def test_a_magic_is_found_at_every_bit_and_across_windows(tmp_path, magic, shift, before):
    bits = (magic << (32 - shift)).to_bytes(10)
    (tmp_path / "a").write_bytes(b"\xff" * before + bits + b"\xff" * 10)
    with open(tmp_path / "a", "rb") as opened:
        file = BitFile(opened)
        assert file.next_magic(0, file.bits, BLOCK, END) == before * 8 + shift
        assert file.next_magic(before * 8 + shift, file.bits, magic) == before * 8 + shift
        assert file.next_magic(before * 8 + shift + 1, file.bits, magic) is None
        assert file.next_magic(0, before * 8 + shift, magic) is None


def test_the_first_of_two_magics_is_found(tmp_path):
    both = END.to_bytes(6) + (BLOCK << 5).to_bytes(7) + END.to_bytes(6)
    (tmp_path / "a").write_bytes(both)
    with open(tmp_path / "a", "rb") as opened:
        file = BitFile(opened)
        assert file.next_magic(0, file.bits, BLOCK, END) == 0
        assert file.next_magic(1, file.bits, BLOCK, END) == 48 + 3
