"""Line breaks become <nl> and come back; whatever looks like a mark or a special token stays text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

CASES = {
    "\n": ["<nl>"],
    "\n\n": ["<nl><nl>"],
    "\n\n\n": ["<nl><nl>", "<nl>"],
    "a\n\nb": ["a", "<nl><nl>", "b"],
    " \n\n": ["Ġ", "<nl><nl>"],
    "a\nb": ["a", "<nl>", "b"],
    "<nl>": ["<", "<lit>", "nl", ">"],
    "<lit>": ["<", "<lit>", "lit", ">"],
    "\n<nl>\n": ["<nl>", "<", "<lit>", "nl", ">", "<nl>"],
    "<nl><nl>": ["<", "<lit>", "nl", "><", "<lit>", "nl", ">"],
    "<<nl>": ["<<", "<lit>", "nl", ">"],
    "<<lit>nl>": ["<<", "<lit>", "lit", ">", "nl", ">"],
    "!<nl>": ["!", "<", "<lit>", "nl", ">"],
    " <nl>": ["Ġ<", "<lit>", "nl", ">"],
    "<nl": ["<", "nl"],
    "<NL>": ["<", "NL", ">"],
    "<lit": ["<", "lit"],
    "nl>": ["nl", ">"],
    "<s>": ["<", "s", ">"],
    "<pad>": ["<", "pad", ">"],
    "\r\n": ["č", "<nl>"],
    "a \n b": ["a", "Ġ", "<nl>", "Ġb"],
    "！\n": ["ï", "¼", "ģ", "<nl>"],
    "I'm": ["I", "'m"],
}


@pytest.mark.parametrize("text", CASES)
def test_a_text_has_these_tokens_and_comes_back(marked: Tokenizer, text: str) -> None:
    encoding = marked.encode(text)
    assert encoding.tokens == CASES[text]
    assert marked.decode(encoding.ids, skip_special_tokens=True) == text
    assert marked.decode(encoding.ids, skip_special_tokens=False) == text


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["<", ">", "nl", "lit", "<nl>", "<lit>", "<s>", "<pad>", "\n", "\r\n", " ", "  ", "\u3000"]),
        st.sampled_from(["中国", "人民", "𠮷", "👩‍👩‍👧", "T恤", "Ġ", "é", "。", "\x00", "\ufeff", "\u2028"]),
        st.text(max_size=4),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_any_text_comes_back_exactly(marked: Tokenizer, with_words: Tokenizer, text: str) -> None:
    assert marked.decode(marked.encode(text).ids) == text
    assert with_words.decode(with_words.encode(text).ids) == text


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_nl_stands_for_line_breaks_and_nothing_else(marked: Tokenizer, text: str) -> None:
    tokens = marked.encode(text).tokens
    assert tokens.count("<nl>") + 2 * tokens.count("<nl><nl>") == text.count("\n")


def test_added_words_leave_spaces_and_line_breaks_alone(with_words: Tokenizer) -> None:
    text = "中国 人民\n 中国人民 T恤 <nl>"
    encoding = with_words.encode(text)
    assert encoding.tokens == [
        *["中国", "Ġ", "人民", "<nl>", "Ġ", "中国", "人民", "Ġ", "T恤"],
        *["Ġ<", "nl", ">"],
    ]
    assert with_words.decode(encoding.ids) == text


def test_without_line_breaks_and_marks_the_tokens_are_the_bases_own(marked: Tokenizer, base: object) -> None:
    from pipeline.vocab.assembly import plain

    text = "Hello world!  It's 2024… 我想 你好，世界。 x<y>z  "
    assert marked.encode(text).tokens == plain(base).encode(text).tokens  # type: ignore[arg-type]
