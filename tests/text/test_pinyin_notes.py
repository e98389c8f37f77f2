"""Readings that spun pages inject go; those of texts that teach them stay."""

import pytest

from pipeline.text.pinyin_notes import without_injected_pinyin


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("由OpenAI研發(fā)而成，具有廣泛的使用場景。", "由OpenAI研發而成，具有廣泛的使用場景。"),
        ("執(zhí)行任務(wù)，包括參數(shù)", "執行任務，包括參數"),
        ("網(wǎng)絡(luò)結(jié)構(gòu)", "網絡結構"),
        ("規（guī）模化的學（xué）習（xí）", "規模化的學習"),
        ("我们的产(chǎn)品质(zhì)量很好，服(fú)务到家", "我们的产品质量很好，服务到家"),
    ],
)
def test_injected_readings_go(text, plain):
    assert without_injected_pinyin(text)[0] == plain


@pytest.mark.parametrize(
    "text",
    [
        "“行”是多音字：行(xíng)走，银行(háng)。",
        "“發(fā)”的拼音是第一声。",
        "他一行(xíng)一行(háng)地读",
        "饕(tāo)餮(tiè)是传说中的神兽，甪(lù)直是古镇。",
        "演员仝(tóng)卓",
        "單(dān)獨，姓單(shàn)，匈奴單(chán)于",
        "經(fǎ)理",  # does not fit
        "调用 f(x) 与 g(n)，学(e)",
        "他姓朴(piáo)",
    ],
)
def test_readings_that_are_taught_or_do_not_fit_stay(text):
    assert without_injected_pinyin(text) == (text, 0)
