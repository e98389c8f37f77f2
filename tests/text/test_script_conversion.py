"""Texts in one script: what is converted, what stays, and that a second time changes nothing."""

import pytest

from pipeline.text.script import SIMPLIFIED, TRADITIONAL
from pipeline.text.script_conversion import ScriptConversion

TO_SIMPLIFIED = ScriptConversion(SIMPLIFIED, {"default": "tw2s", "zh-Hant-HK": "hk2s"}, "s2tw")
TO_TRADITIONAL = ScriptConversion(TRADITIONAL, {}, "s2tw")


def simplified(text: str, variant: str = "und") -> str:
    converted, tag = TO_SIMPLIFIED(text, variant)
    assert TO_SIMPLIFIED(converted, tag) == (converted, tag)
    return converted


def traditional(text: str, variant: str = "und") -> str:
    converted, tag = TO_TRADITIONAL(text, variant)
    assert TO_TRADITIONAL(converted, tag) == (converted, tag)
    return converted


@pytest.mark.parametrize("variant", ["und", "zh-Hant", "zh-Hant-TW", "zh-Hans-CN"])
@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("他看著窗外，寫下著名的著作。", "他看着窗外，写下著名的著作。"),
        ("乾隆年間，餅乾和幹部都很乾淨，莫要干涉。", "乾隆年间，饼干和干部都很干净，莫要干涉。"),
        ("皇后的頭髮在後面，發展了以後。", "皇后的头发在后面，发展了以后。"),
        ("這裡離公里路牌有三公里。", "这里离公里路牌有三公里。"),
        ("瀋陽的沈先生沈默了。", "沈阳的沈先生沉默了。"),
        ("他甚麼都不要，祇是看著，祇有神祇知道。", "他什么都不要，只是看着，只有神祇知道。"),
        ("合夥人獲利甚夥。", "合伙人获利甚夥。"),
        ("衞生署的説明與裏面的綫條。", "卫生署的说明与里面的线条。"),
        ("一目瞭然，瞭望臺上看得見。", "一目了然，瞭望台上看得见。"),
    ],
)
def test_traditional_becomes_simplified_whatever_is_declared(text, want, variant):
    assert simplified(text, variant) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("展覽吸引數百人參加。", "展览吸引数百人参加。"),
        ("少數位於山區。", "少数位于山区。"),
        ("各項經濟指標轉好。", "各项经济指标转好。"),
        ("法院執行死刑。", "法院执行死刑。"),
        ("哈薩克斯坦與獅子山。", "哈萨克斯坦与狮子山。"),
        ("前人的智慧。", "前人的智慧。"),
        ("軟體與網路。", "软体与网路。"),
    ],
)
def test_words_of_taiwan_stay(text, want):
    assert simplified(text, "zh-Hant-TW") == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("质量不錯", "质量不错"),
        ("潮濕灶台", "潮湿灶台"),
        ("效果显著，后來编著成书，原著者是张三。", "效果显著，后来编著成书，原著者是张三。"),
        ("这本书由鲁迅著，後记很长。", "这本书由鲁迅著，后记很长。"),
        ("萧乾說这话时，乾隆早已不在。", "萧乾说这话时，乾隆早已不在。"),
        ("学習", "学习"),
    ],
)
@pytest.mark.parametrize("variant", ["und", "zh-Hans-CN"])
def test_single_traditional_characters_in_simplified_text_are_replaced_one_by_one(text, want, variant):
    assert simplified(text, variant) == want


@pytest.mark.parametrize("variant", ["und", "zh-Hans-CN"])
def test_a_traditional_quotation_in_a_simplified_page_becomes_simplified(variant):
    page = "他在著名的书里写道：“看著窗外，這裡的風景很美。”然后他显著地笑了。"
    assert simplified(page, variant) == "他在著名的书里写道：“看着窗外，这里的风景很美。”然后他显著地笑了。"


