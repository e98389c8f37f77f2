"""Damage inside a dump costs the pages that it hit and no other, is told once, and never raises."""

import bz2
import gzip
import random
from pathlib import Path

import pytest
import zstandard

from pipeline.wiki.dump import bzip2, raw_pages, spans
from pipeline.wiki.dump.pages import Damage, Page
from pipeline.wiki.dump.parts import Dump
from pipeline.wiki.dump.spans import cut
from tests.wiki.dump_files import END, HEAD, export_of, multistream, page, page_xml, read, some_pages, without_places

PAGES = [page(number, f"第{number}页：天地玄黄，宇宙洪荒。") for number in range(1, 7)]


@pytest.fixture
def read_all(tmp_path):
    """Reads a file with several sizes of spans, which must all give the same, and returns that."""

    def read_in_spans(path: Path) -> list[Page | Damage]:
        first, *others = [read(path, size, tmp_path / "scratch") for size in (1 << 30, 20_000, 300, 97)]
        assert [other == first for other in others] == [True, True, True]
        return without_places(first)

    return read_in_spans


@pytest.fixture
def large_streams(monkeypatch):
    """No stream counts as small."""
    for module in (bzip2, spans):
        monkeypatch.setattr(module, "SMALL_BYTES", 100)


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 0x5A]) + data[position + 1 :]


