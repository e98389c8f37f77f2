"""The finished tokenizer: a line break is GPT-2's own token, <nl> one of its own, and every text comes back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pipeline.vocab.assembly import plain
from pipeline.vocab.base import Base

CASES = {
    "\n": ["Ċ"],
    "\n\n": ["Ċ", "Ċ"],
    "\n\n\n": ["Ċ", "Ċ", "Ċ"],
    "a\n\nb": ["a", "Ċ", "Ċ", "b"],
    " \n\n": ["Ġ", "Ċ", "Ċ"],
    "\n\u00a0": ["Ċ", "Âł"],
    "a\nb": ["a", "Ċ", "b"],
    "<nl>": ["<nl>"],
    "\n<nl>\n": ["Ċ", "<nl>", "Ċ"],
    "<nl><nl>": ["<nl>", "<nl>"],
    "<<nl>": ["<", "<nl>"],
    "!<nl>": ["!", "<nl>"],
    " <nl> a": ["Ġ", "<nl>", "Ġa"],
    "<nl": ["<", "nl"],
    "<NL>": ["<", "NL", ">"],
    "<lit>": ["<", "lit", ">"],
    "<s>": ["<", "s", ">"],
    "<pad>": ["<", "pad", ">"],
    "\r\n": ["č", "Ċ"],
    "a \n b": ["a", "Ġ", "Ċ", "Ġb"],
    "！\n": ["ï", "¼", "ģ", "Ċ"],
    "I'm": ["I", "'m"],
}


@pytest.mark.parametrize("text", CASES)
def test_a_text_has_these_tokens_and_comes_back(extended: Tokenizer, text: str) -> None:
    encoding = extended.encode(text, add_special_tokens=False)
    assert encoding.tokens == CASES[text]
    assert extended.decode(encoding.ids, skip_special_tokens=True) == text
    assert extended.decode(encoding.ids, skip_special_tokens=False) == text


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["<", ">", "nl", "<nl>", "<s>", "<pad>", "\n", "\r\n", " ", "  ", "\u3000", "\u00a0"]),
        st.sampled_from(["中国", "人民", "𠮷", "👩‍👩‍👧", "T恤", "Ġ", "Ċ", "é", "。", "\x00", "\ufeff", "\u2028"]),
        st.text(max_size=4),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_any_text_comes_back_exactly(extended: Tokenizer, with_words: Tokenizer, text: str) -> None:
    for tokenizer in (extended, with_words):
        assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False).ids) == text


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_each_line_break_is_one_token_and_each_nl_another(extended: Tokenizer, text: str) -> None:
    tokens = extended.encode(text, add_special_tokens=False).tokens
    assert [token for token in tokens if "Ċ" in token] == ["Ċ"] * text.count("\n")
    assert tokens.count("<nl>") == text.count("<nl>")


def test_added_words_leave_spaces_and_line_breaks_alone(with_words: Tokenizer) -> None:
    text = "中国 人民\n 中国人民 T恤 <nl>"
    encoding = with_words.encode(text, add_special_tokens=False)
    assert encoding.tokens == ["中国", "Ġ", "人民", "Ċ", "Ġ", "中国", "人民", "Ġ", "T恤", "Ġ", "<nl>"]
    assert with_words.decode(encoding.ids) == text


def test_where_lines_do_not_break_the_tokens_are_the_bases_own(extended: Tokenizer, base: Base) -> None:
    text = "Hello world!  It's 2024… 我想 你好，世界。 x<y>z  "
    assert extended.encode(text, add_special_tokens=False).tokens == plain(base).encode(text).tokens


def test_a_text_begins_with_bos_and_so_does_a_pair(extended: Tokenizer) -> None:
    assert extended.encode("a b").tokens == ["<s>", "a", "Ġb"]
    assert extended.encode("").tokens == ["<s>"]
    assert extended.encode("a", " b").tokens == ["<s>", "a", "Ġb"]


def test_the_pre_tokenizer_is_gpt2s_own_unless_conf_cuts_otherwise(base: Base) -> None:
    from tests.vocab.conftest import vocabulary_with

    kinds = {
        changes: type(vocabulary_with(base, **dict([changes])).tokenizer().pre_tokenizer).__name__
        for changes in (("digits", "grouped"), ("digits", "single"), ("punctuation", "apart"))
    }
    assert list(kinds.values()) == ["ByteLevel", "Sequence", "Sequence"]
