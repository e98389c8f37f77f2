"""Superscripts and subscripts of numbers and formulas keep their meaning; words and notes stay on the line."""

import pytest

from pipeline.text.superscripts import subscript, superscript, with_carets


@pytest.mark.parametrize(
    ("before", "content", "written"),
    [
        ("10", "23", "10²³"),
        ("10", "-3", "10⁻³"),
        ("10", "−34", "10⁻³⁴"),
        ("m", "2", "m²"),
        ("Ca", "2+", "Ca²⁺"),
        ("SO₄", " 2- ", "SO₄²⁻"),
        ("Na", "+", "Na⁺"),
        ("x", "n+1", "xⁿ⁺¹"),
        ("2", "k", "2^k"),
        ("e", "2πi", "e^(2πi)"),
        ("e", "-x²/2", "e^(-x²/2)"),
        ("2", "1/3", "2^(1/3)"),
        ("x", "0.5", "x^0.5"),
        ("A", "T", "A^T"),
        ("文渊", "TM", "文渊™"),
        ("37", "°", "37°"),
        ("20", "th", "20th"),
        ("第一章", "NEW", "第一章NEW"),
        ("张三", "[1]", "张三[1]"),
        ("张三", "[注 1]", "张三[注 1]"),
        ("张三", "注", "张三注"),
        ("张三", "*", "张三*"),
        ("A", "†", "A†"),
        ("x", "", "x"),
    ],
)
def test_a_superscript_keeps_its_meaning(before, content, written):
    assert before + superscript(content) == written


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ("23", "^23"),
        ("-3", "^-3"),
        ("n", "^n"),
        ("n+1", "^(n+1)"),
        ("2+", "^(2+)"),
        ("+", "^+"),
        ("th", "th"),
        ("注", "注"),
    ],
)
def test_without_unicode_a_superscript_has_a_caret(content, written):
    assert superscript(content, unicode=False) == written


@pytest.mark.parametrize(
    ("before", "content", "written"),
    [
        ("H", "2", "H₂"),
        ("x", "i", "xᵢ"),
        ("a", "n+1", "aₙ₊₁"),
        ("log", "10", "log₁₀"),
        ("T", "max", "T_max"),
        ("V", "CC", "V_CC"),
        ("U", "A,B", "U_(A,B)"),
        ("a", "ij", "a_ij"),
        ("文渊", "小字", "文渊小字"),
        ("文渊", "beta", "文渊beta"),
        ("x", "", "x"),
    ],
)
def test_a_subscript_keeps_its_meaning(before, content, written):
    assert before + subscript(content) == written


def test_written_superscripts_become_carets():
    assert with_carets("2×10³⁰千克，60m²，10⁻³，H₂O，xⁿ⁺¹") == "2×10^30千克，60m^2，10^-3，H₂O，x^(n+1)"
