"""Which Chinese a page is in: its characters before what its template, its host and its encoding say."""

import pytest

from pipeline.text.script import exclusive_characters_of_encodings
from pipeline.text.variant import variant_of

HANS = "松木书架不用钉子，榫头敲进去，三年没有松动，这是外公教的办法。"
HANT = "松木書架不用釘子，榫頭敲進去，三年沒有鬆動，這是外公教的辦法。"
NEITHER = "山中何所有，白云多。"


@pytest.mark.parametrize(
    ("text", "lang", "codec", "host", "variant"),
    [
        (HANS, None, "utf-8", "a.example", "zh-Hans"),
        (HANS, "en", "utf-8", "a.example", "zh-Hans"),
        (HANS, "zh-TW", "utf-8", "a.example", "zh-Hans"),
        (HANS, "zh-Hant-TW", "big5hkscs", "a.com.tw", "zh-Hans"),
        (HANS, "zh-CN", "utf-8", "a.example", "zh-Hans-CN"),
        (HANS, "zh", "gb18030", "a.example", "zh-Hans-CN"),
        (HANS, "cmn-Hans-SG", "utf-8", "a.example", "zh-Hans-SG"),
        (HANS, None, "utf-8", "a.com.cn", "zh-Hans-CN"),
        (HANT, None, "utf-8", "a.example", "zh-Hant"),
        (HANT, "zh-CN", "gb18030", "a.cn", "zh-Hant"),
        (HANT, "en-US", "utf-8", "a.example", "zh-Hant"),
        (HANT, "zh-HK", "utf-8", "a.example", "zh-Hant-HK"),
        (HANT, "zh_TW", "utf-8", "a.example", "zh-Hant-TW"),
        (HANT, "zh", "big5hkscs", "a.example", "zh-Hant-TW"),
        (HANT, None, "utf-8", "tw.news.example.com", "zh-Hant-TW"),
        (HANT, None, "utf-8", "zh-hk.example.com", "zh-Hant-HK"),
        (HANT, None, "utf-8", "two.example.com", "zh-Hant"),
        (NEITHER, "zh-TW", "utf-8", "a.example", "zh-Hant-TW"),
        (NEITHER, None, "gb18030", "a.example", "zh-Hans-CN"),
        ("A shelf without nails.", "zh-CN", "utf-8", "a.cn", "und"),
    ],
)
def test_characters_tell_the_script_and_the_page_the_region(text, lang, codec, host, variant):
    assert variant_of(text, lang, codec, host) == variant


def test_two_characters_outweigh_a_wrong_template_and_one_does_not():
    assert variant_of("这门", "zh-TW", "utf-8", "a.tw") == "zh-Hans"
    assert variant_of("这山", "zh-TW", "utf-8", "a.tw") == "zh-Hant-TW"


def test_a_few_quoted_characters_do_not_change_the_script():
    assert variant_of(HANS * 10 + "匾上写着「書香門第」。", None, "utf-8", "a.example") == "zh-Hans"


def test_no_character_is_of_both_scripts_and_those_of_both_are_of_none():
    hans, hant = exclusive_characters_of_encodings()
    assert hans & hant == frozenset()
    assert {c for c in "后面里云着只台干谷系" if c in hans | hant} == set()
    assert {c for c in "这网们" if c in hans} == set("这网们")


@pytest.mark.parametrize(
    ("text", "lang", "codec", "host", "variant"),
    [
        ("这是简体中文，我们说话。", "zh-CN", "utf-8", "a.test", "zh-Hans-CN"),
        ("這是繁體中文，我們說話。", "zh-TW", "utf-8", "a.test", "zh-Hant-TW"),
        ("這是繁體中文，我們說話。", "zh-CN", "utf-8", "a.hk", "zh-Hant-HK"),
        ("這是繁體中文，我們說話。", None, "big5hkscs", "a.test", "zh-Hant-TW"),
        ("这是简体中文，我们说话。", None, "gb18030", "a.cn", "zh-Hans-CN"),
        ("大山", "zh", "utf-8", "a.test", "und"),
        ("hello world", "zh-CN", "utf-8", "a.cn", "und"),
    ],
)
def test_the_variant_is_what_the_characters_say_and_the_page_s_marks_narrow_down(text, lang, codec, host, variant):
    assert variant_of(text, lang, codec, host) == variant
