"""The base's two files are checked against each other before anything is built on them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.core.errors import SourceError
from pipeline.vocab.alphabet import (
    CHARACTER,
    begins_character,
    characters,
    is_fragment,
    straddles,
    to_bytes,
    to_token,
)
from pipeline.vocab.base import Base, read_base

BYTES = {character: byte for byte, character in CHARACTER.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def write(ids: object, merges: str) -> Path:
        (tmp_path / "vocab.json").write_text(ids if isinstance(ids, str) else json.dumps(ids), encoding="utf-8")
        (tmp_path / "merges.txt").write_text(merges, encoding="utf-8")
        return tmp_path

    return write


def test_gpt2_has_fifty_thousand_merges_and_one_token_that_none_makes(base: Base) -> None:
    assert (len(base.ids), len(base.merges), len(base.tokens), base.end_of_text) == (50257, 50000, 50256, 50256)


def test_no_token_joins_a_line_break_to_what_stands_beside_it(base: Base) -> None:
    plain = base.with_plain_line_breaks()
    assert set(base.tokens) - set(plain.tokens) == {"ĊĊ", "ĊÂł"}
    assert set(base.merges) - set(plain.merges) == {("Ċ", "Ċ"), ("Ċ", "Âł")}
    assert plain.ids == base.ids


def test_a_token_keeps_all_that_its_merges_need(folder: Callable[..., Path]) -> None:
    base = read_base(folder(BYTES | {"ab": 256, "cd": 257, "abc": 258}, "#version: 0.2\na b\nc d\nab c\n"))
    assert base.closure(["abc"]) - set(BYTES) == {"abc", "ab"}


@pytest.mark.parametrize(
    ("ids", "merges", "message"),
    [
        (BYTES | {"ab": 256}, "a b\na c\n", "line 2: vocab.json lacks the merged token 'ac'"),
        (BYTES | {"ab": 256, "abc": 257}, "ab c\na b\n", "line 1: no byte or earlier merge makes 'ab'"),
        (BYTES | {"ab": 256}, "a  b\n", "line 1: expected two tokens and one space, found 'a  b'"),
        (BYTES | {"ab": 256}, "", "no merge makes 1 tokens of vocab.json, first 'ab'"),
        (BYTES | {"ab": 256}, "a b\na b\n", "line 2: 'ab' is made by an earlier merge too"),
        (BYTES | {"ab": 300}, "a b\n", "the ids of 257 tokens must be 0 to 256"),
        ({"a": 0}, "", "255 of the 256 bytes have no token, first '!'"),
        ([1], "", "a mapping of token to id is expected"),
        ("{", "", "vocab.json must be JSON"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    folder: Callable[..., Path], ids: object, merges: str, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        read_base(folder(ids, merges))
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"vocab\.json: No such file or directory; run the base stage first"):
        read_base(tmp_path)


def test_the_alphabet_writes_bytes_as_gpt2_does() -> None:
    assert (to_token("的"), to_bytes("çļĦ").decode(), to_token(" \n")) == ("çļĦ", "的", "ĠĊ")


def test_characters_begun_or_ended_count_and_make_a_fragment() -> None:
    tokens = ["çļĦ", "çļ", "ļĦ", "çļĦçļ", "a"]
    assert [(characters(to_bytes(token)), is_fragment(token)) for token in tokens] == [
        (1, False),
        (1, True),
        (1, True),
        (2, True),
        (1, False),
    ]


def test_beginnings_and_straddling_bits_are_told_apart() -> None:
    parts = ["\u7684".encode()[:2], b" \xe7", b"\x84", b"\x84\xe7", b"\xe7\x9a\x84", b"a\xe7", b"\xf0\x9f\x98"]
    assert [(begins_character(raw), straddles(raw)) for raw in parts] == [
        (True, False),
        (True, False),
        (False, False),
        (False, True),
        (False, False),
        (False, False),
        (True, False),
    ]


def test_gpt2_without_what_straddles_characters_loses_twelve_merges(base: Base) -> None:
    trimmed = base.without_straddling()
    assert (len(base.merges) - len(trimmed.merges), trimmed.ids) == (12, base.ids)
    assert not [token for token in trimmed.tokens if straddles(to_bytes(token))]
