"""Two equal folds are one text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.folding import fold, letters_only


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("好评，很好！！", "好评很好"),
        ("  好评\n很　好 😀", "好评很好😀"),
        ("ＧＤＰ Growth 8.5%", "gdpgrowth8.5"),
        ("二〇二四_年·夏", "二〇二四年夏"),
        ("𠮷野家", "𠮷野家"),
        ("。。。", "。。。"),
        ("！ ！\n！", "！！！"),
        ("👍👍", "👍👍"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_only_the_words_count(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("价格3.5元", "价格35元"), ("好👍", "好👎"), ("C++语言", "C语言"), ("８．５％", "８５％"), ("1:0", "10")],
)
def test_what_punctuation_means_stays(one, other):
    assert fold(one) != fold(other)


def test_different_words_stay_apart():
    assert fold("不好") != fold("好") and fold("。。。") != fold("！！！") and fold("后") != fold("後")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_letters_only_keeps_case_width_and_numbers_and_drops_the_rest():
    assert letters_only("「GPT-2」与 ＢＰＥ：第 3.5 版_") == "GPT2与ＢＰＥ第35版_"
