"""What the quality rules look at, measured on texts small enough to count by hand."""

import pytest

from pipeline.quality.features import Features, features


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Features(0, 0, 0, 0, 0, 0, 0)),
        (" \n　", Features(3, 0, 0, 0, 0, 0, 0)),
        ("雨停了。", Features(4, 1, 0, 0.25, 0, 0, 0)),
        ("𠮷野家𰻞面", Features(5, 1, 0, 0, 0, 0, 0)),  # ideographs beyond the first plane are one character each
        ("葛󠄀城󠄁", Features(4, 1, 0, 0, 0, 0, 0)),  # variation selectors are nothing of their own
        ("好😀☀️", Features(4, 1, 0, 0, 2 / 3, 0, 0)),
        ("👨‍👩‍👧", Features(5, 0, 0, 0, 1, 0, 0)),
        ("２０24年", Features(5, 0.5, 0, 0, 0, 0.8, 0)),
        ("好\ufffd锟斤拷", Features(5, 1, 0, 0, 0.2, 0, 0.8)),
        ("用 Python 3", Features(10, 1 / 3, 0, 0, 0, 0.125, 0)),
        ("二〇二四", Features(4, 1, 0, 0, 0, 0, 0)),
        ("ラーメン", Features(4, 0, 0, 0, 0, 0, 0)),
        ("哈哈哈哈哈哈哈", Features(7, 1, 2 / 3, 0, 0, 0, 0)),
        ("\ue000好", Features(2, 1, 0, 0, 0.5, 0, 0)),
    ],
)
def test_features_of_small_texts(text, expected):
    measured = features(text)
    for name in Features.__dataclass_fields__:
        assert getattr(measured, name) == pytest.approx(getattr(expected, name)), name


def test_repetition_is_the_share_of_five_grams_seen_before():
    assert features("春夏秋冬年" * 2).repetition == pytest.approx(1 / 6)
    # White space between copies does not hide them.
    assert features("春夏秋冬年\n春夏 秋冬年").repetition == pytest.approx(1 / 6)
    assert features("春夏秋冬年年冬秋夏春").repetition == 0
    assert features("好好好好好").repetition == 0  # one 5-gram only


def test_five_grams_that_differ_in_one_character_are_different():
    # Every position, and characters whose code points differ by one bit.
    for position in range(5):
        changed = list("甲乙丙丁戊")
        changed[position] = chr(ord(changed[position]) ^ 1)
        assert features("甲乙丙丁戊，一二三四，" + "".join(changed)).repetition == 0
