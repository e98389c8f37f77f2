"""How much of a text is Chinese, as the two places that ask measure it."""

import pytest

from pipeline.text.characters import class_table, code_points
from pipeline.text.language import chinese_share, chinese_share_of_words


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("你好吗", 1.0),
        ("你好 two words", 0.5),
        ("これは本です", 0.0),
        ("안녕하세요", 0.0),
        ("", 0.0),
        ("123，。", 0.0),
    ],
)
def test_the_share_of_chinese_counts_words_of_other_scripts_once(text, share):
    assert chinese_share(text) == share


@pytest.mark.parametrize(
    ("text", "by_extract", "by_filter"),
    [
        ("これは本です", 0.0, 1 / 6),  # kana take from Chinese in one, are words beside it in the other
        ("共2024年", 1.0, 2 / 3),  # a number is a word in one only
        ("〇", 0.0, 1.0),  # 〇 is Chinese in one only
    ],
)
def test_the_two_measures_differ_in_kana_numbers_and_marks(text, by_extract, by_filter):
    points = code_points(text)
    assert chinese_share(text) == by_extract
    assert chinese_share_of_words(points, class_table()[points]) == pytest.approx(by_filter)
