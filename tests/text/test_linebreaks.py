"""`<nl>` and a line break are one thing, both ways."""

from pipeline.text.linebreaks import to_line_breaks, to_marks


def test_a_mark_is_a_line_break_and_back() -> None:
    assert to_line_breaks("春眠不觉晓<nl>处处闻啼鸟<nl><nl>") == "春眠不觉晓\n处处闻啼鸟\n\n"
    assert to_marks("春眠不觉晓\r\n处处闻啼鸟\r\n\n") == "春眠不觉晓<nl>处处闻啼鸟<nl><nl>"
    assert to_line_breaks("<nl <NL> nl>") == "<nl <NL> nl>"
