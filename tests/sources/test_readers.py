"""Readers: whole records in the file's order; what is no text is rejected with its reason."""

import bz2
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from pipeline.contract.drop import DropReason
from pipeline.core.errors import ConfigError, SourceError
from pipeline.schema.corpus import Reader, SourceConfig, SourceKind
from pipeline.sources.files import glob_files, lines
from pipeline.sources.records import Record, Rejected
from pipeline.sources.source_units import source_units


def source(folder: Path, *files: str, reader: Reader = Reader.lines, **more) -> SourceConfig:
    return SourceConfig(SourceKind.path, str(folder), list(files), reader, "unknown", "article", **more)


def units(config: SourceConfig):
    return [unit for _, _, _, unit in source_units("s", config)]


def rejected(unit) -> tuple[str, DropReason]:
    assert isinstance(unit, Rejected)
    return unit.key, unit.reason


def test_lines_keep_their_number_and_blank_ones_are_rejected(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeff第一句。\r\n\n　\n  第四句。  \n没有换行的末句".encode())
    assert units(source(tmp_path, "a.txt")) == [
        Record("L1", "第一句。"),
        Rejected("L2", DropReason.BLANK),
        Rejected("L3", DropReason.BLANK, "　"),
        Record("L4", "  第四句。  "),
        Record("L5", "没有换行的末句"),
    ]


def test_gbk_bytes_declared_as_utf8_are_rejected_line_by_line(tmp_path):
    (tmp_path / "a.txt").write_bytes("好句子。\n".encode() + "坏句子。\n".encode("gbk") + "又一句。\n".encode())
    first, broken, last = units(source(tmp_path, "a.txt"))
    assert [first, last] == [Record("L1", "好句子。"), Record("L3", "又一句。")]
    assert rejected(broken) == ("L2", DropReason.BROKEN_ENCODING)
    assert "\ufffd" in broken.text


def test_a_declared_encoding_is_used(tmp_path):
    (tmp_path / "a.txt").write_bytes("鎔基说：“好”。\n第二句。\n".encode("gbk"))
    assert units(source(tmp_path, "a.txt", encoding="gbk")) == [
        Record("L1", "鎔基说：“好”。"),
        Record("L2", "第二句。"),
    ]
    (tmp_path / "b.txt").write_bytes("好。\n".encode("utf-8-sig"))
    assert units(source(tmp_path, "b.txt", encoding="utf-8-sig")) == [Record("L1", "好。")]


def test_jsonl_fields_follow_the_mapping(tmp_path):
    row = {
        "正文": "山高月小。",
        "标题": "赤壁",
        "网址": "https://example.test/1",
        "日期": "2024-01-01",
        "号": 7,
        "类": "positive",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    fields = {"text": "正文", "title": "标题", "url": "网址", "created": "日期", "id": "号", "label": "类"}
    assert units(source(tmp_path, "a.jsonl", reader=Reader.jsonl, fields=fields)) == [
        Record(
            "L1",
            "山高月小。",
            title="赤壁",
            created="2024-01-01",
            label="positive",
            url="https://example.test/1",
            source_id="7",
        )
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "好', DropReason.MALFORMED_ROW),
        ('["好"]', DropReason.MALFORMED_ROW),
        ("null", DropReason.MALFORMED_ROW),
        ("[" * 100000, DropReason.MALFORMED_ROW),
        ('{"text": ' + "9" * 5000 + "}", DropReason.MALFORMED_ROW),
        ('{"title": "无正文"}', DropReason.MISSING_TEXT),
        ('{"text": null}', DropReason.MISSING_TEXT),
        ('{"text": 3}', DropReason.MISSING_TEXT),
        ('{"text": ["好"]}', DropReason.MISSING_TEXT),
        (r'{"text": null, "title": "\ud800"}', DropReason.MISSING_TEXT),
        ('{"text": ""}', DropReason.BLANK),
        (r'{"text": " \n\u3000"}', DropReason.BLANK),
        (r'{"text": "好", "id": "\ud800"}', DropReason.BROKEN_ENCODING),
    ],
)
def test_a_json_row_without_text_is_rejected_and_the_next_is_read(tmp_path, line, reason):
    (tmp_path / "a.jsonl").write_text(line + '\n{"text": "下一行"}\n', encoding="utf-8")
    fields = {"text": "text", "title": "title", "id": "id"}
    first, second = units(source(tmp_path, "a.jsonl", reader=Reader.jsonl, fields=fields))
    assert rejected(first) == ("L1", reason)
    first.text.encode()  # it goes to a Parquet file
    assert second == Record("L2", "下一行")


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (r'{"text": "好\ud83d"}', Record("L1", "好\ufffd", mended=1)),
        (r'{"text": "\udc00\udc00好", "title": "题"}', Record("L1", "\ufffd\ufffd好", title="题", mended=2)),
        (r'{"text": "好", "title": "\udc00"}', Record("L1", "好", title="\ufffd", mended=1)),
        (r'{"text": "笑\ude00\ud83d"}', Record("L1", "笑\ufffd\ufffd", mended=2)),
        (r'{"text": "笑\ud83d\ude00", "id": "7"}', Record("L1", "笑😀", source_id="7")),
    ],
)
def test_half_a_surrogate_pair_does_not_cost_the_record(tmp_path, line, record):
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    fields = {"text": "text", "title": "title", "id": "id"}
    assert units(source(tmp_path, "a.jsonl", reader=Reader.jsonl, fields=fields)) == [record]


