"""A page's XML becomes a page: MediaWiki's own form the quick way, any other by the parser, with one result."""

import pytest

from pipeline.wiki.dump import page_xml
from pipeline.wiki.dump.page_xml import Fields, parse_page
from tests.wiki.dump_files import TIMESTAMP

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
        monkeypatch.setattr(page_xml, "_parsed", lambda *a: called.append(1) or parsed(*a))
        found = parse_page(page.encode(), prefix, None)
        assert isinstance(found, Fields)
        return PARSER if called else QUICK, found

    parsed = page_xml._parsed
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
    assert page_xml._parsed(page.encode(), "") == expected


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


def test_of_a_history_the_last_revision_is_read(way):
    first = xml("<text>旧文</text>").partition("</page>")[0]
    last = xml("<text>新文</text>").partition("<id>1</id>")[2].replace(TIMESTAMP, "2026-12-01T00:00:00Z")
    assert way(first + last) == (QUICK, fields("新文", timestamp="2026-12-01T00:00:00Z"))
    assert page_xml._parsed((first + last).encode(), "") == fields("新文", timestamp="2026-12-01T00:00:00Z")
