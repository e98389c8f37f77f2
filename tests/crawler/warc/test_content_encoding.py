"""Content-Encoding undone, within bounds."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from crawler.warc.content_encoding import Broken, TooLarge, gunzip, unpack

TEXT = "今天天气很好，我们去公园散步。".encode() * 100


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT), mtime=0)),
        ("identity", TEXT),
        ("", TEXT),
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT[:600], mtime=0) + gzip.compress(TEXT[600:], mtime=0)),
    ],
)
def test_every_encoding_is_undone(encoding, packed):
    assert unpack(packed, encoding, 10_000) == (TEXT, True)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(3_000_000), mtime=0)),
        ("deflate", zlib.compress(bytes(3_000_000))),
        ("br", brotli.compress(bytes(3_000_000))),
        ("zstd", zstandard.compress(bytes(3_000_000))),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(3_000_000), mtime=0), mtime=0)),
        ("gzip", gzip.compress(bytes(600_000), mtime=0) * 4),
    ],
)
def test_a_bomb_is_not_unpacked(encoding, bomb):
    with pytest.raises(TooLarge):
        unpack(bomb, encoding, 1_000_000)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_exactly_the_limit_is_allowed(encoding):
    packed = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress, "deflate": zlib.compress}
    assert unpack(packed[encoding](TEXT), encoding, len(TEXT)) == (TEXT, True)
    with pytest.raises(TooLarge):
        unpack(packed[encoding](TEXT), encoding, len(TEXT) - 1)


def test_a_cut_body_gives_what_there_is():
    import random

    noise = random.Random(1).randbytes(20_000)
    body, whole = unpack(gzip.compress(noise, mtime=0)[:10_000], "gzip", 1_000_000)
    assert whole is False and noise.startswith(body) and len(body) > 5_000
    body, whole = unpack(brotli.compress(noise)[:10_000], "br", 1_000_000)
    assert whole is False and noise.startswith(body)


def test_bytes_flipped_in_the_middle_lose_what_follows_only():
    import random

    noise = random.Random(2).randbytes(50_000)
    packed = bytearray(gzip.compress(noise, 6, mtime=0))
    packed[-4:] = b"\0\0\0\0"  # the length of the original, in the trailer
    body, whole = unpack(bytes(packed), "gzip", 1_000_000)
    assert (body, whole) == (noise, False)


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd"])
def test_bytes_in_no_encoding_at_all_are_broken(encoding):
    with pytest.raises(Broken):
        unpack(b"\xff\x00\xff\x13\x37" * 50, encoding, 1_000_000)


def test_a_gzip_file_with_a_tail_of_other_bytes_is_read():
    assert gunzip(gzip.compress(TEXT, mtime=0) + b"\0\0\0", 10_000) == (TEXT, True)
