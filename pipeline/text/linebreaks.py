"""Read and write the mark by which the tutorial spells a line break: `<nl>`.

GPT-2 recipes for Chinese put one document on a line and write its line breaks as `<nl>`; the tokenizer has a token of
that name. People type it in prompts, and a model that was trained elsewhere may write it.
"""

LINE_BREAK_MARK = "<nl>"


def to_line_breaks(text: str) -> str:
    """Each mark as the line break that it spells: 春眠<nl>不觉晓 in two lines."""
    return text.replace(LINE_BREAK_MARK, "\n")


def to_marks(text: str) -> str:
    r"""Each line break (also \r\n and \r) as the mark, so that a text fits on a line; `to_line_breaks` undoes it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", LINE_BREAK_MARK)
