"""Braces, comments and extension tags as MediaWiki's preprocessor reads them."""

import pytest

from pipeline.wiki.wikitext.preprocessor import Parameter, Tag, Template, parse


def shape(nodes):
    """A tree as nested lists: T templates, P parameters, X tags; neighbouring strings joined."""
    out = []
    for node in nodes:
        if isinstance(node, Template):
            out.append(["T", *(shape(part) for part in node.parts)])
        elif isinstance(node, Parameter):
            out.append(["P", *(shape(part) for part in node.parts)])
        elif isinstance(node, Tag):
            out.append(["X", node.name, node.inner])
        elif out and isinstance(out[-1], str):
            out[-1] += node
        elif node:
            out.append(node)
    return out


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("甲{{乙|丙|丁=戊}}己", ["甲", ["T", ["乙"], ["丙"], ["丁=戊"]], "己"]),
        ("{{{参数|默认}}}", [["P", ["参数"], ["默认"]]]),
        ("{{{{{名}}}}}", [["T", [["P", ["名"]]]]]),
        ("{{{{甲}}}}", ["{", ["P", ["甲"]], "}"]),  # three from the inside, one is left
        ("{{甲|[[乙|丙]]}}", [["T", ["甲"], ["[[乙|丙]]"]]]),
        ("{{甲|-{A|zh-cn:乙;zh-tw:丙}-}}", [["T", ["甲"], ["-{A|zh-cn:乙;zh-tw:丙}-"]]]),
        ("{{甲|-{{{乙}}}-}}", [["T", ["甲"], ["-", ["P", ["乙"]], "-"]]]),
        ("{{甲|{{乙|丙}}|丁}}", [["T", ["甲"], [["T", ["乙"], ["丙"]]], ["丁"]]]),
        ("未闭合{{甲|乙", ["未闭合{{甲|乙"]),
        ("{{甲|[[乙}}", ["{{甲|[[乙}}"]),  # the link swallows the braces, as in MediaWiki
        ("}}甲]]|=", ["}}甲]]|="]),
        ("甲<ref name=乙>{{丙|</ref>丁", ["甲", ["X", "ref", "{{丙|"], "丁"]),
        ("<nowiki>{{甲}}</nowiki>", [["X", "nowiki", "{{甲}}"]]),
        ("<REF>甲</Ref >乙", [["X", "ref", "甲"], "乙"]),
        ("<ref name=甲 />乙", [["X", "ref", ""], "乙"]),
        ("<references/>", [["X", "references", ""]]),
        ("<refer>甲", ["<refer>甲"]),
        ("{{甲|<math>|}}</math>}}", [["T", ["甲"], [["X", "math", "|}}"]]]]),
        ("甲<!-- {{ -->乙", ["甲乙"]),
        ("甲\n<!-- 一行 -->\n乙", ["甲\n乙"]),  # the line goes with the comment that fills it
        ("甲 <!-- 行尾 -->\n乙", ["甲 \n乙"]),
        ("甲<!-- 未闭合", ["甲"]),
        ("甲<includeonly>乙</includeonly><noinclude>丙</noinclude>", ["甲丙"]),
    ],
)
def test_the_tree_of(source, expected):
    assert shape(parse(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("甲<noinclude>乙</noinclude>丙", ["甲丙"]),
        ("甲<noinclude>未闭合", ["甲"]),
        ("甲<includeonly>乙</includeonly>", ["甲乙"]),
        ("甲<onlyinclude>乙</onlyinclude>丙<onlyinclude>丁</onlyinclude>", ["乙丁"]),
    ],
)
def test_a_template_is_read_without_what_is_not_for_inclusion(source, expected):
    assert shape(parse(source, transcluded=True)) == expected


def test_a_template_knows_where_it_stands():
    source = "前{{甲|{{乙}}}}后"
    template = parse(source)[2]
    assert isinstance(template, Template) and source[template.start : template.end] == "{{甲|{{乙}}}}"
