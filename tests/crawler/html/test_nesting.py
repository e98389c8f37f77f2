"""What is open at once is told before a page is parsed, and no tag, quote or scope hides depth from it."""

import random

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.html.known_safe import FEW_CHARS, FEW_FORMATTING, FEW_OPEN, is_known_safe
from crawler.html.nesting import Nesting, _tamed, tamed
from crawler.html.tag_syntax import MANY_ATTRIBUTES

NAMES = """
    div span table tr td th tbody b i a p li ul ol svg math title script style textarea select option template form
    button h1 h2 object applet marquee foreignObject desc mi x-foo pre dl dd dt address nobr font caption colgroup
    rt ruby noscript iframe xmp frameset summary center optgroup path g section body head html label plaintext image
"""
BITS = (
    *(f"<{name}>" for name in NAMES.split()), *(f"</{name}>" for name in NAMES.split()),
    "字", "字", "<!--", "-->", "--!>", "<!-->", "<!--!>",
    "<![CDATA[", "]]>", "<path/>", "<div/>", '<div title="</div>">',
    "<p a='", "'", '"', '<a =">', "<!</div>", "</ div>", "<?x </p>", "<br>", ">", "<font color=1>", "<font color=2>",
)  # fmt: skip
ADDED = 2.5
"""The parser adds tbody and tr to a table by itself; they are not counted."""


def depth_of(html: str) -> int:
    """How deep the parsed tree is."""
    node, depth, most = LexborHTMLParser(html).root, 0, 0
    while node is not None:
        most = max(most, depth)
        if node.first_child is not None:
            node, depth = node.first_child, depth + 1
            continue
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
        node = node.next if node is not None else None
    return most


def test_no_tag_soup_is_deeper_than_it_is_taken_to_be():
    soup = random.Random(5)
    for _ in range(1000):
        unit = "".join(soup.choices(BITS, k=soup.randint(1, 6)))
        html = "".join(soup.choices(BITS, k=soup.randint(0, 3))) + unit * 60
        for allowed in (20, 60):
            tame = _tamed(html, allowed)
            assert tame is None or depth_of(tame) <= ADDED * allowed + 8, repr(html)


def attributes_of(html: str) -> int:
    """The most that an element of the parsed tree has."""
    return max(len(node.attributes) for node in LexborHTMLParser(html).root.traverse())


MANY = "<p " + " ".join(f"a{n}" for n in range(MANY_ATTRIBUTES + 1)) + ">"


def test_no_tag_soup_hides_a_tag_of_very_many_attributes():
    soup = random.Random(7)
    told = 0
    for _ in range(4000):
        html = "".join((*soup.choices(BITS, k=soup.randint(0, 6)), MANY, *soup.choices(BITS, k=soup.randint(0, 3))))
        plain = is_known_safe(html)
        assert not plain or attributes_of(html) <= MANY_ATTRIBUTES, repr(html)
        told += plain
    assert told > 100  # in comments, scripts and titles


@pytest.mark.parametrize(
    "before",
    [
        "<script><!--<script></script><title>--></script>", "<script>a</script >", "<svg><title>", "<svg><style>",
        "<svg><script>",
        "<svg><p><title></title>", "<select><title>", "<math><textarea>", "<!--!>-->", "<!-- --!>", "<![CDATA[>",
        "<svg><![CDATA[>]]>", "<title><!--</title>", "<svg><foreignObject>", "<svg><title><b></title>",
        "<template><col><script></template>", "<template><colgroup><style></template>",
        "<frameset></frameset><title>", "<p a='>' b>", "</p a='>' b>", "<p a=>",
        "<ſcript>", "<script></ſcript></script>", "<", "</>", "<?>",
    ],
)  # fmt: skip
def test_a_tag_of_very_many_attributes_cannot_be_hidden(before):
    for html in (before + MANY, before + MANY.replace("<p", "<svg"), before + MANY.replace("<p", "<option")):
        assert not is_known_safe(html) or attributes_of(html) <= MANY_ATTRIBUTES
    assert not is_known_safe(before + MANY)


