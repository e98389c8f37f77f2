"""The pages of a span; one that is no XML is damage, and the others are kept."""

import pytest

from pipeline.wiki.dump.pages import Damage
from tests.wiki.dump_files import END, HEAD, export_of, page, page_xml, read, without_places


def test_tags_with_a_prefix_are_read(tmp_path):
    data = (
        (HEAD + page_xml(page(1, "文")) + page_xml(page(2, "字")) + END)
        .replace("<", "<mw:")
        .replace("<mw:/", "</mw:")
    )
    data = data.replace("xmlns=", "xmlns:mw=")
    (tmp_path / "a.xml").write_text(data)
    assert without_places(read(tmp_path / "a.xml", 100, tmp_path)) == [page(1, "文"), page(2, "字")]


@pytest.mark.parametrize(
    ("old", "new", "cause", "at"),
    [
        ("文", "&lol9;", "undefined entity or bare &: '&lol9;'", "&lol9;"),
        ("文", "字&nbsp;", "undefined entity or bare &: '&nbsp;'", "&nbsp;"),
        ("文", "&lt; a & b", "undefined entity or bare &: '& b'", "& b"),
        ("文", "&#0;", "undefined entity or bare &: '&#0;'", "&#0;"),
        ("文", "&#xD800;", "undefined entity or bare &: '&#xD800;'", "&#xD800;"),
        ("文", "字\x00", "XML forbids the character U+0000", "\x00"),
        ("文", "一\r\n\t\x1b", "XML forbids the character U+001B", "\x1b"),
        ("<text", "<text><b>", "no XML: mismatched tag", None),
        (
            "<id>1</id>",
            "<id></id>",
            "the page's ns or id is no number: invalid literal for int() with base 10: ''",
            None,
        ),
        ("<id>1</id>", "", "the page lacks title, ns or id", None),
        ("<title>条目</title>", "", "the page lacks title, ns or id", None),
    ],
)
def test_a_page_that_is_no_xml_is_damage_and_the_others_are_kept(tmp_path, old, new, cause, at):
    broken = page_xml(page(1, "文", "条目"))
    assert old in broken
    broken = broken.replace(old, new, 1)
    data = (HEAD + page_xml(page(8, "天")) + broken + page_xml(page(9, "地")) + END).encode()
    (tmp_path / "a.xml").write_bytes(data)
    before, damage, after = without_places(read(tmp_path / "a.xml", 1 << 20, tmp_path))
    assert (before, after) == (page(8, "天"), page(9, "地"))
    assert isinstance(damage, Damage) and damage.cause == cause
    assert damage.raw == broken[broken.index("<page>") : broken.index("</page>") + 7]
    if at is not None:
        assert damage.place == f"a.xml: byte offset {data.index(at.encode(), data.index(b'<id>8'))}"


def test_bytes_that_are_no_utf8_cost_their_page_and_are_told_by_their_offset(tmp_path):
    data = export_of([page(1, "天"), page(2, "一\r\n\r\n宇宙洪荒&lt;"), page(3, "地")])
    at = data.index("洪".encode()) + 1
    (tmp_path / "a.xml").write_bytes(data[:at] + b"\xff" + data[at + 1 :])
    before, damage, after = without_places(read(tmp_path / "a.xml", 1 << 20, tmp_path))
    assert (before, after) == (page(1, "天"), page(3, "地"))
    assert isinstance(damage, Damage)
    assert (damage.place, damage.page, damage.cause) == (
        f"a.xml: byte offset {at - 1}",
        "条目2 (id 2)",
        "the bytes e6 are no UTF-8",
    )
    assert "宇宙\ufffd\ufffd\ufffd荒" in damage.raw


def test_surrogates_in_utf8_are_damage(tmp_path):
    data = export_of([page(1, "洪")]).replace("洪".encode(), b"\xed\xa0\x80")
    (tmp_path / "a.xml").write_bytes(data)
    (damage,) = read(tmp_path / "a.xml", 1 << 20, tmp_path)
    assert damage.cause == "the bytes ed are no UTF-8"


def test_damage_of_the_parser_is_told_by_its_byte(tmp_path):
    data = export_of([page(1, "@")]).replace(b"@", "<![CDATA[天]]>\n地<b>洪</i>".encode())
    (tmp_path / "a.xml").write_bytes(data)
    (damage,) = read(tmp_path / "a.xml", 1 << 20, tmp_path)
    assert (damage.place, damage.cause) == (f"a.xml: byte offset {data.index(b'</i>') + 2}", "no XML: mismatched tag")


def test_pages_of_other_namespaces_are_not_decoded(tmp_path):
    data = export_of([page(1, "坏"), page(2, "好", namespace=10)]).replace("坏".encode(), b"\xff")
    (tmp_path / "a.xml").write_bytes(data)
    assert without_places(read(tmp_path / "a.xml", 1 << 20, tmp_path, frozenset([10]))) == [
        page(2, "好", namespace=10)
    ]
