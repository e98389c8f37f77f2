"""Whatever stands on a page: no crash, no markup left, nothing lost that was text; see bench/wiki.py for growth.

Markup that is left is a whole construct (`{{name|…}}`, `[[target|…]]`, `-{…}-`, a tag): it was not understood. A lone
`[[`, `}}` or `-{` is what the rendered page shows, in running text as in code.
"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.wiki.wikitext.magic_words import PageName
from tests.wiki.markup_left import CONSTRUCTS
from tests.wiki.readers import wiki_reader

PIECES = st.sampled_from([
    "{{", "}}", "{{{", "}}}", "[[", "]]", "-{", "}-", "{|", "|}", "|-", "|", "||", "=", "==", "\n",
    "\n\n", "*", "#", ":", ";", "'''", "''", "<ref>", "</ref>", "<ref name=a/>", "<nowiki>",
    "</nowiki>", "<!--", "-->", "<math>", "</math>", "<code>", "</code>", "<poem>", "</poem>",
    "<table>", "</table>", "<td>", "<ruby>", "<rt>", "</rt>", "<span style='display:none'>",
    "</span>", "<br>", "<noinclude>", "<includeonly>", "&nbsp;", "&lt;", "&#1;", "&#91;", "&#x7b;",
    "&amp;nbsp;", "http://a.b ", "[http://a.b ", "__TOC__", "nobr", "NoteTA", "lang-en", "#if:",
    "#switch:", "#expr:", "1", "A|", "H|", "zh-cn:", "zh-tw:", "=>", "文", "後", "「", "（", "）", "，",
    "File:a.jpg", "Category:甲", "en:", " ", "\x01", "\x02", "\x05", "\x06", "0", "𨋢", "双|", "G1=IT",
    "{{双|", "1=",
])  # fmt: skip


@pytest.fixture(scope="module")
def one_reader(tmp_path_factory):
    """One for all examples."""
    pages = {"Template:双": "{{{1}}}{{{1|{{{2|乙}}}}}}", "Template:CGroup/IT": "-{H|zh-cn:程序;zh-tw:程式}-"}
    return wiki_reader(tmp_path_factory.mktemp("hostile") / "store.db", pages, "zh", variant="zh-cn")


def without_literals(source, text):
    """The text; none of it if something on the page may hold markup that is shown: code, formulas, references."""
    return "" if re.search(r"<(?:nowiki|math|code)>|&#91;|&#x7b;|&amp;", source) else text


@settings(deadline=None, max_examples=500)
@given(source=st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_markup_gives_a_text_without_markup(one_reader, source):
    read = one_reader.read(source, PageName("测试", "", ""))
    assert CONSTRUCTS.findall(without_literals(source, read.text)) == []
    assert all(before == after for (_, _, before), (_, after, _) in zip(read.lengths, read.lengths[1:], strict=False))
    assert read.lengths[0][1] == len(source) and read.lengths[-1][2] == len(read.text)


@pytest.mark.parametrize(
    "source",
    [
        "{" * 100_000,
        "{{nobr|" * 10_000 + "文" + "}}" * 10_000,
        "{{没有|" * 10_000 + "文" + "}}" * 10_000,
        "{{{甲|" * 10_000 + "}}}" * 10_000,
        "[[" * 100_000,
        "-{" * 100_000,
        "<ref " * 50_000,
        "<ref>" * 50_000,
        "<!--" * 50_000,
        "{|\n" * 50_000,
        "'" * 100_000,
        "&" * 100_000,
        "，" * 100_000 + "）",
        "<code>" * 20_000,
        "{{#if:1|" * 10_000,
        "{{#expr:" + "(" * 100_000 + "}}",
        "{{#expr:9^9^9^9^9}}",
        "{{padleft:甲|999999999}}",
        "-{zh-cn:" * 20_000,
        "{{#switch:甲|" + "|" * 50_000 + "}}",
    ],
    ids=lambda source: source[:12],
)
def test_a_hostile_page_ends_and_the_text_around_it_stays(text, source):
    read = text(f"前文。\n\n{source}\n\n后文。")
    assert read.startswith("前文")
    assert CONSTRUCTS.findall(read) == []


@settings(deadline=None, max_examples=200)
@given(inner=st.lists(PIECES, max_size=12).map("".join))
def test_code_is_shown_as_it_was_typed(one_reader, inner):
    code = re.sub("[\x01-\x06]", "", inner).strip()
    read = one_reader.read(f"前<syntaxhighlight>\n{code}\n</syntaxhighlight>后", PageName("测试", "", ""))
    assert read.text == (f"前\n\n{code}\n\n后" if code else "前\n\n后")


def test_a_line_of_twenty_megabytes(text):
    line = "文渊阁在紫禁城东南，" * 700_000
    assert len(line.encode()) > 20_000_000
    assert text(line) == line


def test_marks_of_our_own_in_a_page_are_no_marks(text):
    assert text("前\x019\x02<nowiki>中</nowiki>\x05後\x06") == "前9中后"