def struck(data: bytes, offsets: list[int], stream: int) -> bytes:
    """A byte flipped in the middle of a stream: near its beginning are bits that bz2 does not use."""
    return flipped(data, (offsets[stream] + offsets[stream + 1]) // 2)


def lost_raw(number: int) -> str:
    """The bytes of a page's beginning, as they come in Damage.raw."""
    return page_xml(PAGES[number - 1]).strip()


def test_a_flipped_byte_costs_one_stream_and_names_the_lost_pages(tmp_path, read_all):
    dump, _, offsets = multistream(tmp_path, PAGES, 2)
    dump.write_bytes(struck(dump.read_bytes(), offsets, 1))
    place = f"{dump.name}: byte offset {offsets[1]}"
    cause = f"a bz2 block is damaged; reading goes on at byte offset {offsets[2]}"
    assert read_all(dump) == [
        *PAGES[:2],
        Damage(place, "条目3 (id 3)", cause, ""),
        Damage(place, "条目4 (id 4)", cause, ""),
        *PAGES[4:],
    ]


def test_without_the_index_the_lost_stream_is_one_damage(tmp_path, read_all):
    dump, index, offsets = multistream(tmp_path, PAGES, 2)
    index.unlink()
    dump.write_bytes(struck(dump.read_bytes(), offsets, 1))
    cause = f"a bz2 block is damaged; reading goes on at byte offset {offsets[2]}"
    damage = Damage(f"{dump.name}: byte offset {offsets[1] + 4}", "after 条目2 (id 2)", cause, "")
    assert read_all(dump) == [*PAGES[:2], damage, *PAGES[4:]]


def test_two_damaged_streams_in_a_row_are_one_region_and_every_page_is_named(tmp_path, read_all):
    dump, index, offsets = multistream(tmp_path, PAGES, 2)
    dump.write_bytes(struck(struck(dump.read_bytes(), offsets, 1), offsets, 0))
    found = read_all(dump)
    assert [item.page for item in found[:4]] == [f"条目{n} (id {n})" for n in (1, 2, 3, 4)]
    assert found[4:] == PAGES[4:]
    index.unlink()
    first, *others = read_all(dump)
    assert first == Damage(
        f"{dump.name}: byte offset {offsets[0] + 4}",
        None,
        f"a bz2 block is damaged; reading goes on at byte offset {offsets[1]}; then 1 more, at last: "
        f"a bz2 block is damaged; reading goes on at byte offset {offsets[2]}",
        "",
    )
    assert others == PAGES[4:]


def test_of_a_damaged_stream_the_pages_before_the_bad_block_are_kept(tmp_path):
    pages = some_pages(60, 2000)
    dump, _, offsets = multistream(tmp_path, pages, 30, level=1)
    second_block = offsets[0] + (offsets[1] - offsets[0]) * 3 // 4
    dump.write_bytes(flipped(dump.read_bytes(), second_block))
    found = without_places(read(dump, 1 << 30, tmp_path))
    kept = [item for item in found if isinstance(item, Page)]
    lost = [item for item in found if isinstance(item, Damage)]
    assert 0 < len(lost) < 30
    assert kept == pages[: 30 - len(lost)] + pages[30:]
    assert [item.page for item in lost] == [f"条目{n} (id {n})" for n in range(31 - len(lost), 31)]
    read_of_it = lost[0].raw.rstrip("\ufffd")
    assert read_of_it == page_xml(pages[30 - len(lost)]).strip()[: len(read_of_it)] != ""
    assert {item.raw for item in lost[1:]} == {""}


def test_a_head_of_a_stream_that_is_overwritten_costs_its_pages(tmp_path, read_all):
    dump, _, offsets = multistream(tmp_path, PAGES, 2)
    data = dump.read_bytes()
    dump.write_bytes(data[: offsets[1]] + bytes(12) + data[offsets[1] + 12 :])
    cause = f"no bz2 block stands here; reading goes on at byte offset {offsets[2]}"
    found = read_all(dump)
    assert [(item.page, item.cause) for item in found if isinstance(item, Damage)] == [
        ("条目3 (id 3)", cause),
        ("条目4 (id 4)", cause),
    ]
    assert [item for item in found if isinstance(item, Page)] == PAGES[:2] + PAGES[4:]


@pytest.mark.parametrize("at_boundary", [True, False])
def test_a_multistream_that_is_cut_off_names_all_that_the_index_has_beyond(tmp_path, read_all, at_boundary):
    dump, _, offsets = multistream(tmp_path, PAGES, 2)
    size = offsets[1] if at_boundary else offsets[1] + 60
    dump.write_bytes(dump.read_bytes()[:size])
    ended = (
        "the file ends without </mediawiki>"
        if at_boundary
        else f"the file ends at byte offset {size}, inside a bz2 block"
    )
    assert read_all(dump) == PAGES[:2] + [
        Damage(f"{dump.name}: byte offset {offsets[1 + n // 2]}", f"条目{n + 3} (id {n + 3})", ended, "")
        for n in range(4)
    ]


@pytest.mark.usefixtures("large_streams")
def test_a_flipped_byte_in_a_single_stream_costs_one_block(tmp_path):
    pages = some_pages(150, 2000)
    path = tmp_path / "a.xml.bz2"
    path.write_bytes(flipped(bz2.compress(export_of(pages), 1), 70_000))
    found = without_places(read(path, 1 << 30, tmp_path))
    at = next(number for number, item in enumerate(found) if isinstance(item, Damage))
    assert [isinstance(item, Damage) for item in found].count(True) == 1
    assert found[:at] == pages[:at]
    rest = found[at + 1 :]
    assert rest == pages[len(pages) - len(rest) :] and 10 < len(pages) - at - len(rest) < 40
    damage = found[at]
    assert (damage.page, damage.raw) == (
        f"条目{at + 1} (id {at + 1})",
        page_xml(pages[at]).strip()[: len(damage.raw)],
    )
    assert damage.cause.startswith("a bz2 block is damaged; reading goes on at byte offset ")
    for size in (1, 20_000, 60_000):
        assert without_places(read(path, size, tmp_path)) == found


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.999])
@pytest.mark.usefixtures("large_streams")
def test_a_cut_off_bz2_keeps_the_pages_before(tmp_path, kept):
    pages = some_pages(150, 2000)
    path = tmp_path / "a.xml.bz2"
    data = bz2.compress(export_of(pages), 1)
    size = int(len(data) * kept)
    path.write_bytes(data[:size])
    *found, damage = without_places(read(path, 1 << 30, tmp_path))
    assert found == pages[: len(found)] and len(found) > 10
    assert damage.page == f"条目{len(found) + 1} (id {len(found) + 1})"
    assert damage.cause == f"the file ends at byte offset {size}, inside a bz2 block"
    assert without_places(read(path, 20_000, tmp_path)) == [*found, damage]


