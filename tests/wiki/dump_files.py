"""Dumps for tests: pages as MediaWiki writes them, packed in every way."""

import bz2
import gzip
import random
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import zstandard

from pipeline.wiki.dump.pages import Damage, Page, read_pages
from pipeline.wiki.dump.parts import Dump
from pipeline.wiki.dump.spans import cut

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="zh">
  <siteinfo>
    <sitename>维基百科</sitename>
    <dbname>zhwiki</dbname>
    <base>https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5</base>
    <generator>MediaWiki 1.46.0</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="10" case="first-letter">Template</namespace>
      <namespace key="14" case="first-letter">Category</namespace>
    </namespaces>
  </siteinfo>
"""
END = "</mediawiki>\n"
TIMESTAMP = "2026-11-23T01:25:00Z"
FORMATS = ["zh.xml", "plain.xml.bz2", "joined.xml.bz2", "zh.xml.gz", "zh.xml.zst"]
"""Names of what `packed` writes, beside the two multistream dumps."""
WORDS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜，。&<>'\"\n"


def page_xml(page: Page) -> str:
    """As MediaWiki 1.46 writes it."""
    redirect = f'    <redirect title="{escape(page.redirect)}" />\n' if page.redirect else ""
    text = escape(page.text or "", {'"': "&quot;"})
    return (
        f"  <page>\n    <title>{escape(page.title)}</title>\n    <ns>{page.namespace}</ns>\n    <id>{page.id}</id>\n"
        f"{redirect}    <revision>\n      <id>{page.id + 1000}</id>\n      <timestamp>{page.timestamp}</timestamp>\n"
        "      <contributor>\n        <username>管理员</username>\n        <id>1</id>\n      </contributor>\n"
        f"      <comment>导入</comment>\n      <origin>1</origin>\n      <model>{page.model}</model>\n"
        f'      <format>text/x-wiki</format>\n      <text bytes="1" sha1="x" xml:space="preserve">{text}</text>\n'
        "      <sha1>x</sha1>\n    </revision>\n  </page>\n"
    )


def page(id: int, text: str | None, title: str = "", **fields) -> Page:
    values = {"namespace": 0, "redirect": None, "timestamp": TIMESTAMP, "model": "wikitext", "place": ""}
    return Page(id=id, title=title or f"条目{id}", text=text, **{**values, **fields})


def some_pages(count: int, chars: int) -> list[Page]:
    """Pages of about `chars` characters that do not compress well; every third one in namespace 10."""
    draw = random.Random(7)
    return [
        page(
            number,
            "".join(draw.choices(WORDS, k=draw.randint(chars // 2, chars))) + "尾",
            namespace=10 if number % 3 == 0 else 0,
        )
        for number in range(1, count + 1)
    ]


def export_of(pages: list[Page]) -> bytes:
    return (HEAD + "".join(map(page_xml, pages)) + END).encode()


def multistream(folder: Path, pages: list[Page], per_stream: int, level: int = 9) -> tuple[Path, Path, list[int]]:
    """Dump, index and the offsets of the streams that hold pages."""
    dump = folder / "zh-pages-articles-multistream.xml.bz2"
    index = folder / "zh-pages-articles-multistream-index.txt.bz2"
    data, lines, offsets = bz2.compress(HEAD.encode(), level), [], []
    for first in range(0, len(pages), per_stream):
        some = pages[first : first + per_stream]
        lines += [f"{len(data)}:{page.id}:{page.title}\n" for page in some]
        offsets.append(len(data))
        data += bz2.compress("".join(map(page_xml, some)).encode(), level)
    dump.write_bytes(data + bz2.compress(END.encode(), level))
    index.write_bytes(bz2.compress("".join(lines).encode()))
    return dump, index, offsets


def packed(folder: Path, pages: list[Page]) -> dict[str, Path]:
    """The same export in every format."""
    data = export_of(pages)
    parts = [data[start : start + 50_000] for start in range(0, len(data), 50_000)]
    files = {
        "zh.xml": data,
        "plain.xml.bz2": bz2.compress(data, 1),
        "joined.xml.bz2": b"".join(bz2.compress(part, 1) for part in parts),
        "zh.xml.gz": gzip.compress(data, mtime=0),
        "zh.xml.zst": zstandard.ZstdCompressor().compress(data),
    }
    found = {}
    for name, content in files.items():
        (folder / name).write_bytes(content)
        found[name] = folder / name
    with_index = folder / "with-index"
    without_index = folder / "without-index"
    with_index.mkdir()
    without_index.mkdir()
    found["multistream"] = multistream(with_index, pages, 7, 1)[0]
    dump, index, _ = multistream(without_index, pages, 7, 1)
    index.unlink()
    found["multistream without index"] = dump
    return found


def read(path: Path, span_bytes: int, scratch: Path, namespaces: frozenset[int] | None = None) -> list[Page | Damage]:
    """All spans, one after the other."""
    spans = cut(Dump.open(path, None), span_bytes, scratch)
    assert [span.number for span in spans] == list(range(len(spans)))
    return [item for span in spans for item in read_pages(span, namespaces)]


def without_places(items: list[Page | Damage]) -> list[Page | Damage]:
    """Pages alone differ in their place from format to format."""
    return [replace(item, place="") if isinstance(item, Page) else item for item in items]
