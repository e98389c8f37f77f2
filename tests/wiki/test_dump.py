"""A dump is opened only if it is one, whole, and the published one; its spans give every page once."""

import bz2
import gzip
import hashlib
import pickle
from pathlib import Path

import pytest

from pipeline.core.errors import SourceError
from pipeline.wiki import bzip2, spans
from pipeline.wiki.bzip2 import BitFile
from pipeline.wiki.dump import Dump, Format
from pipeline.wiki.export import Page
from pipeline.wiki.siteinfo import SiteInfo
from pipeline.wiki.spans import cut
from tests.wiki.dumpfiles import END, HEAD, export_of, multistream, packed, page, read, some_pages, without_places

SHARED = sorted((Path(__file__).parents[3] / "shared" / "data" / "wiki").glob("zhwp-sample*.xml.bz2"))
SITE = SiteInfo(
    name="维基百科",
    database="zhwiki",
    base="https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5",
    language="zh",
    case="first-letter",
    namespaces={0: "", 10: "Template", 14: "Category"},
)
FORMATS = ["zh.xml", "plain.xml.bz2", "joined.xml.bz2", "zh.xml.gz", "zh.xml.zst"]


def error_of(path: Path, checksums: Path | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        Dump.open(path, checksums)
    return str(caught.value)


@pytest.fixture(scope="module")
def pages():
    return some_pages(150, 2000)


@pytest.fixture(scope="module")
def files(pages, tmp_path_factory):
    return packed(tmp_path_factory.mktemp("dumps"), pages)


@pytest.mark.parametrize("name", [*FORMATS, "multistream", "multistream without index"])
@pytest.mark.parametrize("span_bytes", [700, 4_567, 30_000, 1 << 30])
@pytest.mark.parametrize("small_bytes", [2 << 20, 20_000, 100])
def test_every_page_is_read_once_whatever_the_format_and_the_span(
    files, pages, name, span_bytes, small_bytes, tmp_path, monkeypatch
):
    for module in (bzip2, spans):
        monkeypatch.setattr(module, "SMALL_BYTES", small_bytes)
    monkeypatch.setattr(spans, "_HEAD_SEARCH_BYTES", 20_000)
    assert without_places(read(files[name], span_bytes, tmp_path)) == pages


@pytest.mark.parametrize("name", [*FORMATS, "multistream"])
def test_large_dumps_are_cut_into_several_spans(files, name, tmp_path, monkeypatch):
    for module in (bzip2, spans):
        monkeypatch.setattr(module, "SMALL_BYTES", 20_000)
    dump = Dump.open(files[name], None)
    assert len(cut(dump, 30_000, tmp_path)) > 3
    assert len(cut(dump, 1 << 30, tmp_path)) == 1
    again = pickle.loads(pickle.dumps(dump))
    assert cut(again, 30_000, tmp_path) == cut(dump, 30_000, tmp_path)


def test_a_tag_cut_in_two_at_any_byte_is_found(tmp_path):
    pages = [page(1, "天地玄黄"), page(2, "宇宙洪荒"), page(3, "日月盈昃")]
    data = export_of(pages)
    (tmp_path / "zh.xml").write_bytes(data)
    sizes = [*range(1, 500, 11), *range(500, len(data) + 1)]
    assert [size for size in sizes if without_places(read(tmp_path / "zh.xml", size, tmp_path)) != pages] == []


def test_a_likeness_of_a_head_inside_a_stream_is_no_place_to_cut(tmp_path, monkeypatch):
    pages = some_pages(60, 2000)
    dump, index, offsets = multistream(tmp_path, pages, 60, 1)
    index.unlink()
    likeness = (offsets[0] + 5_000) * 8
    search = BitFile.next_head

    def also_false(self, at, limit):
        true = search(self, at, limit)
        return likeness if at <= likeness < limit and (true is None or likeness < true) else true

    monkeypatch.setattr(BitFile, "next_head", also_false)
    assert without_places(read(dump, 3_000, tmp_path)) == pages


@pytest.mark.parametrize("name", [*FORMATS, "multistream"])
def test_only_pages_of_the_namespaces_asked_for_are_read(files, pages, name, tmp_path):
    found = read(files[name], 30_000, tmp_path, frozenset([10]))
    assert without_places(found) == [page for page in pages if page.namespace == 10]


def test_the_published_sample_reads_the_same_in_both_forms(tmp_path):
    for file in SHARED:
        found = read(file, 1, tmp_path)
        assert [(page.id, page.title, len(page.text)) for page in found] == [
            (51, "JOOQ", 2182),
            (225, "嵌入式OpenType字体", 1141),
            (236, "微软POSIX子系统", 1693),
            (238, "快速UDP网络连接", 3739),
            (493, "Template:CGroup-Physics", 8673),
            (494, "量子力学", 38610),
        ]
        assert without_places(found) == without_places(read(SHARED[0], 1 << 30, tmp_path))


@pytest.mark.parametrize("name", [*FORMATS, "multistream"])
def test_the_head_tells_the_site(files, name):
    assert Dump.open(files[name], None).siteinfo == SITE


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://zh.wikipedia.org/wiki/Wikipedia:首页", "https://zh.wikipedia.org/wiki/"),
        ("http://localhost/w/index.php/%E9%A6%96%E9%A1%B5", "http://localhost/w/index.php/"),
        ("http://localhost/index.php?title=首页", "http://localhost/index.php?title="),
        ("http://localhost/w/index.php?action=view&title=首页", "http://localhost/w/index.php?action=view&title="),
        ("https://wiki.example.org/首页", "https://wiki.example.org/"),
        ("https://example.org/wiki/index.php/首页", "https://example.org/wiki/index.php/"),
        ("https://example.org/wiki/index.php?title=首页", "https://example.org/wiki/index.php?title="),
    ],
)
def test_addresses_are_built_like_the_main_pages(base, url):
    site = SiteInfo("", "", base, "zh", "", {})
    assert site.url("C++ (语言)/历史?") == url + "C%2B%2B_(%E8%AF%AD%E8%A8%80)/%E5%8E%86%E5%8F%B2%3F"


