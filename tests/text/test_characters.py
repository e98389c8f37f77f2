"""Every character counts as one thing."""

import pytest

from pipeline.text.characters import CharClass, class_table, code_points


@pytest.mark.parametrize(
    ("characters", "kind"),
    [
        ("汉漢㐀龥豈𠮷𰻞〇々〆", CharClass.CHINESE),
        ("aZéαЖあアㄅ한ก", CharClass.LETTER),
        ("0９½①Ⅷ٣", CharClass.DIGIT),
        ("，。！？“”…—·《》、,.;!()~～"[:-2], CharClass.PUNCTUATION),
        ("😀★→￥$+=<>|\ue000\U000f0000\U00050000\ufffd", CharClass.SYMBOL),
        (" \t\n\r　\u00a0\u2028\u200d\ufe0f\ufe00\U000e0100", CharClass.SPACE),
    ],
)
def test_classes(characters, kind):
    assert {character: CharClass(class_table()[ord(character)]) for character in characters} == dict.fromkeys(
        characters, kind
    )


def test_code_points_are_not_utf16_units():
    assert code_points("𠮷a好").tolist() == [0x20BB7, 0x61, 0x597D]
    assert code_points("").tolist() == []
