"""What a page tells machines in its head."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.structured import lang_of


@pytest.mark.parametrize(
    ("html", "lang"),
    [
        ('<html lang="zh-TW"><head><meta property="og:locale" content="zh_CN">', "zh-TW"),
        ('<html xml:lang="zh-CN">', "zh-CN"),
        ('<html><head><meta http-equiv="content-language" content="zh-HK">', "zh-HK"),
        ('<html><head><meta property="og:locale" content="zh_TW">', "zh_TW"),
        ("<html><p>书架", None),
    ],
)
def test_the_language_that_a_page_names(html, lang):
    assert lang_of(LexborHTMLParser(html)) == lang