def test_the_format_is_told_by_the_first_bytes_not_by_the_name(tmp_path):
    (tmp_path / "dump.bz2").write_bytes(gzip.compress(export_of([page(1, "天")])))
    assert [part.format for part in Dump.open(tmp_path / "dump.bz2", None).parts] == [Format.GZIP]


def test_a_byte_order_mark_before_the_head_is_passed_over(tmp_path):
    (tmp_path / "a.xml").write_bytes(
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\n" + export_of([page(1, "天")])
    )
    assert without_places(read(tmp_path / "a.xml", 1 << 20, tmp_path)) == [page(1, "天")]


def test_a_missing_or_empty_file_is_named(tmp_path):
    assert error_of(tmp_path / "a.xml") == f"{tmp_path}/a.xml: no such file or folder"
    (tmp_path / "a.xml").touch()
    assert error_of(tmp_path / "a.xml") == f"{tmp_path}/a.xml: is empty (0 bytes)"


def test_an_error_page_saved_as_bz2_is_refused_with_its_first_bytes(tmp_path):
    (tmp_path / "a.bz2").write_bytes(b"<!DOCTYPE html>\n<html>404")
    assert error_of(tmp_path / "a.bz2") == (
        f"{tmp_path}/a.bz2: this is an HTML page, no dump; it begins with '<!DOCTYPE html>\\n<html>404' "
        "(3c 21 44 4f 43 54 59 50)"
    )


def test_other_files_are_refused_with_their_first_bytes(tmp_path):
    (tmp_path / "a.bz2").write_bytes(b"PK\x03\x04")
    assert error_of(tmp_path / "a.bz2") == (
        f"{tmp_path}/a.bz2: neither XML nor bz2, gz, zst: it begins with 'PK\\x03\\x04' (50 4b 03 04)"
    )
    (tmp_path / "a.xml").write_bytes(b"<rss></rss>")
    assert error_of(tmp_path / "a.xml") == (
        f"{tmp_path}/a.xml: not a MediaWiki export: it begins with '<rss></rss>' (3c 72 73 73 3e 3c 2f 72)"
    )


