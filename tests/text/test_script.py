"""Which characters are evidence of Simplified and of Traditional, and what a text with them is."""

import pytest

from pipeline.core.errors import ConfigError
from pipeline.text.script import SIMPLIFIED, TRADITIONAL, converter, evidence, script_counts, script_of


@pytest.mark.parametrize(
    ("text", "variant", "script"),
    [
        ("汉语学习", "und", SIMPLIFIED),
        ("漢語學習", "und", TRADITIONAL),
        ("皇后走了三公里", "und", None),  # every character is in both scripts
        ("山高月小，水落石出", "und", None),
        ("山高月小，水落石出", "zh-Hant-TW", TRADITIONAL),
        ("学習", "und", None),
        ("学習", "zh-Hans-CN", SIMPLIFIED),
        ("学習漢", "und", TRADITIONAL),
        ("漢語學習", "zh-Hans-CN", TRADITIONAL),  # templates name the wrong script
        ("汉语学习", "zh-Hant-TW", SIMPLIFIED),
        ("Hello, 123", "und", None),
        ("", "und", None),
    ],
)
def test_the_script_of_a_text_is_that_of_its_characters_before_what_it_declares(text, variant, script):
    assert script_of(text, variant) == script


def test_evidence_is_counted():
    assert script_counts("汉语漢語後来") == (3, 3)
    assert script_counts("后里面只台了云") == (0, 0)


def test_traditional_names_and_words_are_no_evidence_of_simplified():
    names = "岳飛咸陽郁達夫游先生長征復辟小岩井林志杰張三丰前仆後繼群山峰頂"
    assert [character for character in names if evidence()[ord(character)] > 0] == []


def test_what_traditional_text_has_as_a_rare_character_is_weak_evidence():
    assert [int(evidence()[ord(character)]) for character in "这与气万说着"] == [2, 2, 2, 1, 2, 0]


@pytest.mark.parametrize(
    "text",
    ["读著名作家萧乾在1946年的作品", "於梨华的作品", "宫商角徵羽", "康乾盛世的这些书", "他姓甯", "毕昇", "陶喆"],
)
def test_characters_that_simplified_text_keeps_are_no_evidence_of_traditional(text):
    assert script_counts(text)[1] == 0


@pytest.mark.parametrize("text", ["卻恒却没内踪迹", "公厘與公里", "熏香栖息"])
def test_forms_of_both_scripts_are_no_evidence_of_simplified(text):
    assert script_counts(text)[0] == 0


def test_an_unknown_opencc_configuration_is_a_value_error():
    with pytest.raises(ValueError, match="OpenCC has no configuration 't2klingon'"):
        converter("t2klingon")


def test_the_stage_names_an_unknown_opencc_configuration(stage, params_file, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    params = params_file({"normalise.opencc_hans.default": "t2klingon"})
    assert stage("normalise", "--documents", tmp_path / "in", "--out", tmp_path / "o", "--params", params) == 2
    assert f"{ConfigError.__name__}: normalise: OpenCC has no configuration 't2klingon'" in capsys.readouterr().err
