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
        ("これは本です", 0.0, 0.0),  # kana take from Chinese in one, are words beside it in the other
        ("共2024年", 1.0, 2 / 3),  # a number is a word in one only
        ("〇", 0.0, 1.0),  # 〇 is Chinese in one only
    ],
)
def test_the_two_measures_differ_in_kana_numbers_and_marks(text, by_extract, by_filter):
    points = code_points(text)
    assert chinese_share(text) == by_extract
    assert chinese_share_of_words(points, class_table()[points]) == pytest.approx(by_filter)


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("東京は日本の首都です。人口は約千四百万人で、世界でも大きな都市の一つとして知られています。", False),
        (
            "政府は本日、来年度予算案を閣議決定した。一般会計総額は過去最大で、社会保障費の増加が主な要因となっている。",
            False,
        ),
        ("新聞記者の田中さんは昨日、大阪府庁を訪問し、知事と会談した。", False),
        ("大韓民國의 憲法 第一條는 民主共和國이라고 規定하고 있다. 모든 權力은 國民으로부터 나온다.", False),
        ("主人公叫藤宫晴真（ふじみや はるま），是上奈木（かみなぎ）学园二年级的学生，性格开朗。", True),
        ("《ドラゴンボール》中文名叫《七龙珠》，是鸟山明的漫画，连载了很多年。", True),
        ("佢哋琴日去咗街市買餸，返嚟嗰陣落緊大雨，冇帶遮，成身都濕晒。", True),
        ("子曰：學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？", True),
    ],
)
def test_japanese_and_korean_ideographs_are_not_chinese(text, chinese):
    points = code_points(text)
    assert (chinese_share_of_words(points, class_table()[points]) > 0.5) is chinese