def test_a_doctype_in_the_head_is_refused(tmp_path):
    bomb = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>\n'
    (tmp_path / "a.xml").write_bytes(bomb.encode() + export_of([page(1, "&lol2;")]))
    assert error_of(tmp_path / "a.xml") == (
        f"{tmp_path}/a.xml: the head holds a DOCTYPE, which no MediaWiki export has; refused"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('xml:lang="zh"', "", "the head lacks xml:lang"),
        ("<dbname>zhwiki</dbname>", "", "the head lacks dbname"),
        ("<dbname>zhwiki", "<dbname>../zhwiki", "dbname '../zhwiki' is not letters, digits, dots and dashes"),
        ("</sitename>", "", "the head is no XML: mismatched tag: line 13, column 4"),
        (
            'key="10"',
            'key="十"',
            "the head has a namespace without a number: invalid literal for int() with base 10: '十'",
        ),
    ],
)
def test_a_broken_head_is_an_error(tmp_path, old, new, message):
    assert HEAD.count(old) == 1
    (tmp_path / "a.xml").write_text(HEAD.replace(old, new) + END)
    assert error_of(tmp_path / "a.xml") == f"{tmp_path}/a.xml: {message}"


def test_a_head_without_siteinfo_is_an_error(tmp_path):
    (tmp_path / "a.xml").write_bytes(b"<mediawiki>" + b" " * 100)
    assert error_of(tmp_path / "a.xml") == f"{tmp_path}/a.xml: no whole <siteinfo> in the first 111 bytes"


def test_an_export_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.xml").write_bytes(b'<?xml version="1.0" encoding="GBK"?>' + HEAD.encode("gbk"))
    assert error_of(tmp_path / "a.xml") == f"{tmp_path}/a.xml: encoding GBK, but exports are UTF-8"


def test_a_damaged_head_is_an_error(tmp_path):
    (tmp_path / "a.bz2").write_bytes(bz2.compress(export_of([page(1, "天")]))[:100])
    assert error_of(tmp_path / "a.bz2") == (
        f"{tmp_path}/a.bz2: the head cannot be unpacked: "
        "Compressed file ended before the end-of-stream marker was reached"
    )


def test_the_parts_of_a_folder_come_in_the_order_of_their_numbers(tmp_path):
    for number in (10, 2, 1):
        name = f"zhwiki-20261101-pages-articles{number}.xml-p{number}p{number}.bz2"
        (tmp_path / name).write_bytes(bz2.compress(export_of([page(number, "文")])))
    for name in (
        "zhwiki-20261101-md5sums.txt",
        "zhwiki-multistream-index.txt.bz2",
        "README",
        ".hidden.xml",
        "a.sha1",
        "zhwiki-20261101-pages-articles1.xml-p1p1.bz2.dvc",
    ):
        (tmp_path / name).write_bytes(b"BZh9" if name.endswith("bz2") else b"text")
    found = read(tmp_path, 1 << 20, tmp_path / "scratch")
    assert without_places(found) == [page(1, "文"), page(2, "文"), page(10, "文")]


def test_a_part_is_told_by_its_content_where_the_name_does_not(tmp_path):
    (tmp_path / "dump").write_bytes(gzip.compress(export_of([page(1, "文")])))
    (tmp_path / "other.gz").write_bytes(gzip.compress(b"text"))
    assert [part.name for part in Dump.open(tmp_path, None).parts] == ["dump"]


def test_a_folder_without_a_dump_is_an_error(tmp_path):
    (tmp_path / "README").write_text("text")
    assert error_of(tmp_path) == (
        f"{tmp_path}: this folder holds no MediaWiki dump (.xml, .xml.bz2, .xml.gz, .xml.zst)"
    )


def test_two_copies_of_one_dump_are_an_error(tmp_path):
    for name in ("zh.xml.bz2", "zh-multistream.xml.bz2"):
        (tmp_path / name).write_bytes(bz2.compress(export_of([page(1, "文")])))
    assert error_of(tmp_path) == f"{tmp_path}: zh-multistream.xml.bz2 and zh.xml.bz2 hold the same pages; keep one"


