"""GPT-2's byte alphabet: the printable character that stands for each byte in a vocabulary's strings."""

from tokenizers.pre_tokenizers import ByteLevel


def _table() -> dict[int, str]:
    """Printable Latin-1 stands for itself, the other bytes for U+0100 and on, in order (GPT-2's encoder.py)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    return {byte: chr(byte) for byte in printable} | {byte: chr(0x100 + n) for n, byte in enumerate(others)}


CHARACTER = _table()
BYTE = {character: byte for byte, character in CHARACTER.items()}
LINE_BREAK = CHARACTER[ord("\n")]
"""Ċ"""
assert set(BYTE) == set(ByteLevel.alphabet()), "the tokenizers library uses another byte alphabet"


def to_token(text: str) -> str:
    """The text as a byte-level vocabulary writes it: 的 -> çļĦ."""
    return "".join(CHARACTER[byte] for byte in text.encode())


def to_bytes(token: str) -> bytes:
    """The bytes of a vocabulary string; KeyError names a character outside the alphabet."""
    return bytes(BYTE[character] for character in token)


def is_whole(raw: bytes) -> bool:
    """Whether the bytes are whole characters."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def begins_character(raw: bytes) -> bool:
    """Whether the bytes are the first ones, not all, of a single character, with or without a space before it."""
    raw = raw.removeprefix(b" ")
    if not raw:
        return False
    length = 4 if raw[0] >= 0xF0 else 3 if raw[0] >= 0xE0 else 2 if raw[0] >= 0xC2 else 1
    return len(raw) < length and all(byte & 0xC0 == 0x80 for byte in raw[1:])


def straddles(raw: bytes) -> bool:
    """Whether the bytes end a character that began before them and go on with the next."""
    return raw[0] & 0xC0 == 0x80 and any(byte & 0xC0 != 0x80 for byte in raw)


def is_fragment(token: str) -> bool:
    """Whether the token's bytes are not whole characters."""
    return not is_whole(to_bytes(token))


def characters(raw: bytes) -> int:
    """Length in characters; one that the bytes only begin or end counts as well."""
    return sum(byte & 0xC0 != 0x80 for byte in raw) + (raw[0] & 0xC0 == 0x80)