def test_a_whole_surrogate_pair_is_a_character(tmp_path):
    (tmp_path / "a.jsonl").write_text(r'{"text": "笑\ud83d\ude00"}', encoding="utf-8")
    assert units(source(tmp_path, "a.jsonl", reader=Reader.jsonl)) == [Record("L1", "笑😀")]


def test_parquet_rows_by_mapping(tmp_path):
    table = pa.table({"content": ["第一篇", None, ""], "no": [1, 2, 3], "other": [0.5, 0.5, 0.5]})
    pq.write_table(table, tmp_path / "a.parquet")
    config = source(tmp_path, "*.parquet", reader=Reader.parquet, fields={"text": "content", "id": "no"})
    first, second, third = units(config)
    assert first == Record("R1", "第一篇", source_id="1")
    assert [rejected(second), rejected(third)] == [("R2", DropReason.MISSING_TEXT), ("R3", DropReason.BLANK)]


def test_what_is_no_parquet_is_a_source_error(tmp_path):
    (tmp_path / "a.parquet").write_text("不是表")
    with pytest.raises(SourceError, match=r"a\.parquet: cannot be read as Parquet"):
        units(source(tmp_path, "a.parquet", reader=Reader.parquet))


def test_a_text_file_is_one_record(tmp_path):
    (tmp_path / "诗.txt").write_text("\ufeff床前明月光，\n　　疑是地上霜。\n", encoding="utf-8")
    (tmp_path / "空.txt").write_text(" \n")
    (tmp_path / "乱.txt").write_bytes("乱码".encode("gbk"))
    # By name, that is by code point: 乱, 空, 诗.
    broken, blank, poem = units(source(tmp_path, "*.txt", reader=Reader.text))
    assert poem == Record("", "床前明月光，\n　　疑是地上霜。\n", chars=16)
    assert rejected(blank) == ("", DropReason.BLANK)
    assert rejected(broken) == ("", DropReason.BROKEN_ENCODING)


def test_markdown_is_read_with_its_title(tmp_path):
    text = "---\ntitle: 不算\n---\n\n前言。\n\n## 一、**出发**\n\n正文。\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert units(source(tmp_path, "a.md", reader=Reader.markdown)) == [
        Record("", "前言。\n\n一、出发\n\n正文。", title="一、出发", chars=len(text))
    ]


def pack_gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


TEXT = "".join(f"第{number}行，{number * number}只羊。\n" for number in range(3000)).encode()


@pytest.mark.parametrize(("suffix", "pack"), [("gz", pack_gz), ("zst", zstandard.compress)])
def test_compressed_files_read_like_plain_ones(tmp_path, suffix, pack):
    (tmp_path / "a.txt").write_bytes(TEXT)
    (tmp_path / f"b.txt.{suffix}").write_bytes(pack(TEXT))
    plain = units(source(tmp_path, "a.txt"))
    assert len(plain) == 3000
    assert units(source(tmp_path, f"b.txt.{suffix}")) == plain


