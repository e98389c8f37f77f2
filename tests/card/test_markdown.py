"""Others' text in the card: shown as it is, whatever it holds."""

import pytest
from markdown_it import MarkdownIt

from pipeline.card.markdown import code, plain

TEXTS = [
    "**粗** _斜_ `码` ~~删~~ # 题",
    "[链](http://a.test) ![图](x) <b>标签</b> &lt; &amp;",
    "一|二|三",
    "$x$ 和 $$y$$ @某人 http://a.test :smile:",
    "反斜杠 \\ 和 \\| 和 `` 两个",
    "<script>alert('坏')</script>",
    "- 列\n1. 项\n> 引",
    "`",
    "",
]


def cell(markdown: str) -> str:
    """HTML of a table's only cell."""
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(
        f"| 头 |\n|---|\n| {markdown} |\n"
    )  # fmt: skip
    assert html.count("<td>") == 1
    return html.partition("<td>")[2].partition("</td>")[0]


def unescaped(html: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        html = html.replace(entity, sign)
    return html


@pytest.mark.parametrize("text", TEXTS)
def test_plain_text_in_a_cell_reads_as_it_was_written(text):
    html = cell(plain(text))
    assert unescaped(html.replace("<br>", "\n")) == text
    assert "<" not in html.replace("<br>", "")


@pytest.mark.parametrize("text", [text for text in TEXTS if "\n" not in text and "\\" not in text and text])
def test_a_code_span_in_a_cell_reads_as_it_was_written(text):
    assert unescaped(cell(code(text))) == f"<code>{text}</code>"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "`null`"), (True, "`true`"), (0.02, "`0.02`"), ([], "`[]`"), ("", '`""`'), ("一\n二", "`一\\n二`")],
)
def test_values_are_shown_as_params_yaml_has_them(value, shown):
    assert code(value) == shown
