"""Undo Content-Encoding within a bound: a few kilobytes can unpack to gigabytes."""

import re
import zlib

import brotli
import zstandard

ACCEPTED = "gzip, deflate, br, zstd"
_CHUNK = 1 << 16
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r\n")


class TooLarge(ValueError):
    """More bytes than allowed come out."""


class Broken(ValueError):
    """The bytes are not in the encoding that the header names."""


def unpack(body: bytes, content_encoding: str, limit: int) -> tuple[bytes, bool]:
    """The body with every encoding of the header undone, and whether it was whole.

    Encodings unknown to us leave it as it is. A body that is plain all the same (servers do that) is returned as it
    is; one that was cut gives what there is. TooLarge beyond `limit` bytes; Broken if nothing can be read.
    """
    whole = True
    for name in reversed([part.strip().lower() for part in content_encoding.split(",") if part.strip()]):
        if name in ("gzip", "x-gzip"):
            body, complete = gunzip(body, limit)
        elif name == "deflate":
            body, complete = _inflate(body, limit)
        elif name == "br":
            body, complete = _unbrotli(body, limit)
        elif name == "zstd":
            body, complete = _unzstd(body, limit)
        else:
            return body, whole
        whole = whole and complete
    return body, whole


def gunzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    """All members of a gzip file; what does not begin as one is returned as it is."""
    if body[:2] != b"\x1f\x8b":
        return body, True
    pieces: list[bytes] = []
    left = limit
    while body[:2] == b"\x1f\x8b":
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS + 16)
        piece, complete = _drain(reader, body, left)
        pieces.append(piece)
        left -= len(piece)
        if not complete:
            return b"".join(pieces), False
        body = reader.unused_data
    return b"".join(pieces), True


def unchunked(body: bytes) -> bytes:
    """The chunks of RFC 9112 joined; a body that is not chunked (archives often join them) is returned as it is."""
    pieces: list[bytes] = []
    at = 0
    while found := _CHUNK_SIZE.match(body, at):
        start, size = found.end(), int(found[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[start : start + size])
        at = start + size
        if body[at : at + 2] != b"\r\n":
            break
        at += 2
    whole = bool(pieces) and at >= len(body)
    return b"".join(pieces) if whole else body


def _inflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    """RFC 9110 means zlib by deflate; some servers send the bare stream."""
    try:
        return _drain(zlib.decompressobj(), body, limit)
    except Broken:
        return _drain(zlib.decompressobj(wbits=-zlib.MAX_WBITS), body, limit)


def _drain(reader: "zlib._Decompress", body: bytes, limit: int) -> tuple[bytes, bool]:
    try:
        out = reader.decompress(body, limit + 1)
    except zlib.error as error:
        out = _before_error(body, limit)
        if not out:
            raise Broken(f"not compressed as its header says: {error}") from None
        return out, False
    if len(out) > limit:
        raise TooLarge(f"more than {limit} bytes unpacked")
    return out, reader.eof


def _before_error(body: bytes, limit: int) -> bytes:
    """What can be read before the place where the stream is broken."""
    fresh = zlib.decompressobj(wbits=zlib.MAX_WBITS + 16 if body[:2] == b"\x1f\x8b" else zlib.MAX_WBITS)
    out = bytearray()
    step, start = 4096, 0
    while start < len(body) and len(out) <= limit:
        before = fresh.copy()
        try:
            out += fresh.decompress(body[start : start + step], limit + 1 - len(out))
        except zlib.error:  # what the piece gave before its broken place is lost with it: smaller pieces
            if step == 1:
                break
            fresh, step = before, max(1, step // 16)
        else:
            start += step
    return bytes(out[:limit])


def _unbrotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    reader = brotli.Decompressor()
    out = bytearray()
    try:
        piece = reader.process(body, output_buffer_limit=_CHUNK)
        while piece:
            out += piece
            if len(out) > limit:
                raise TooLarge(f"more than {limit} bytes unpacked")
            piece = reader.process(b"", output_buffer_limit=_CHUNK) if not reader.is_finished() else b""
    except brotli.error as error:
        if not out:
            raise Broken(f"not compressed as its header says: {error}") from None
        return bytes(out), False
    if len(out) > limit:
        raise TooLarge(f"more than {limit} bytes unpacked")
    return bytes(out), reader.is_finished()


def _unzstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
            body, read_across_frames=True
        ) as reader:
            while piece := reader.read(_CHUNK):
                out += piece
                if len(out) > limit:
                    raise TooLarge(f"more than {limit} bytes unpacked")
    except zstandard.ZstdError as error:
        if not out:
            raise Broken(f"not compressed as its header says: {error}") from None
        return bytes(out), False
    return bytes(out), True
