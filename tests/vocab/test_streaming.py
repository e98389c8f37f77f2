"""Text shown token by token: only whole characters, and in the end exactly what decoding at once gives."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pipeline.core.errors import SourceError
from pipeline.vocab.assembly import Vocabulary, save
from pipeline.vocab.base import Base
from pipeline.vocab.extension import cut
from pipeline.vocab.streaming import StreamingDecoder


@pytest.fixture(scope="module")
def folder(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.vocab.conftest import config_with

    path = tmp_path_factory.mktemp("tokenizer")
    config = config_with(keep_base="all", vocab_size=60000, more=["<|问|>"])
    save(Vocabulary.build(cut(base, {}, config), ["中国", "T恤"], config), path, {})
    return path


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return tokenizer


@pytest.fixture(scope="module")
def decoder(folder: Path) -> StreamingDecoder:
    return StreamingDecoder(folder)


def streamed(decoder: StreamingDecoder, ids: list[int]) -> list[str]:
    return [*(decoder.push(id) for id in ids), decoder.close()]


ODD = ["𠮷", "𡈽", "👩‍👩‍👧", "\n\n", "<nl>", "<s>", "中国", "T恤", "龍"]


@settings(max_examples=200, deadline=None)
@given(text=st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=4)), max_size=9).map("".join))
def test_no_piece_is_half_a_character_and_all_are_the_text(
    decoder: StreamingDecoder, tokenizer: Tokenizer, text: str
) -> None:
    pieces = streamed(decoder, tokenizer.encode(text).ids)
    assert "".join(pieces) == text
    assert not [piece for piece in pieces if "\ufffd" in piece and "\ufffd" not in text]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_ids_give_what_decoding_at_once_gives(decoder: StreamingDecoder, tokenizer: Tokenizer, data: Any) -> None:
    ids = data.draw(st.lists(st.integers(0, tokenizer.get_vocab_size() - 1), max_size=12))
    assert "".join(streamed(decoder, ids)) == tokenizer.decode(ids, skip_special_tokens=True)


def test_a_character_waits_for_its_last_byte(decoder: StreamingDecoder, tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("龘").ids
    assert streamed(decoder, ids) == [*[""] * (len(ids) - 1), "龘", ""]
    assert streamed(decoder, ids[:-1])[-1] == "\ufffd"


def test_a_folder_without_a_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"tokenizer\.json: No such file or directory; run the tokenizer stage"):
        StreamingDecoder(tmp_path)
