"""Unicode clean-up: each rule on its own, what must stay, and that a second clean-up finds nothing to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.characters import FULL_WIDTH, PRIVATE_USE, RADICALS
from pipeline.text.cleaning import (
    character_references,
    chinese_spaces,
    cleaning_rules,
    full_width,
    invisible,
    line_breaks,
    map_private_use,
    map_radicals,
    spaces,
    white_space,
)

RULES = cleaning_rules(full_width_latin=True, spaces_in_chinese=True, max_blank_lines=1)


def clean(text: str) -> str:
    for rule in RULES.values():
        text, _ = rule(text)
    return text


@pytest.mark.parametrize(
    ("rule", "text", "cleaned", "changed"),
    [
        (character_references, "阿&#183;Q 看&#x4E2D;&#X56FD;", "阿·Q 看中国", 3),
        (
            character_references,
            "&amp; &#60;p&#62; &nbsp; &#xD800; &#x110000; &#; &#183",
            "&amp; &#60;p&#62; &nbsp; &#xD800; &#x110000; &#; &#183",
            0,
        ),
        (character_references, "&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";", 0),
        (line_breaks, "一\r\n二\r三\x0b四\x0c五\x85六\u2028七\u2029八\n九", "一\n二\n三\n四\n五\n六\n七\n八\n九", 7),
        (invisible, "\ufeff春\u200b眠\u200e不\u202a觉\u202c\u00ad晓\x00\x1b", "春眠不觉晓", 8),
        (invisible, "家\u200d庭", "家庭", 1),
        (invisible, "\u200d开头，末尾\u200c", "开头，末尾", 2),
        (invisible, "一\t二\n三", "一\t二\n三", 0),
        (map_radicals, "⼀⼈⼭⽔，⻓城⻅证", "一人山水，长城见证", 6),
        (map_private_use, "\ue7c7\ue81e\ue816\ue78d", "\u1e3f\u9fb4\U00020087\ufe10", 4),
        (map_private_use, "\ue000\uf8ff", "\ue000\uf8ff", 0),
        (spaces, "一\u00a0二\u2003三\u202f四　五", "一 二 三 四　五", 3),
        (full_width, "ＧＤＰ增长８．５％，ａｂｃ", "GDP增长8.5%，abc", 10),
        (full_width, "第１．总则", "第1．总则", 1),
        (full_width, "３∶２，５：４", "3∶2，5：4", 4),
        (chinese_spaces, "中 国\t人 民", "中国人民", 3),
        (chinese_spaces, "你 好 ， 世 界 ！ “ 好 ”", "你好，世界！“好”", 8),
        (chinese_spaces, "学习 Python 3.11 版本", "学习 Python 3.11 版本", 0),
        (chinese_spaces, "iPhone 和 iPad", "iPhone 和 iPad", 0),
        (chinese_spaces, "第一行 \n 第二行", "第一行 \n 第二行", 0),
        (chinese_spaces, "𠮷 野 家", "𠮷野家", 2),
        (chinese_spaces, "He said “hi” to me", "He said “hi” to me", 0),
        (white_space(1), "  首行  \n\n\n\n　　次行　\n\t\n", "首行\n\n　　次行", 5),
        (white_space(0), "一\n\n\n二", "一\n二", 1),
        (white_space(2), "一\n\n\n二", "一\n\n\n二", 0),
        (white_space(1), " \n　\n", "", 3),
    ],
)
def test_a_rule_alone(rule, text, cleaned, changed):
    found, count = rule(text)
    assert found == cleaned
    assert (count > 0) == (found != text)
    if rule in (character_references, line_breaks, map_radicals, map_private_use, full_width, spaces, chinese_spaces):
        assert count == changed


@pytest.mark.parametrize(
    "text",
    [
        "一家人👨‍👩‍👧‍👦去公园，太阳☀️，旗🏴󠁧󠁢󠁥󠁮󠁧󠁿，手👍🏽，键1️⃣",
        "葛󠄀城与葛城",
        "二〇二四年，阿·托尔斯泰",
        "　　床前明月光，\n　　疑是地上霜。",
        "，。！？：；（）……——《》「」『』、～￥",
        "豈更車（兼容字）",
        "1260582亿元，010-62345678，3．7版",
        "می‌خواهم",  # Persian needs its non-joiner
        "ḿ é e\u0301 ñ",
        "ｶﾀｶﾅ ﾊﾝｶｸ ① ㈱ ㎡ ℃ ½",
        "〆切，々，〇，〡〢〣，𠮷𡈽，⿰亻尔",
        "<nl> <s> </s> <|endoftext|>",
        "\ue000\U000f0000",
    ],
)
def test_what_must_stay(text):
    assert clean(text.replace("．", "。")) == text.replace("．", "。")


def test_never_nfkc_and_never_nfc():
    assert clean("，…⼀豈") == "，…一豈"
    assert clean("e\u0301") == "e\u0301"


def test_a_page_from_end_to_end():
    page = "\ufeff　　中 国\u00a0ＧＤＰ 为 1260582 亿元 。\r\n\r\n\r\n\r\n⻓ 江\u200b两 岸 👨‍👩‍👧 ８．５％ 　\r\n"
    assert clean(page) == "　　中国 GDP 为 1260582 亿元。\n\n长江两岸 👨‍👩‍👧 8.5%"


def test_rules_switched_off_are_absent():
    names = ["REFERENCES", "LINE_BREAKS", "INVISIBLE", "PRIVATE_USE", "RADICALS", "SPACES", "WHITE_SPACE"]
    assert list(cleaning_rules(False, False, 1)) == names
    assert list(RULES) == [*names[:-1], "FULL_WIDTH", "CHINESE_SPACES", "WHITE_SPACE"]


ODD = [
    *"中国人民，。！？“”‘’…—·（）〇々、aZ09 \t\n　．.％",
    *"\r\x0b\x85\u2028\u00a0\u2003\u200b\u200c\u200d\u200e\ufeff\u00ad\ufe0f\x00",
    "&#183;",
    "&#x4e2d;",
    "&#60;",
    "&amp;",
    *"👨👩👧☀⼀⻓⺟\ue7c7\ue81e\ue78d\ue000Ａ９豈𠮷\U000e0100é\u0301～｡｢",
]


@settings(max_examples=800, deadline=None, derandomize=True)
@given(st.one_of(st.lists(st.sampled_from(ODD), max_size=14).map("".join), st.text(max_size=20)))
def test_cleaning_is_idempotent(text):
    once = clean(text)
    assert clean(once) == once


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_ideographs_are_never_touched(text):
    assert clean(text) == text


def test_tables_map_to_what_no_rule_maps_again():
    targets = {*FULL_WIDTH.values(), *RADICALS.values(), *PRIVATE_USE.values()}
    assert targets & {*FULL_WIDTH, *RADICALS, *PRIVATE_USE} == set()
    assert (len(FULL_WIDTH), len(RADICALS), len(PRIVATE_USE)) == (63, 239, 25)
    assert all(len(target) == 1 for target in targets)
