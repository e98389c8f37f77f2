"""A vocabulary learnt on the smoke corpus, under each option: exact, reachable, whole."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pipeline.core.shards import list_shards, read_documents
from pipeline.vocab.alphabet import is_fragment
from pipeline.vocab.assembly import Vocabulary
from pipeline.vocab.base import Base
from pipeline.vocab.methods import learn
from tests.vocab.conftest import config_with
from tests.vocab.engines import ENGINE

OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "traditional": {"traditional": True},
    "strict": {"digits": "single", "punctuation": "apart", "boundaries": "jieba", "max_token_chars": 3},
    "joined": {"punctuation": "joined"},
    "wordlist": {"method": "wordlist", "max_words": 300},
}
ODD = [
    "<nl>",
    "<s>",
    "\n\n",
    "𠮷",
    "𡈽",
    "👩\u200d👩\u200d👧",
    "龘",
    "電腦",
    "3.14",
    "“好。”",
    "T恤",
    "한국",
    " \u3000",
]


@pytest.fixture(scope="module", params=OPTIONS)
def vocabulary(request: pytest.FixtureRequest, base: Base, smoke_data: Any) -> Vocabulary:
    changes = {"vocab_size": 1024, "base_min_count": 20, **OPTIONS[request.param]}
    if request.param == "wordlist":
        changes["vocab_size"] = None
    return learn(ENGINE, list_shards([smoke_data.folder / "split/train"]), base, config_with(**changes)).vocabulary


@pytest.fixture(scope="module")
def tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    tokenizer = vocabulary.tokenizer()
    tokenizer.encode_special_tokens = True
    return tokenizer


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids


def test_what_a_new_token_stands_for_is_encoded_as_that_token(vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    new = [tokenizer.token_to_id(token) for token in vocabulary.extension.new if not is_fragment(token)]
    new += [tokenizer.token_to_id(word) for word in vocabulary.words]
    assert len(new) > 200
    assert [ids_of(tokenizer, tokenizer.decode([id])) for id in new] == [[id] for id in new]


def test_every_document_comes_back(tokenizer: Tokenizer, smoke_data: Any) -> None:
    for part in ("train", "test"):
        for shard in list_shards([Path(smoke_data.folder / "split" / part)]):
            for document in read_documents(shard):
                assert tokenizer.decode(ids_of(tokenizer, document.text)) == document.text


@settings(max_examples=150, deadline=None)
@given(text=st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=5)), max_size=10).map("".join))
def test_any_string_comes_back_exactly(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(ids_of(tokenizer, text)) == text
    assert tokenizer.decode(ids_of(tokenizer, text), skip_special_tokens=False) == text