@pytest.mark.parametrize(
    "html",
    [
        "<script><!--\nif (a < b) document.write('<p>');\n//--></script>",
        "<script>document.write('<script src=a></' + 'script>')</script>",
        "<svg class=a><title>搜</title><g><path d='M0 0'/></g></svg>",
        "<select name=a><optgroup><option value=1>甲</option><option>乙</select>",
        "<!doctype html><!-- 甲 --><!--[if IE]><p><![endif]--><p>甲<br/>1 < 2 &lt; 3",
        "<template><div>甲</div></template>",
        "<table><colgroup><col width=1></colgroup><tr><td>甲</table>",
        "<i class=\"a\"></i>" * (FEW_FORMATTING + 1),
        "<a href=x><img src=y></a>" * (FEW_OPEN + 1),
    ],
    ids=["script in comment", "script in script", "drawing", "list", "comments", "template", "columns",
         "icons", "links"],
)  # fmt: skip
def test_what_real_pages_are_made_of_is_known_safe(html):
    assert is_known_safe(html)


def test_a_large_page_is_known_safe_by_what_its_tags_hold():
    words = "甲" * FEW_CHARS
    assert is_known_safe(f"<script>{words}</script><!-- {words} --><p a=1>乙")
    assert not is_known_safe(f"<script a='{words}'></script>")
    assert not is_known_safe(f"<script></script><p a='{words}'>")


@pytest.mark.parametrize("unit", ["<div>", "<b>甲", "<i><u></i>", "<body a=1>", "<b title='></b>'>", "<x-a>"])
def test_pages_in_which_much_may_be_open_are_not_plain(unit):
    assert not is_known_safe(unit * (FEW_OPEN + 1))


@pytest.mark.parametrize(
    "unit",
    [
        "<div>", "<x-foo>", "<address>", "<dl>", "<pre>", "<rt>", "<summary>", "<svg><g>", "<math><tbody>",
        "<div></b>",
        '<div title="</div>">', "<div><!</div>", "<div><table></div></table>", "<span><div></span></div>",
        "<div><svg><p><script>'</div>'</script>", "<title><!--</title><div>",
        "<div><script><!--<script></script></div></script>", "<div><svg><![CDATA[></div></svg>]]>",
        "<b id={n}><p>", "<p><b class={n}></p>字",
    ],
)  # fmt: skip
def test_depth_cannot_be_hidden(unit):
    assert tamed("".join(unit.replace("{n}", str(n)) for n in range(3 * FEW_OPEN)), 400) is None


@pytest.mark.parametrize(
    "html",
    [
        "<table>" + "<tr><td>甲<td>乙" * 3_000,
        "<ul>" + "<li>甲<p>乙" * 3_000,
        "<p>甲<br><img src=a>" * 3_000,
        "<select>" + "<option>甲" * 3_000 + "</select>",
        "<dl>" + "<dt>甲<dd>乙" * 3_000,
        "<p><font color=red>甲</font>\n" * 3_000,
        "<script>document.write('<div><div>')</script>" * 3_000,
        "<svg>" + "<path d='M0 0'/>" * 3_000 + "</svg>",
    ],
    ids=["cells", "items", "lines", "options", "terms", "fonts", "scripts", "drawings"],
)
def test_end_tags_that_may_be_left_out_are_no_depth(html):
    assert tamed(html, 40) == html


def test_a_tag_of_very_many_attributes_is_left_without_them_and_its_text_stays():
    for between in (" ", "\t", "\n", "/", "='>' ", "=''"):
        tag = "<p " + between.join(f"a{n}" for n in range(100_000)) + ">"
        assert tamed(f"<b>{tag}甲</p>", 400) == "<b><p>甲</p>"
        assert tamed(f"<p>甲</{tag[1:]}", 400) == "<p>甲</p>"
    few = "<p " + " ".join(f"data-a{n}='{'x' * 50}'" for n in range(20)) + ">甲"
    assert tamed(few, 400) == few


def test_what_stands_in_a_drawing_as_text_or_tag_is_left_out():
    assert _tamed("<svg><title>甲<b></title><path/></svg>乙", 9) == "<svg><path/></svg>乙"


def test_formatting_is_opened_again_until_its_cell_ends():
    nesting = Nesting()
    for name in ("table", "td", "p", "b"):
        nesting.start(name, "")
    nesting.end("p")
    assert [each.name for each in nesting.pending] == ["b"]
    nesting.end("td")
    assert (nesting.pending, nesting.depth) == ([], 1)
