"""A page's XML becomes a page: MediaWiki's own form the quick way, any other by the parser, with one result."""

import pytest

from pipeline.wiki import pagexml
from pipeline.wiki.export import Damage
from pipeline.wiki.pagexml import Fields, parse_page
from tests.wiki.dumpfiles import END, HEAD, TIMESTAMP, export_of, page, page_xml, read, without_places

QUICK = "quick"
PARSER = "parser"


def fields(text: str | None = "文", **changes) -> Fields:
    values = {"id": 1, "title": "条目", "namespace": 0, "redirect": None, "timestamp": TIMESTAMP, "model": "wikitext"}
    return Fields(**{**values, "text": text, **changes})


def xml(text: str = '<text bytes="3" sha1="x" xml:space="preserve">文</text>', head: str = "") -> str:
    return (
        f"<page>\n<title>条目</title>\n<ns>0</ns>\n<id>1</id>\n{head}<revision>\n<id>7</id>\n<parentid>6</parentid>\n"
        f"<timestamp>{TIMESTAMP}</timestamp>\n<contributor><username>某</username><id>9</id></contributor>\n"
        f"<comment>改</comment>\n<model>wikitext</model>\n<format>text/x-wiki</format>\n{text}\n<sha1>x</sha1>\n"
        "</revision>\n</page>"
    )


@pytest.fixture
def way(monkeypatch):
    """Parses a page and tells which way it went."""

    def parse(page: str, prefix: str = "") -> tuple[str, Fields]:
        called = []
        monkeypatch.setattr(pagexml, "_parsed", lambda *a: called.append(1) or parsed(*a))
        found = parse_page(page.encode(), prefix, None)
        assert isinstance(found, Fields)
        return PARSER if called else QUICK, found

    parsed = pagexml._parsed
    return parse


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (xml(), fields()),
        (xml('<text xml:space="preserve" bytes="3">文</text>'), fields()),
        (xml('<text bytes="0" sha1="x" xml:space="preserve" />'), fields("")),
        (xml('<text bytes="0" sha1="x" xml:space="preserve"></text>'), fields("")),
        (xml('<text bytes="9" deleted="deleted" />'), fields(None)),
        (xml('<text bytes="9" sha1="x" />'), fields(None)),
        (xml(head='<redirect title="量子 &amp; 力学" />\n'), fields(redirect="量子 & 力学")),
        (xml(head="<restrictions>move=sysop</restrictions>\n"), fields()),
        (xml().replace("<model>wikitext", "<model>Scribunto"), fields(model="Scribunto")),
        (xml().replace("<model>wikitext</model>\n", ""), fields()),
        (xml().replace("条目", "A&amp;B &quot;C&quot;"), fields(title='A&B "C"')),
        (
            xml("<text>&lt;b&gt;&quot;文&quot;&lt;/b&gt; &amp;lt; &amp;amp;nbsp;</text>"),
            fields('<b>"文"</b> &lt; &amp;nbsp;'),
        ),
        (xml("<text>&amp;quot;&quot;</text>"), fields('&quot;"')),
        (xml("<text>&#25991;&#x5b57;&apos;&#039;&amp;#65;𠀀</text>"), fields("文字''&#65;𠀀")),
        (xml("<text>一\r\n二\r三\t四\n五</text>"), fields("一\n二\n三\t四\n五")),
        (xml("<text>一&#13;\n二&#9;</text>"), fields("一\n二\t")),
        (xml("<text>  文  \n</text>"), fields("  文  \n")),
    ],
)
def test_mediawikis_form_is_read_quickly_and_as_the_parser_reads_it(way, page, expected):
    assert way(page) == (QUICK, expected)
    assert pagexml._parsed(page.encode(), "") == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (xml("<text><![CDATA[<b>&文</b>]]></text>"), fields("<b>&文</b>")),
        (xml("<text>文<!-- 注 -->字</text>"), fields("文字")),
        (xml(head="<!-- <revision> -->\n"), fields()),
        (xml().replace("<parentid>6</parentid>", "<!-- <timestamp>假</timestamp> -->"), fields()),
        (xml().replace("<ns>0</ns>\n<id>1</id>", "<id>1</id>\n<ns>0</ns>"), fields()),
        (xml().replace("<title>", "<title >"), fields()),
        (xml(head="<redirect title='量子力学'/>\n"), fields(redirect="量子力学")),
        (
            xml('<text bytes="3">文</text><content><role>aux</role><model>json</model><text>{}</text></content>'),
            fields(),
        ),
        (xml("<text>文</text >"), fields()),
        (xml("").replace("<sha1>x</sha1>", ""), fields(None)),
        ("<page><title>条目</title><ns>0</ns><id>1</id></page>", fields(None, timestamp=None)),
    ],
)
def test_any_other_form_is_left_to_the_parser(way, page, expected):
    assert way(page) == (PARSER, expected)


def test_tags_with_a_prefix_are_read(tmp_path):
    data = (
        (HEAD + page_xml(page(1, "文")) + page_xml(page(2, "字")) + END)
        .replace("<", "<mw:")
        .replace("<mw:/", "</mw:")
    )
    data = data.replace("xmlns=", "xmlns:mw=")
    (tmp_path / "a.xml").write_text(data)
    assert without_places(read(tmp_path / "a.xml", 100, tmp_path)) == [page(1, "文"), page(2, "字")]


def test_of_a_history_the_last_revision_is_read(way):
    first = xml("<text>旧文</text>").partition("</page>")[0]
    last = xml("<text>新文</text>").partition("<id>1</id>")[2].replace(TIMESTAMP, "2026-12-01T00:00:00Z")
    assert way(first + last) == (QUICK, fields("新文", timestamp="2026-12-01T00:00:00Z"))
    assert pagexml._parsed((first + last).encode(), "") == fields("新文", timestamp="2026-12-01T00:00:00Z")


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
