"""Reads a bz2 file from any of its blocks on: one stream, joined streams and multistream alike.

A bz2 stream is `BZh1`-`BZh9`, blocks that begin at any bit with a 48-bit magic and the block's CRC, and an end magic
with the stream's CRC. Each block can be unpacked alone, as a stream of its own: that is how a single stream is read
by several workers, and how all but the damaged block of a file is saved.
"""

import bz2
import re
from typing import IO

BLOCK = 0x314159265359
END = 0x177245385090
HEAD = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
HEAD_BYTES = 10
HEAD_BITS = 32
"""Of the `BZh9` before the first magic."""
SMALL_BYTES = 2 << 20
"""Streams up to this size are unpacked whole: Wikipedia's have 100 pages, pbzip2's 900 kB."""
SMALL_UNPACKED_BYTES = 64 << 20
BLOCK_BYTES = 5 << 19
"""No block is larger: 900,000 symbols of at most 20 bits, and the tables."""
_WINDOW = 1 << 16
_JOINED = 3
"""A false magic inside a block has a chance of 2^-48 a bit: so many pieces are joined at most."""
_MASK = (1 << 48) - 1


def _cores(magic: int) -> list[tuple[int, bytes]]:
    """(shift, the five whole bytes inside) of a magic that begins `shift` bits after a byte's first."""
    return [(shift, (magic << (8 - shift)).to_bytes(7)[1:6]) for shift in range(8)]


_CORES = {BLOCK: _cores(BLOCK), END: _cores(END)}


class BitFile:
    """A bz2 file, addressed by bits."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.bytes = file.seek(0, 2)
        self.bits = self.bytes * 8

    def read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def magic(self, at: int) -> int:
        """The 48 bits at a bit."""
        seven = self.read(at // 8, 7).ljust(7, b"\0")
        return int.from_bytes(seven) >> (8 - at % 8) & _MASK

    def is_head(self, at: int) -> bool:
        """Whether a stream begins at this bit."""
        return at % 8 == 0 and HEAD.match(self.read(at // 8, HEAD_BYTES)) is not None

    def next_head(self, at: int, limit: int) -> int | None:
        """The first bit from `at` to `limit` at which something like a stream begins."""
        offset = (at + 7) // 8
        while offset * 8 < limit:
            window = self.read(offset, _WINDOW + HEAD_BYTES)
            match = HEAD.search(window)
            if match:
                found = (offset + match.start()) * 8
                return found if found < limit else None
            if len(window) <= HEAD_BYTES:
                return None
            offset += _WINDOW
        return None

    def next_magic(self, at: int, limit: int, *magics: int) -> int | None:
        """The first bit from `at` to `limit` at which one of the magics stands."""
        offset = max(at // 8 - 1, 0)
        while offset * 8 < limit:
            window = self.read(offset, _WINDOW + 16)
            found = _first_magic(window, at - offset * 8, magics)
            if found is not None:
                bit = offset * 8 + found
                return bit if bit < limit else None
            if len(window) <= 16:
                return None
            offset += _WINDOW
        return None

    def next_start(self, at: int, limit: int) -> int | None:
        """The first bit from `at` on at which reading can begin: a block, or the head of the stream before it."""
        block = self.next_magic(at, limit + HEAD_BITS, BLOCK)
        if block is not None and block - HEAD_BITS >= at and self.is_head(block - HEAD_BITS):
            return block - HEAD_BITS
        return block if block is not None and block < limit else None

    def small_stream(self, at: int) -> tuple[bytes, int] | None:
        """A whole stream's content and its end in bits; None for a large stream, or one with damage."""
        offset, unpacker = at // 8, bz2.BZ2Decompressor()
        found, room = [], SMALL_UNPACKED_BYTES
        read = 0
        try:
            while not unpacker.eof:
                packed = b""
                if unpacker.needs_input:
                    packed = self.read(offset + read, min(_WINDOW, SMALL_BYTES - read))
                    read += len(packed)
                    if not packed:
                        return None
                found.append(unpacker.decompress(packed, room + 1))
                room -= len(found[-1])
                if room < 0:
                    return None
        except OSError:
            return None
        return b"".join(found), (offset + read - len(unpacker.unused_data)) * 8

    def block(self, at: int) -> tuple[bytes, int] | None:
        """The content of the block at a bit and where it ends; None if it is damaged or cut off."""
        limit, end = at + BLOCK_BYTES * 8, at
        for _ in range(_JOINED):
            following = self.next_magic(end + 48, limit, BLOCK, END)
            if following is None:
                return None
            end = following
            content = _unpack(self._alone(at, end))
            if content is not None:
                return content, end
        return None

    def _alone(self, at: int, end: int) -> bytes:
        """The block as a stream of its own: its CRC is then also the stream's."""
        first, last = at // 8, (end + 7) // 8
        length = end - at
        bits = int.from_bytes(self.read(first, last - first)) >> (last * 8 - end) & ((1 << length) - 1)
        crc = bits >> (length - 80) & 0xFFFFFFFF
        bits = bits << 80 | END << 32 | crc
        padding = -length % 8
        return b"BZh9" + (bits << padding).to_bytes((length + 80 + padding) // 8)


def _first_magic(window: bytes, start: int, magics: tuple[int, ...]) -> int | None:
    """The first bit of a window, not before bit `start`, at which one of the magics stands."""
    found: int | None = None
    end = len(window)
    for magic in magics:
        for shift, core in _CORES[magic]:
            index = window.find(core, 1, end)
            while index >= 0:
                bit = (index - 1) * 8 + shift
                if bit >= start and _stands_at(window, bit, magic):
                    if found is None or bit < found:
                        found = bit
                        end = min(end, index + len(core) + 1)
                    break
                index = window.find(core, index + 1, end)
    return found


def _stands_at(window: bytes, bit: int, magic: int) -> bool:
    seven = window[bit // 8 : bit // 8 + 7]
    return int.from_bytes(seven.ljust(7, b"\0")) >> (8 - bit % 8) & _MASK == magic


def _unpack(stream: bytes) -> bytes | None:
    unpacker = bz2.BZ2Decompressor()
    try:
        content = unpacker.decompress(stream)
    except OSError:
        return None
    return content if unpacker.eof else None
