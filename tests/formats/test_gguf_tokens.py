"""The tokenizer in GGUF: every token with its kind, and no tokenizer that llama.cpp would read otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest
from gguf import TokenType
from tokenizers import AddedToken, Tokenizer, processors

from pipeline.core.errors import ConfigError, ContractError, SourceError
from pipeline.formats.gguf_tokens import Tokens, read_tokens
from tests.formats.tiny_gpt2 import edit, write_tokenizer

BOS, PAD, NL, SIZE = 290, 291, 292, 293


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_tokenizer(tmp_path)
    return tmp_path / "tokenizer.json"


def tokens(path: Path, rows: int = SIZE, eos: int = BOS) -> Tokens:
    return read_tokens(path, rows, BOS, eos)


def test_each_id_has_its_token_special_ones_are_control_and_nl_is_text(path: Path) -> None:
    found = tokens(path)
    tokenizer = Tokenizer.from_file(str(path))
    assert list(found.texts) == [tokenizer.id_to_token(id) for id in range(SIZE)]
    kinds = dict.fromkeys(range(SIZE), TokenType.NORMAL)
    kinds |= {BOS: TokenType.CONTROL, PAD: TokenType.CONTROL, NL: TokenType.USER_DEFINED}
    assert list(found.types) == [int(kinds[id]) for id in range(SIZE)]
    merges = json.loads(path.read_text(encoding="utf-8"))["model"]["merges"]
    assert list(found.merges) == [f"{left} {right}" for left, right in merges] and len(merges) == 34
    assert (found.add_bos, found.add_eos) == (True, False)


def test_rows_without_a_token_are_unused_and_have_names_of_their_own(path: Path) -> None:
    found = tokens(path, rows=SIZE + 2)
    assert list(found.texts)[SIZE:] == ["[unused293]", "[unused294]"]
    assert list(found.types)[SIZE:] == [int(TokenType.UNUSED)] * 2


def test_merges_written_as_strings_by_older_versions_are_the_same(path: Path) -> None:
    before = tokens(path)
    merges = json.loads(path.read_text(encoding="utf-8"))["model"]["merges"]
    edit(path, "model", "merges", value=[" ".join(pair) for pair in merges])
    assert tokens(path) == before


def template(path: Path, single: list[str]) -> None:
    tokenizer = Tokenizer.from_file(str(path))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "<pad>")]
    tokenizer.post_processor = processors.TemplateProcessing(single=single, special_tokens=ids)
    tokenizer.save(str(path))


def test_what_is_put_around_a_text_is_read_off_the_tokenizer(path: Path) -> None:
    assert (tokens(path, eos=PAD).add_bos, tokens(path, eos=PAD).add_eos) == (True, False)
    template(path, ["<s>", "$A", "<pad>"])
    assert (tokens(path, eos=PAD).add_bos, tokens(path, eos=PAD).add_eos) == (True, True)
    with pytest.raises(ConfigError, match=r"adds \['<s>', '<pad>'\] to a text"):
        tokens(path)
    edit(path, "post_processor", value=None)
    assert (tokens(path).add_bos, tokens(path).add_eos) == (False, False)


def test_a_pre_tokenizer_in_a_list_of_one_is_itself(path: Path) -> None:
    inner = json.loads(path.read_text(encoding="utf-8"))["pre_tokenizer"]
    before = tokens(path)
    edit(path, "pre_tokenizer", value={"type": "Sequence", "pretokenizers": [inner]})
    assert tokens(path) == before


BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
CHANGES: dict[str, tuple[tuple[str, ...], Any, str]] = {
    "digits apart": (
        ("pre_tokenizer",),
        {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTE_LEVEL]},
        "does not split texts as GPT-2 does (its pre-tokenizer: Digits + ByteLevel)",
    ),
    "no splitting": (("pre_tokenizer", "use_regex"), False, "does not split texts as GPT-2 does"),
    "a space before": (("pre_tokenizer", "add_prefix_space"), True, "does not split texts as GPT-2 does"),
    "none at all": (("pre_tokenizer",), None, "(its pre-tokenizer: none)"),
    "a normalizer": (("normalizer",), {"type": "NFKC"}, "rewrites each text first (normalizer NFKC)"),
    "whole words first": (("model", "ignore_merges"), True, "model.ignore_merges=true"),
    "byte fallback": (("model", "byte_fallback"), True, "model.byte_fallback=true"),
    "dropout": (("model", "dropout"), 0.1, "model.dropout=0.1"),
    "prefixes": (("model", "continuing_subword_prefix"), "##", 'model.continuing_subword_prefix="##"'),
    "another model": (("model", "type"), "WordPiece", 'model.type="WordPiece"'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_llama_cpp_would_read_otherwise_is_refused(path: Path, change: str) -> None:
    keys, value, message = CHANGES[change]
    edit(path, *keys, value=value)
    with pytest.raises(ConfigError) as told:
        tokens(path)
    assert message in str(told.value)
    assert str(told.value).startswith("release.formats: no gguf of this model: ")


def with_added(path: Path, *words: str, **how: bool) -> None:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_tokens([AddedToken(word, normalized=False, **how) for word in words])
    tokenizer.save(str(path))


def test_added_words_that_can_overlap_in_a_text_are_refused(path: Path) -> None:
    with_added(path, "中国", "国人民")
    with pytest.raises(ConfigError, match="'中国' and '国人民' can overlap in a text"):
        tokens(path, SIZE + 2)


def test_one_word_at_the_start_of_another_overlaps_too(path: Path) -> None:
    with_added(path, "中国", "中国人")  # 中国 ends where 中国人 begins: 中国中国人
    with pytest.raises(ConfigError, match="can overlap"):
        tokens(path, SIZE + 2)


def test_a_few_added_words_that_cannot_overlap_are_text(path: Path) -> None:
    with_added(path, "中国", "人民")
    found = tokens(path, SIZE + 2)
    assert list(found.texts)[SIZE:] == ["中国", "人民"]
    assert list(found.types)[SIZE:] == [int(TokenType.USER_DEFINED)] * 2


def test_a_list_of_words_is_refused_and_counted(path: Path) -> None:
    with_added(path, *(chr(0x4E00 + number) for number in range(64)))
    with pytest.raises(ConfigError, match="adds 65 words to the BPE as whole tokens"):
        tokens(path, SIZE + 64)


@pytest.mark.parametrize("how", ["single_word", "lstrip", "rstrip"])
def test_an_added_token_that_looks_at_its_neighbours_is_refused(path: Path, how: str) -> None:
    with_added(path, "<x>", **{how: True})
    with pytest.raises(ConfigError, match=f"the added token '<x>' has {how}"):
        tokens(path, SIZE + 1)


def test_ids_that_do_not_fit_the_model_are_refused(path: Path) -> None:
    with pytest.raises(ContractError, match="token '<nl>' has id 292, but the model has 292 rows of embeddings"):
        tokens(path, SIZE - 1)
    vocab = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    edit(path, "model", "vocab", value={**vocab, "两个": 3})
    with pytest.raises(ContractError, match="'两个' have one id, 3"):
        tokens(path)


def test_a_damaged_file_is_named(path: Path) -> None:
    path.write_text('{"model": {}}', encoding="utf-8")
    with pytest.raises((SourceError, ConfigError), match=r"tokenizer\.json"):
        tokens(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match=r"tokenizer\.json"):
        tokens(path)
    path.unlink()
    with pytest.raises(SourceError, match="No such file"):
        tokens(path)
