"""A dump is cut into spans that give every page once, whatever its packing."""

import bz2
import gzip
import pickle

import pytest

from pipeline.core.errors import SourceError
from pipeline.wiki.dump import bzip2, spans
from pipeline.wiki.dump.bzip2 import BitFile
from pipeline.wiki.dump.pages import Page
from pipeline.wiki.dump.parts import Dump
from pipeline.wiki.dump.spans import cut
from tests.wiki.dump_files import END, FORMATS, HEAD, export_of, multistream, page, read, some_pages, without_places


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


def test_an_empty_dump_has_no_pages(tmp_path):
    (tmp_path / "a.xml").write_text(HEAD + END)
    assert read(tmp_path / "a.xml", 50, tmp_path) == []


def test_places_name_file_and_byte_offset(tmp_path):
    data = export_of([page(1, "天")])
    inside = data.index(b"<page>")
    (tmp_path / "a.xml").write_bytes(data)
    (tmp_path / "a.xml.bz2").write_bytes(bz2.compress(data))
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(data, mtime=0))
    places = [
        item.place for name in ("a.xml", "a.xml.bz2", "a.xml.gz") for item in read(tmp_path / name, 999, tmp_path)
    ]
    assert places == [
        f"a.xml: byte offset {inside}",
        f"a.xml.bz2: byte offset 0, unpacked + {inside}",
        f"a.xml.gz: byte offset {inside} of the unpacked export",
    ]
    assert all(isinstance(item, Page) for item in read(tmp_path / "a.xml", 999, tmp_path))