@pytest.mark.parametrize(("suffix", "pack"), [("gz", pack_gz), ("zst", zstandard.compress)])
def test_files_of_several_compressed_pieces_are_read_to_the_end(tmp_path, suffix, pack):
    (tmp_path / f"a.txt.{suffix}").write_bytes(pack("甲\n".encode()) + pack("乙\n".encode()))
    assert units(source(tmp_path, f"a.txt.{suffix}")) == [Record("L1", "甲"), Record("L2", "乙")]


@pytest.mark.parametrize("reader", [Reader.lines, Reader.text, Reader.tagged])
@pytest.mark.parametrize(("suffix", "pack"), [("gz", pack_gz), ("zst", zstandard.compress)])
def test_a_truncated_file_is_a_source_error(tmp_path, suffix, pack, reader):
    packed = pack(TEXT)
    (tmp_path / f"a.txt.{suffix}").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError, match=rf"a\.txt\.{suffix}: .*damaged"):
        units(source(tmp_path, f"a.txt.{suffix}", reader=reader, title_max_chars=30))


@pytest.mark.parametrize(("suffix", "pack"), [("gz", pack_gz), ("zst", zstandard.compress)])
def test_bytes_changed_in_the_middle_are_a_source_error(tmp_path, suffix, pack):
    packed = bytearray(pack(TEXT))
    middle = len(packed) // 2
    packed[middle : middle + 40] = bytes(byte ^ 0xFF for byte in packed[middle : middle + 40])
    (tmp_path / f"a.txt.{suffix}").write_bytes(bytes(packed))
    with pytest.raises(SourceError, match="damaged"):
        list(lines(glob_files(tmp_path, ["a.txt.*"])[0]))


def test_what_is_no_gzip_is_a_source_error(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(bz2.compress(TEXT))
    with pytest.raises(SourceError, match=r"a\.txt\.gz: damaged after byte 0"):
        units(source(tmp_path, "a.txt.gz"))


def test_files_come_by_name_each_once(tmp_path):
    for name in ("b.txt", "a.txt", "子/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"文件{name}\n", encoding="utf-8")
    config = source(tmp_path, "**/*.txt", "a*.txt")
    found = [(path, url.rpartition("/")[2], unit.text) for path, url, _, unit in source_units("s", config)]
    assert found == [
        ("a.txt", "a.txt", "文件a.txt"),
        ("b.txt", "b.txt", "文件b.txt"),
        ("子/c.txt", "c.txt", "文件子/c.txt"),
    ]


def test_a_pattern_that_matches_nothing_is_a_source_error(tmp_path):
    (tmp_path / "a.txt").write_text("好\n")
    with pytest.raises(SourceError, match=r"b\*\.txt: no file matches"):
        units(source(tmp_path, "a.txt", "b*.txt"))
    with pytest.raises(SourceError, match="none: no such folder"):
        units(source(tmp_path / "none", "a.txt"))


def test_labels_go_by_file_name_and_a_file_that_is_not_there_is_named(tmp_path):
    (tmp_path / "pos.txt.gz").write_bytes(pack_gz("好评\n".encode()))
    (tmp_path / "rest.txt").write_text("无标\n", encoding="utf-8")
    config = source(tmp_path, "*", labels={"pos.txt": "positive"})
    assert [(label, unit.text) for _, _, label, unit in source_units("s", config)] == [
        ("positive", "好评"),
        (None, "无标"),
    ]
    config = source(tmp_path, "*", labels={"pso.txt": "positive"})
    with pytest.raises(ConfigError, match=r"corpus\.sources\.s\.labels: the source has no file pso\.txt"):
        units(config)


def test_a_hub_data_set_streams_from_a_local_folder(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    rows = [{"content": "第一条", "no": 1}, {"content": None, "no": 2}, {"content": "第三条", "no": 3}]
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    config = SourceConfig(
        SourceKind.hub,
        str(folder),
        ["train"],
        Reader.jsonl,
        "unknown",
        "article",
        version="0" * 40,
        fields={"text": "content", "id": "no"},
    )
    (path, url, label, first), (*_, second), (*_, third) = source_units("s", config)
    assert (path, url, label) == ("train", f"hf://datasets/{folder}@{'0' * 40}/train", None)
    assert [first, third] == [Record("R1", "第一条", source_id="1"), Record("R3", "第三条", source_id="3")]
    assert rejected(second) == ("R2", DropReason.MISSING_TEXT)
    config.files = ["test"]
    with pytest.raises(SourceError, match="split test"):
        units(config)
