"""Which Chinese a page declares: its lang attribute before its host and its encoding, and never its characters."""

import pytest

from pipeline.text.variant import variant_of

HANS = "松木书架不用钉子，榫头敲进去，三年没有松动，这是外公教的办法。"
HANT = "松木書架不用釘子，榫頭敲進去，三年沒有鬆動，這是外公教的辦法。"


@pytest.mark.parametrize("text", [HANS, HANT, "山中何所有，白云多。"])
@pytest.mark.parametrize(
    ("lang", "codec", "host", "variant"),
    [
        (None, "utf-8", "a.example", "und"),
        ("en", "utf-8", "a.example", "und"),
        ("zh", "utf-8", "a.example", "und"),
        ("zh-CN", "utf-8", "a.example", "zh-Hans-CN"),
        ("zh-CN", "gb18030", "a.tw", "zh-Hans-CN"),
        ("zh", "gb18030", "a.example", "zh-Hans-CN"),
        ("cmn-Hans-SG", "utf-8", "a.example", "zh-Hans-SG"),
        ("zh-Hans", "utf-8", "a.com.cn", "zh-Hans-CN"),
        ("zh-HK", "utf-8", "a.example", "zh-Hant-HK"),
        ("zh_TW", "utf-8", "a.example", "zh-Hant-TW"),
        ("zh-Hant", "utf-8", "a.example", "zh-Hant"),
        ("zh-Hant", "utf-8", "a.hk", "zh-Hant-HK"),
        ("zh-Hant", "gb18030", "a.cn", "zh-Hant"),
        ("zh", "big5hkscs", "a.example", "zh-Hant-TW"),
        (None, "utf-8", "tw.news.example.com", "zh-Hant-TW"),
        (None, "utf-8", "zh-hk.example.com", "zh-Hant-HK"),
        ("en-US", "utf-8", "a.com.cn", "zh-Hans-CN"),
        (None, "utf-8", "two.example.com", "und"),
    ],
)
def test_a_variant_is_what_the_page_declares_whatever_its_characters_say(text, lang, codec, host, variant):
    assert variant_of(text, lang, codec, host) == variant


def test_a_page_without_a_chinese_character_declares_nothing():
    assert variant_of("A shelf without nails.", "zh-CN", "utf-8", "a.cn") == "und"
