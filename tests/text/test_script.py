"""Simplified or Traditional, and the conversions that go wrong in careless hands."""

import pytest

from pipeline.core.errors import ConfigError
from pipeline.schema.normalise import NormaliseConfig, Script
from pipeline.stages.normalise import convert_script
from pipeline.text.script import SIMPLIFIED, TRADITIONAL, converter, script_counts, script_of

HANS = {"default": "tw2s", "mixed": "t2s", "zh-Hant-TW": "tw2sp", "zh-Hant-HK": "hk2s"}


def config(script: Script) -> NormaliseConfig:
    return NormaliseConfig(script, HANS, {"default": "s2t"}, True, True, 1)


@pytest.mark.parametrize(
    ("text", "variant", "script"),
    [
        ("汉语学习", "und", SIMPLIFIED),
        ("漢語學習", "und", TRADITIONAL),
        ("皇后走了三公里", "und", None),  # every character stands in both scripts
        ("山高月小，水落石出", "und", None),
        ("学習", "und", None),
        ("学習漢", "und", TRADITIONAL),
        ("漢語學習", "zh-Hans-CN", SIMPLIFIED),
        ("汉语学习", "zh-Hant-TW", TRADITIONAL),
        ("Hello, 123", "und", None),
        ("", "und", None),
    ],
)
def test_the_script_of_a_text(text, variant, script):
    assert script_of(text, variant) == script


def test_exclusive_characters_are_counted():
    assert script_counts("汉语漢語後来") == (3, 3)
    assert script_counts("后里面只台了云") == (0, 0)


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("他看著窗外，寫下著名的著作。", "他看着窗外，写下著名的著作。"),
        ("乾隆年間，餅乾和幹部都很乾淨，莫要干涉。", "乾隆年间，饼干和干部都很干净，莫要干涉。"),
        ("皇后的頭髮在後面，發展了以後。", "皇后的头发在后面，发展了以后。"),
        ("這裡離公里路牌有三公里。", "这里离公里路牌有三公里。"),
        ("顯著的後果", "显著的后果"),
    ],
)
def test_traditional_text_becomes_simplified(document, text, simplified):
    converted = convert_script(document(text), config(Script.hans))
    assert (converted.text, converted.variant) == (simplified, "zh-Hans")


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("效果显著，后來编著成书，原著者是张三。", "效果显著，后来编著成书，原著者是张三。"),
        ("这本书由鲁迅著，後记很长。", "这本书由鲁迅著，后记很长。"),
    ],
)
def test_single_traditional_characters_do_not_spoil_simplified_text(document, text, simplified):
    converted = convert_script(document(text), config(Script.hans))
    assert (converted.text, converted.variant) == (simplified, "zh-Hans")


@pytest.mark.parametrize(
    "text", ["效果显著，皇后走了三公里，干部和饼干。", "他看着著名的著作，想着乾隆。", "发展后面的云和台子"]
)
def test_simplified_text_stays(document, text):
    assert convert_script(document(text), config(Script.hans)).text == text
    assert convert_script(document(text, variant="zh-Hans-CN"), config(Script.hans)) == document(
        text, variant="zh-Hans-CN"
    )


def test_a_text_declared_simplified_is_not_touched_even_if_it_holds_traditional_characters(document):
    quoted = document("“後”是“后”的繁体。", variant="zh-Hans-CN")
    assert convert_script(quoted, config(Script.hans)) == quoted


def test_taiwanese_words_change_only_for_texts_known_to_come_from_there(document):
    text = "軟體與網路"
    assert convert_script(document(text, variant="zh-Hant-TW"), config(Script.hans)).text == "软件与网络"
    assert convert_script(document(text), config(Script.hans)).text == "软体与网路"


@pytest.mark.parametrize(
    ("text", "variant", "traditional"),
    [
        ("头发在后面，发展以后。", "und", "頭髮在後面，發展以後。"),
        ("干部要饼干，乾隆要面条。", "und", "幹部要餅乾，乾隆要麪條。"),
        ("汉语", "zh-Hans-CN", "漢語"),
    ],
)
def test_simplified_text_becomes_traditional(document, text, variant, traditional):
    converted = convert_script(document(text, variant=variant), config(Script.hant))
    assert (converted.text, converted.variant) == (traditional, "zh-Hant")


@pytest.mark.parametrize("text", ["皇后的頭髮很長，走了三公里，臺灣的台子。", "雲門舞集與山谷"])
def test_traditional_text_stays(document, text):
    converted = convert_script(document(text), config(Script.hant))
    assert (converted.text, converted.variant) == (text, "zh-Hant")
    declared = document(text, variant="zh-Hant-TW")
    assert convert_script(declared, config(Script.hant)) == declared


def test_a_text_in_no_script_keeps_text_and_variant(document):
    assert convert_script(document("皇后"), config(Script.hant)) == document("皇后")
    assert convert_script(document("皇后"), config(Script.hans)) == document("皇后")


@pytest.mark.parametrize("text", ["漢語學習", "汉语学习"])
def test_keep_changes_nothing(document, text):
    assert convert_script(document(text), config(Script.keep)) == document(text)


def test_an_unknown_opencc_configuration_is_a_value_error():
    with pytest.raises(ValueError, match="OpenCC has no configuration 't2klingon'"):
        converter("t2klingon")


def test_the_stage_names_an_unknown_opencc_configuration(stage, params_file, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    params = params_file({"normalise.opencc_hant.default": "t2klingon"})
    assert stage("normalise", "--documents", tmp_path / "in", "--out", tmp_path / "o", "--params", params) == 2
    assert f"{ConfigError.__name__}: normalise: OpenCC has no configuration 't2klingon'" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["读著名作家萧乾在1946年的作品", "於梨华的作品", "宫商角徵羽", "康乾盛世的这些书"])
def test_characters_that_simplified_text_keeps_are_no_evidence_of_traditional(text):
    assert script_counts(text)[1] == 0
