"""Wrong decodings are repaired where the right one is certain; what was lost is counted."""

import pytest

from pipeline.text.damage import damaged_characters, repaired

SENTENCE = "今天的天气很好，我们去公园散步，看见了许多花。"
TRADITIONAL = "今天的天氣很好，我們去公園散步，看見了許多花。"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (SENTENCE.encode().decode("latin-1"), SENTENCE),
        (TRADITIONAL.encode().decode("latin-1"), TRADITIONAL),
        (SENTENCE.encode("gb2312").decode("latin-1"), SENTENCE),
        ("好".join((SENTENCE.encode().decode("latin-1"), "，是")), SENTENCE + "好，是"),
        ("浣犲ソ锛屼笘鐣屻€?", "你好，世界\ufffd?"),
        ("itâ€™s 好，â€œOKâ€\x9d", "it’s 好，“OK”"),
        ("人们说ä½\xa0å¥½", "人们说你好"),
        ("浣犲ソ鍚", "你好\ufffd"),
        ("浣犲ソ", "你好"),
        ("锘夸綘濂?", "\ufeff你\ufffd?"),
        ("俄语Ð¿Ñ\x80Ð¸Ð²ÐµÑ\x82", "俄语привет"),
        (TRADITIONAL.encode("big5").decode("gb18030"), TRADITIONAL),
        ("設施琁ρ侣ぃ瞊∣", "設施琁ρ侣ぃ瞊∣"),
    ],
)
def test_a_certain_wrong_decoding_is_read_again(wrong, right):
    assert repaired(wrong)[0] == right
    assert repaired(right) == (right, 0)


@pytest.mark.parametrize(
    "text",
    [
        "café、Ångström、naïve、Müller 和 Señor",
        "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑ",
        "乱码“浣犲ソ”是 UTF-8 的“你好”，ä½\xa0å¥½ 也是",
        "鐵路、銀行、錯誤、鋼鐵、開關、閱讀",
        "联通的联系人，闽南话",
        "锟斤拷烫烫烫",
        "東京は日本の首都です。ひらがなとカタカナ",
        "日文“の”和“ぃ”，いいですね，\ue601首页\ue602登录",
        "2 × 3 ± 1°，§5，«书»",
        "    s = 'ä½\xa0å¥½'\n说明",
    ],
)
def test_ordinary_text_and_examples_of_damage_stay(text):
    assert repaired(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("你好\ufffd\ufffd", 2),
        ("锟斤拷锟斤拷，好", 6),
        ("烫烫烫烫，屯屯屯", 7),
        ("锘夸竴", 1),
        ("“锟斤拷”是怎么来的？", 0),
        ("水很烫烫手，屯田屯兵", 0),
    ],
)
def test_lost_characters_are_counted(text, damaged):
    assert damaged_characters(text) == damaged
