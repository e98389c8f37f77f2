"""All rules in their order: what must stay, whole pages, code, the ledger of lengths, and cleaning twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.cleaner import Cleaner
from tests.text.normalise_conf import configuration

CLEANER = Cleaner(configuration())


def clean(text: str) -> str:
    return CLEANER.clean(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "一家人👨‍👩‍👧‍👦去公园，太阳☀️，旗🏴󠁧󠁢󠁥󠁮󠁧󠁿，手👍🏽，键1️⃣",
        "葛󠄀城与葛城",
        "二〇二四年，阿·托尔斯泰",
        "　　床前明月光，\n　　疑是地上霜。",
        "　　床前明月光，　疑是地上霜。",
        "，。！？：；（）……——《》「」『』、～￥",
        "他说：“好，走吧！”（笑）……——《书》；‘是’？",
        "上联：春回大地 下联：福满人间",
        "隔音情况 极差 很好",
        "请看下面两行。\n白日依山尽 黄河入海流\n欲穷千里目 更上一层楼",
        "李明\t男\t站长",
        "删除列表中的元素。Python 新手常问这个问题。",
        "1260582亿元，010-62345678，3．7版",
        "می‌خواهم",  # Persian needs its non-joiner
        "ḿ é ñ ① ㈱ ㎡ ℃ ½",
        "〆切，々，〇，〡〢〣，𠮷𡈽，⿰亻尔",
        "<nl> <s> </s> <|endoftext|>",
        "第一行\n    if x:\n        y = 1\n最后一行是中文句子。",
        '代码：\nx = \'中 文 字 ， ａ\'  \n    print("&nbsp;", x)\n\n\n\n    y = "你好 ，世界"\n完',
        "围栏：\n```html\n<p>用&nbsp;隔开 ，ＡＢ</p>\n\n\n\n<p>&#183;</p>\n```\n完",
    ],
)
def test_what_must_stay(text):
    kept = text.replace("3．7", "3.7")
    assert CLEANER.clean(kept) == (kept, [])


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("电话：１３８　传真", "电话：138　传真"),
        ("第一行\r第二行\r\n第三行\u2028第四行是最后一行。", "第一行\n第二行\n第三行\n第四行是最后一行。"),
        ("他说：“好，走吧！”（笑）……——《书》；‘是’？１２３", "他说：“好，走吧！”（笑）……——《书》；‘是’？123"),
        ("葛\U000e0100城和👨\u200d👩\u200d👧一起，❤️真\u200d好。", "葛\U000e0100城和👨\u200d👩\u200d👧一起，❤️真好。"),
        ("第一章&nbsp;&nbsp;总 则 ：\ue5e5⺠法⻓\ufffc河", "第一章  总 则：　民法长河"),
        ("\x1b[32m完成\x1b[0m：邮箱ａ＠ｂ．ｃｏｍ", "完成：邮箱a@b.com"),
        ("由OpenAI研發(fā)而成，﹁任務(wù)﹂", "由OpenAI研發而成，「任務」"),
        ("ä½\xa0å¥½ï¼\x8cä¸\x96ç\x95\x8c\u2028好", "你好，世界\n好"),
        ("序号\u00a0\t姓名\t\n1\t李 明\t", "序号 \t姓名\n1\t李 明"),
        ("ｶﾀｶﾅ\uff9e&#150;ga\u0304o", "カタカナ゛–gāo"),
    ],
)
def test_rules_work_together(text, cleaned):
    assert clean(text) == cleaned
    assert CLEANER.clean(cleaned) == (cleaned, [])


def test_never_nfkc_and_never_nfc():
    assert clean("，…⼀㎏") == "，…一㎏"
    assert clean("か\u3099") == "か\u3099"


def test_a_page_from_end_to_end():
    page = "\ufeff　　中 国 人\u00a0ＧＤＰ 为 1260582 亿元 。\r\n\r\n\r\n\r\n⻓ 江\u200b两 岸 👨‍👩‍👧 ８．５％ 　\r\n"
    assert clean(page) == "　　中国人 GDP 为 1260582 亿元。\n\n长 江两 岸 👨‍👩‍👧 8.5%"


def test_code_at_the_ends_of_a_text_keeps_its_indentation():
    assert clean("\n\n    x = 1\n    y = 2  \n说明：\n\n\n\n    z = [\n\n\n    ]\n\n") == (
        "    x = 1\n    y = 2  \n说明：\n\n    z = [\n\n\n    ]"
    )


def test_a_text_of_nothing_visible_becomes_empty():
    assert clean("\u200b \ufeff\n　\n\u3164") == ""


def test_rules_switched_off_are_absent():
    default = [
        *("DAMAGE", "LINE_BREAKS", "ESCAPES", "INVISIBLE", "SPACES", "REFERENCES", "PRIVATE_USE", "RADICALS"),
        *("COMPATIBILITY", "PINYIN_MARKS", "VERTICAL", "KATAKANA", "FULL_WIDTH", "PINYIN_NOTES", "CHINESE_SPACES"),
        "WHITE_SPACE",
    ]
    assert CLEANER.names == default
    off = configuration(full_width_latin=False, chinese_spaces=False, injected_pinyin=False)
    assert Cleaner(off).names == [*default[:-4], "WHITE_SPACE"]
    rewriting = configuration(
        join_lines=True,
        chinese_punctuation=True,
        quotes="corner",
        max_repeated_marks=1,
        latin_spaces="add",
        neutral_you=True,
    )
    more = ["WRAPPED_LINES", "HALF_WIDTH_MARKS", "QUOTES", "REPEATED_MARKS", "LATIN_SPACES", "NEUTRAL_YOU"]
    assert Cleaner(rewriting).names == [*default[:-2], *more, "CHINESE_SPACES", "WHITE_SPACE"]


ODD = [
    *"中国人民，。！？“”‘’…—·（）〇々、aZ09 \t\n　．.％＠／：",
    *"\r\x0b\x85\u2028\u00a0\u2003\u200b\u200c\u200d\u200e\ufeff\u00ad\ufe0f\x00\x1b\ufffc\u3164\u2800\U000e0041",
    *("&#183;", "&#x4e2d;", "&#60;", "&amp;", "&nbsp;", "&ldquo;", "&#150;", "&#x200d;", "&#8195;"),
    *("[31m", "(fā)", "発", "發"),
    *("    x = 1\n", "```\n", "{", "锟斤拷", "浣犲ソ", "ä½\xa0å¥½", "ÄãºÃÂð"),
    *"👨👩👧☀⼀⻓⺟⺠\ue7c7\ue81e\ue78d\ue000\ue5e5\uf0b7Ａ９豈豈𠮷\U000e0100é\u0301u\u0308～｡｢｣ｶﾞﾀ﹐︰﹁﹂︿⠓",
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.lists(st.sampled_from(ODD), max_size=14).map("".join), st.text(max_size=20)))
def test_cleaning_is_idempotent_and_its_edits_add_up(text):
    once, edits = CLEANER.clean(text)
    assert CLEANER.clean(once)[0] == once
    steps = [text, *(edit.after for edit in edits)]
    assert [edit.before for edit in edits] == steps[:-1]
    assert steps[-1] == once
    assert all(edit.changed > 0 and edit.before != edit.after for edit in edits)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_ideographs_are_never_touched(text):
    assert clean(text) == text