@pytest.mark.parametrize(
    "text",
    [
        "效果显著，皇后走了三公里，干部和饼干。",
        "他看着著名的著作，想着乾隆。",
        "发展后面的云和台子",
        "“後”是“后”的繁体。",
        "“裏”和“裡”互为异体，简化后都写作“里”。",
        "妳好，萧乾、於梨华、毕昇、钱锺书、陶喆和甯静都来了。",
        "宫商角徵羽是五音。",
        "",
    ],
)
@pytest.mark.parametrize("variant", ["und", "zh-Hans-CN"])
def test_simplified_text_stays(text, variant):
    assert simplified(text, variant) == text


def test_a_long_quotation_in_a_sentence_on_writing_is_converted():
    assert simplified("匾上的繁体字是“書香門第，詩禮傳家”。") == "匾上的繁体字是“书香门第，诗礼传家”。"


@pytest.mark.parametrize(
    "text",
    [
        "東京は日本の首都です。",
        "遊☆戯☆王",
        "主題歌は「夢を見る」、歌うのは橫山です。",
        "大韓民國의 憲法 第一條는 民主共和國이라고 規定하고 있다.",
        "けいおん！の豐崎愛生さん",
    ],
)
def test_japanese_and_korean_stay(text):
    assert TO_SIMPLIFIED(text, "und")[0] == text
    assert TO_TRADITIONAL(text, "und")[0] == text


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("主角叫藤宮晴真（ふじみや はるま），是學園的學生。", "主角叫藤宫晴真（ふじみや はるま），是学园的学生。"),
        ("《ドラゴンボール》是鳥山明的漫畫。", "《ドラゴンボール》是鸟山明的漫画。"),
        ("他說「こんにちは」，然後離開了這裡。", "他说「こんにちは」，然后离开了这里。"),
        ("首爾（서울）是韓國的首都。", "首尔（서울）是韩国的首都。"),
    ],
)
def test_chinese_with_a_japanese_or_korean_word_is_converted(text, want):
    assert simplified(text) == want


@pytest.mark.parametrize("variant", ["und", "zh-Hant", "zh-Hant-TW", "zh-Hant-HK"])
@pytest.mark.parametrize(
    "text",
    [
        "岳飛", "咸陽", "郁達夫", "長征", "復辟", "張三丰", "前仆後繼", "群山峰頂",
        "游先生說，林志杰住在小岩井。",
        "皇后的頭髮很長，走了三公里，臺灣的台子。",
        "雲門舞集與山谷，爲了喫麪，裏面的牀。",
        "万俟先生與党項人同住。",
    ],
)  # fmt: skip
def test_traditional_text_stays_in_traditional(text, variant):
    assert traditional(text, variant) == text


@pytest.mark.parametrize("text", ["游先生", "林志杰", "小岩井", "皇后"])
def test_what_no_character_tells_stays_with_its_variant(text):
    assert TO_TRADITIONAL(text, "und") == (text, "und")
    assert TO_SIMPLIFIED(text, "und") == (text, "und")


def test_single_simplified_characters_in_traditional_text_are_replaced_in_their_words():
    text = "這個國家的皇后岳氏住在後宮，她的头发很長，郁達夫說。"
    assert traditional(text) == "這個國家的皇后岳氏住在後宮，她的頭髮很長，郁達夫說。"


@pytest.mark.parametrize(
    ("standard", "want"),
    [
        ("s2tw", "他為了吃麵，群眾在這裡看著他的床。"),
        ("s2hk", "他為了吃麪，羣眾在這裏看着他的牀。"),
        ("s2t", "他爲了喫麪，羣衆在這裏看着他的牀。"),
    ],
)
def test_converted_text_follows_one_standard(standard, want):
    convert = ScriptConversion(TRADITIONAL, {}, standard)
    assert convert("他为了吃面，群众在这里看着他的床。", "zh-Hans-CN") == (want, "zh-Hant")


def test_the_variant_stays_if_it_names_the_target():
    assert TO_SIMPLIFIED("质量不錯", "zh-Hans-CN") == ("质量不错", "zh-Hans-CN")
    assert TO_SIMPLIFIED("漢語", "zh-Hant-TW") == ("汉语", "zh-Hans")
    assert TO_SIMPLIFIED("Hello", "und") == ("Hello", "und")
