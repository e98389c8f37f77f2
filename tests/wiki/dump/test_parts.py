"""A dump is opened only if it is one, whole, and the published one."""

import bz2
import gzip
import hashlib
from pathlib import Path

import pytest

from pipeline.core.errors import SourceError
from pipeline.wiki.dump.parts import Dump, Format
from pipeline.wiki.dump.siteinfo import SiteInfo
from tests.wiki.dump_files import END, FORMATS, HEAD, export_of, multistream, page, read, without_places

SITE = SiteInfo(
    name="维基百科",
    database="zhwiki",
    base="https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5",
    language="zh",
    case="first-letter",
    namespaces={0: "", 10: "Template", 14: "Category"},
)


def error_of(path: Path, checksums: Path | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        Dump.open(path, checksums)
    return str(caught.value)


@pytest.mark.parametrize("name", [*FORMATS, "multistream"])
def test_the_head_tells_the_site(files, name):
    assert Dump.open(files[name], None).siteinfo == SITE


def test_the_format_is_told_by_the_first_bytes_not_by_the_name(tmp_path):
    (tmp_path / "dump.bz2").write_bytes(gzip.compress(export_of([page(1, "天")]), mtime=0))
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
    (tmp_path / "dump").write_bytes(gzip.compress(export_of([page(1, "文")]), mtime=0))
    (tmp_path / "other.gz").write_bytes(gzip.compress(b"text", mtime=0))
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


def test_a_numbered_part_finds_its_index(tmp_path):
    dump, index, _ = multistream(tmp_path, [page(1, "文")], 1)
    renamed = dump.rename(tmp_path / "zhwiki-pages-articles-multistream1.xml-p1p9.bz2")
    beside = index.rename(tmp_path / "zhwiki-pages-articles-multistream-index1.txt-p1p9.bz2")
    assert [part.index for part in Dump.open(renamed, None).parts] == [beside]