@pytest.mark.usefixtures("large_streams")
def test_random_damage_in_any_bz2_never_raises_and_never_gives_a_wrong_page(tmp_path):
    pages = some_pages(60, 1500)
    dump, _, _ = multistream(tmp_path, pages, 5, 1)
    plain = tmp_path / "plain.xml.bz2"
    plain.write_bytes(bz2.compress(export_of(pages), 1))
    draw = random.Random(11)
    for path, first in ((dump, 1500), (plain, plain.stat().st_size // 2)):
        data = path.read_bytes()
        for _ in range(30):
            start = draw.randrange(first, len(data))
            noise = draw.randbytes(draw.choice((1, 1, 50, 5000)))
            path.write_bytes((data[:start] + noise + data[start + len(noise) :])[: len(data)])
            found = without_places(read(path, 8_000, tmp_path))
            kept = [item for item in found if isinstance(item, Page)]
            assert kept == [page for page in pages if page.id in {item.id for item in kept}]
            assert len(kept) == len({item.id for item in kept})
            assert found == without_places(read(path, 1 << 30, tmp_path))
        path.write_bytes(data)


def test_zeros_in_an_xml_file_cost_the_pages_they_lie_in(tmp_path, read_all):
    data = export_of(PAGES)
    start, end = data.index("第2页".encode()) + 3, data.index("第4页".encode()) + 3
    (tmp_path / "a.xml").write_bytes(data[:start] + bytes(end - start) + data[end:])
    before, damage, *after = read_all(tmp_path / "a.xml")
    assert (before, after) == (PAGES[0], PAGES[4:])
    assert (damage.place, damage.page, damage.cause) == (
        f"a.xml: byte offset {start}",
        "条目2 (id 2)",
        "XML forbids the character U+0000",
    )


def test_a_first_page_whose_tag_is_damaged_is_told(tmp_path, read_all):
    data = export_of(PAGES).decode().replace("<page>", "<pbge>", 1)
    (tmp_path / "a.xml").write_text(data)
    place = f"a.xml: byte offset {data.encode().index(b'<pbge>')}"
    raw = lost_raw(1).replace("<page>", "<pbge>") + "\n  "
    assert read_all(tmp_path / "a.xml") == [
        Damage(place, None, "neither a page nor white space", raw),
        *PAGES[1:],
    ]


def test_a_lost_page_is_named_on_one_line_as_readers_know_it(tmp_path, read_all):
    data = export_of(PAGES).decode().replace("条目2", "AT&amp;T\n公司").replace("第2页", "\x01")
    (tmp_path / "a.xml").write_text(data)
    assert [item.page for item in read_all(tmp_path / "a.xml") if isinstance(item, Damage)] == ["AT&T 公司 (id 2)"]


def test_what_is_broken_after_a_lost_page_is_told_by_that_page(tmp_path, read_all):
    data = export_of(PAGES).decode().replace("第2页", "\x01").replace(lost_raw(3), "<pbge>")
    (tmp_path / "a.xml").write_text(data)
    assert [item.page for item in read_all(tmp_path / "a.xml") if isinstance(item, Damage)] == [
        "条目2 (id 2)",
        "after 条目2 (id 2)",
    ]


def test_the_index_is_not_asked_about_a_dump_that_was_packed_anew(tmp_path, read_all):
    dump, _, _ = multistream(tmp_path, PAGES, 2)
    data = bz2.decompress(dump.read_bytes())
    dump.unlink()
    anew = tmp_path / dump.name.replace(".bz2", ".zst")
    anew.write_bytes(zstandard.compress(data[: data.index("第3页".encode())]))
    assert [(item.page, item.cause) for item in read_all(anew) if isinstance(item, Damage)] == [
        ("条目3 (id 3)", "the file ends inside a page")
    ]


def test_a_missing_end_of_a_page_costs_that_page(tmp_path, read_all):
    data = export_of(PAGES).decode()
    broken = lost_raw(2).removesuffix("</page>")
    path = tmp_path / "a.xml"
    path.write_text(data.replace(lost_raw(2), broken))
    place = f"a.xml: byte offset {path.read_bytes().index(broken.encode())}"
    raw = broken + "\n  "
    damage = Damage(place, "条目2 (id 2)", "the next page begins before its </page>", raw)
    assert read_all(path) == [PAGES[0], damage, *PAGES[2:]]


def test_a_page_without_end_is_given_up_at_a_limit_and_reading_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(raw_pages, "MAX_PAGE_BYTES", 3_000_000)
    endless = lost_raw(2).partition("</text>")[0]
    data = HEAD + page_xml(PAGES[0]) + endless + "荒" * 5_000_000 + page_xml(PAGES[2]) + END
    (tmp_path / "a.xml").write_text(data)
    for size in (1 << 30, 1 << 20):
        before, damage, after = without_places(read(tmp_path / "a.xml", size, tmp_path))
        assert (before, after) == (PAGES[0], PAGES[2])
        assert (damage.page, damage.cause) == ("条目2 (id 2)", "no </page> after 3,000,000 bytes")
        assert damage.raw == (endless + "荒" * 10_000)[:10_000] and len(damage.raw) == 10_000


def test_an_xml_file_cut_off_inside_a_page_names_it(tmp_path, read_all):
    data = export_of(PAGES)
    start = data.index("第5页".encode())
    path = tmp_path / "a.xml"
    path.write_bytes(data[:start])
    raw = lost_raw(5).partition("第5页")[0]
    place = f"a.xml: byte offset {data.index(raw.encode())}"
    assert read_all(path) == [*PAGES[:4], Damage(place, "条目5 (id 5)", "the file ends inside a page", raw)]


@pytest.mark.parametrize("tail", ["", "</media", "\n" * 500])
def test_an_xml_file_without_its_end_tag_is_damage(tmp_path, read_all, tail):
    data = export_of(PAGES).decode().replace(END, tail)
    (tmp_path / "a.xml").write_text(data)
    place = f"a.xml: byte offset {len(data.encode())}"
    *found, damage = read_all(tmp_path / "a.xml")
    assert found == PAGES
    assert damage == Damage(place, "after 条目6 (id 6)", "the file ends without </mediawiki>", "")


def test_what_stands_between_two_pages_is_damage(tmp_path, read_all):
    data = export_of(PAGES).decode().replace(lost_raw(2), "<logitem>\n    <id>2</id>\n  </logitem>")
    (tmp_path / "a.xml").write_text(data)
    place = f"a.xml: byte offset {data.encode().index(b'<logitem>')}"
    raw = "<logitem>\n    <id>2</id>\n  </logitem>\n  "
    damage = Damage(place, "after 条目1 (id 1)", "neither a page nor white space", raw)
    assert read_all(tmp_path / "a.xml") == [PAGES[0], damage, *PAGES[2:]]


@pytest.mark.parametrize("kept", [0.4, 0.8])
def test_a_cut_off_gz_keeps_the_pages_before(tmp_path, kept):
    pages = some_pages(150, 2000)
    data = gzip.compress(export_of(pages), mtime=0)
    size = int(len(data) * kept)
    (tmp_path / "a.xml.gz").write_bytes(data[:size])
    *found, damage = without_places(read(tmp_path / "a.xml.gz", 20_000, tmp_path))
    assert found == pages[: len(found)] and len(found) > 40
    assert (damage.page, damage.cause) == (
        f"条目{len(found) + 1} (id {len(found) + 1})",
        f"the file ({size:,} bytes) cannot be unpacked further: "
        "Compressed file ended before the end-of-stream marker was reached",
    )


def test_a_cut_off_zst_keeps_the_pages_before(tmp_path):
    pages = some_pages(150, 2000)
    data = zstandard.ZstdCompressor().compress(export_of(pages))
    (tmp_path / "a.xml.zst").write_bytes(data[: len(data) // 2])
    *found, damage = without_places(read(tmp_path / "a.xml.zst", 20_000, tmp_path))
    assert found == pages[: len(found)] and len(found) > 20
    assert (damage.page, damage.cause) == (
        f"条目{len(found) + 1} (id {len(found) + 1})",
        "the file ends inside a page",
    )


def test_a_damaged_gz_tells_that_its_sum_is_wrong(tmp_path):
    data = gzip.compress(export_of(PAGES), mtime=0)
    (tmp_path / "a.xml.gz").write_bytes(flipped(data, len(data) - 6))
    *found, damage = without_places(read(tmp_path / "a.xml.gz", 300, tmp_path))
    assert found == PAGES
    assert damage.page == "after 条目6 (id 6)" and "CRC check failed" in damage.cause


def test_a_page_without_end_before_a_cut_of_a_gz_is_told_as_everywhere_else(tmp_path, read_all):
    data = export_of(PAGES).decode().replace("第3页：天地玄黄，宇宙洪荒。</text>", "第3页").replace("</page>", "", 3)
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(data.encode(), mtime=0))
    found = read_all(tmp_path / "a.xml.gz")
    assert [(item.page, item.cause) for item in found if isinstance(item, Damage)] == [
        (f"条目{number} (id {number})", "the next page begins before its </page>") for number in (1, 2, 3)
    ]


def test_an_index_entry_is_damage_only_if_its_page_was_not_read(tmp_path):
    """The second stream is damaged in its second block: the pages of its first were read."""
    pages = some_pages(40, 2000)
    dump, index, offsets = multistream(tmp_path, pages, 40, 1)
    dump.write_bytes(flipped(dump.read_bytes(), offsets[0] + len(dump.read_bytes()) // 2))
    with_index = without_places(read(dump, 1 << 30, tmp_path))
    index.unlink()
    without_index = without_places(read(dump, 1 << 30, tmp_path))
    kept = [item for item in with_index if isinstance(item, Page)]
    assert kept == pages[: len(kept)]
    assert sum(isinstance(item, Damage) for item in with_index) == 40 - len(kept)
    assert kept == [item for item in without_index if isinstance(item, Page)][: len(kept)]


def test_spans_do_not_depend_on_what_is_damaged_beside_them(tmp_path):
    dump, _, offsets = multistream(tmp_path, PAGES, 2)
    data = dump.read_bytes()
    before = cut(Dump.open(dump, None), 97, tmp_path)
    dump.write_bytes(struck(data, offsets, 1))
    assert cut(Dump.open(dump, None), 97, tmp_path) == before
    assert [span.start for span in before[1:4]] == [offset * 8 for offset in offsets]