def test_parts_of_two_wikis_are_an_error(tmp_path):
    (tmp_path / "1.xml").write_bytes(export_of([]))
    (tmp_path / "2.xml").write_bytes(export_of([]).replace(b"zhwiki", b"jawiki"))
    assert error_of(tmp_path) == f"{tmp_path}/2.xml: of jawiki, but 1.xml of zhwiki"


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_checksums_are_compared(tmp_path, algorithm):
    data, sums = export_of([page(1, "天")]), tmp_path / "sums.txt"
    (tmp_path / "a.xml").write_bytes(data)
    digest = hashlib.new(algorithm, data).hexdigest()
    sums.write_text(f"{digest}  other.xml\n\n{digest.upper()} *a.xml\n")
    assert Dump.open(tmp_path / "a.xml", sums) == Dump.open(tmp_path / "a.xml", None)
    wrong = "0" * len(digest)
    sums.write_text(f"{wrong}  a.xml\n")
    assert error_of(tmp_path / "a.xml", sums) == f"{tmp_path}/a.xml: {algorithm} is {digest}, but {sums} says {wrong}"


def test_a_file_that_is_not_in_the_list_of_checksums_is_an_error(tmp_path):
    (tmp_path / "a.xml").write_bytes(export_of([]))
    (tmp_path / "sums").write_text("d41d8cd98f00b204e9800998ecf8427e  b.xml\n")
    assert error_of(tmp_path / "a.xml", tmp_path / "sums") == f"{tmp_path}/sums: a.xml is not in this list"
    (tmp_path / "sums").write_text("<html>\n")
    assert error_of(tmp_path / "a.xml", tmp_path / "sums") == (
        f"{tmp_path}/sums: line 1: not `hexdigest  filename`: '<html>'"
    )


def test_an_index_of_another_dump_is_an_error(tmp_path):
    dump, index, offsets = multistream(tmp_path, [page(number, "文") for number in range(4)], 2)
    index.write_bytes(bz2.compress(f"{offsets[0]}:0:条目0\n{offsets[1] + 3}:2:条目2\n".encode()))
    with pytest.raises(SourceError) as caught:
        cut(Dump.open(dump, None), 1, tmp_path)
    assert str(caught.value) == (
        f"{index}: line 2: no bz2 stream begins at byte offset {offsets[1] + 3} of {dump.name}, "
        f"one ends at {offsets[1]}: they do not belong together; get both again, or move the index away"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x:1:y\n", "line 1: unreadable: invalid literal for int() with base 10: 'x'"),
        (b"900000:1:a\n8:2:b\n", "line 2: unreadable: offset 8 after 900000"),
        (b"9:1\n", "line 1: unreadable: not enough values to unpack (expected 3, got 2)"),
    ],
)
def test_a_broken_index_is_an_error(tmp_path, content, message):
    dump, index, _ = multistream(tmp_path, [page(1, "文")], 1)
    index.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        cut(Dump.open(dump, None), 1, tmp_path)
    assert str(caught.value) == f"{index}: {message}; get it again, or move it away"


def test_a_numbered_part_finds_its_index(tmp_path):
    dump, index, _ = multistream(tmp_path, [page(1, "文")], 1)
    renamed = dump.rename(tmp_path / "zhwiki-pages-articles-multistream1.xml-p1p9.bz2")
    beside = index.rename(tmp_path / "zhwiki-pages-articles-multistream-index1.txt-p1p9.bz2")
    assert [part.index for part in Dump.open(renamed, None).parts] == [beside]


def test_an_empty_dump_has_no_pages(tmp_path):
    (tmp_path / "a.xml").write_text(HEAD + END)
    assert read(tmp_path / "a.xml", 50, tmp_path) == []


def test_places_name_file_and_byte_offset(tmp_path):
    data = export_of([page(1, "天")])
    inside = data.index(b"<page>")
    (tmp_path / "a.xml").write_bytes(data)
    (tmp_path / "a.xml.bz2").write_bytes(bz2.compress(data))
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(data))
    places = [
        item.place for name in ("a.xml", "a.xml.bz2", "a.xml.gz") for item in read(tmp_path / name, 999, tmp_path)
    ]
    assert places == [
        f"a.xml: byte offset {inside}",
        f"a.xml.bz2: byte offset 0, unpacked + {inside}",
        f"a.xml.gz: byte offset {inside} of the unpacked export",
    ]
    assert all(isinstance(item, Page) for item in read(tmp_path / "a.xml", 999, tmp_path))
