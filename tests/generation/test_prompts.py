"""Prompts from files and from templates; what is wrong with them is said with file and line."""

import json
from pathlib import Path

import pytest

from pipeline.core.errors import ConfigError, SourceError
from pipeline.generation.prompts import Prompt, fill_templates, read_prompts

CITIES = "城市,省\n成都,四川\n 广州 ,广东\n,空\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_a_line_is_a_prompt_and_blank_ones_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "p.txt", "我想\r\n\r\n  今天\u2028天气\n")
    found = read_prompts(path)
    assert found.asked == [Prompt("我想", f"{path}:1"), Prompt("  今天\u2028天气", f"{path}:3")]
    assert found.notes == {"BLANK_LINE": 1}


def test_an_object_is_a_prompt_and_keeps_its_other_keys(tmp_path: Path) -> None:
    rows = [{"id": 7, "prompt": "我想\n去"}, {"prompt": ""}]
    path = write(tmp_path / "p.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    found = read_prompts(path)
    assert found.asked == [Prompt("我想\n去", f"{path}:1", {"id": 7}), Prompt("", f"{path}:2")]
    assert found.notes == {}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.txt", "", r"p\.txt: no prompt in it; write one on each line"),
        ("p.txt", "\n \n", r"p\.txt: no prompt in it"),
        ("p.jsonl", "", r"p\.jsonl: no prompt in it"),
        ("p.jsonl", '{"prompt": "我"}\n{"prompt"', r"p\.jsonl:2: not JSON: "),
        ("p.jsonl", '{"text": "我"}', r'p\.jsonl:1: an object with a text under "prompt" is expected'),
        ("p.jsonl", '{"prompt": "\\ud83d"}', r"p\.jsonl:1: half of a surrogate pair"),
        ("p.jsonl", '{"prompt": "我", "id": "\\udc00"}', r"p\.jsonl:1: half of a surrogate pair"),
        ("p.jsonl", "[" * 100_000, r"p\.jsonl:1: not JSON: "),
        ("P.JSONL", '["我"]', r'P\.JSONL:1: an object with a text under "prompt" is expected'),
        (
            "p.json",
            '[{"prompt": "我"}]',
            r"p\.json: one JSON document; write an object on each line and name",
        ),
        ("p.csv", "城市\n成都\n", r"p\.csv: a table; name it with --table"),
        ("p.txt", "PK\x03\x04我", r"p\.txt: a spreadsheet or archive, no text; save it as CSV or text in UTF-8"),
        ("p.jsonl", '{"prompt": 3}', r'p\.jsonl:1: an object with a text under "prompt" is expected'),
    ],
)
def test_a_bad_file_of_prompts_says_where(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_prompts(write(tmp_path / name, text))


def test_a_file_that_is_not_there_or_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.txt: No such file or directory"):
        read_prompts(tmp_path / "none.txt")
    (tmp_path / "p.txt").write_bytes("今天天气很好，我们去公园散步。".encode() + bytes([0xC3, 0x28, 0xA0, 0xA1]) * 20)
    with pytest.raises(SourceError, match=r"p\.txt: \d+ places are no text in any encoding; save it as UTF-8"):
        read_prompts(tmp_path / "p.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_templates_are_filled_with_rows_as_spreadsheets_write_them(tmp_path: Path, encoding: str) -> None:
    templates = write(tmp_path / "t.txt", "{城市}有什么好吃的\n\n{省}{{}}的{城市}\n你好\n你好\n")
    found = fill_templates(templates, write(tmp_path / "c.csv", CITIES, encoding))
    assert [prompt.text for prompt in found.asked] == [
        "成都有什么好吃的", "广州有什么好吃的", "四川{}的成都", "广东{}的广州", "你好",
    ]  # fmt: skip
    assert found.asked[1].fields == {"template": "{城市}有什么好吃的", "columns": {"城市": " 广州 ", "省": "广东"}}
    assert found.notes == {"BLANK_CELL": 2, "REPEATED_PROMPT": 1}


def test_a_table_of_a_traditional_spreadsheet_is_read_as_big5(tmp_path: Path) -> None:
    table = write(tmp_path / "c.csv", "城市,縣\n臺北,\n花蓮,花蓮\n", "big5")
    found = fill_templates(write(tmp_path / "t.txt", "{城市}有什麼好吃的"), table)
    assert [prompt.text for prompt in found.asked] == ["臺北有什麼好吃的", "花蓮有什麼好吃的"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{都市}好", r"t\.txt:1: column '都市' not found in .*c\.csv; columns: 城市, 省"),
        ("{城市好", r"t\.txt:1: '{城市好': expected '}' before end of string; write {{ and }} for braces"),
        ("{}好", r"t\.txt:1: '{}好': a column's name alone stands in braces: {城市}"),
        ("{城市.__class__}", "a column's name alone stands in braces"),
        ("{城市:>999999999}", "a column's name alone stands in braces"),
    ],
)
def test_a_bad_template_says_what_is_wrong(tmp_path: Path, template: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        fill_templates(write(tmp_path / "t.txt", template), write(tmp_path / "c.csv", CITIES))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", r"c\.csv: a line of column names and at least one row are expected"),
        ("城市\n", r"c\.csv: a line of column names and at least one row are expected"),
        ("城市,城市\n成都,广州\n", r"c\.csv: two columns are named '城市'"),
        ("城市,省\n成都\n", r"c\.csv:2: 1 cells, but 2 columns: 成都"),
        ('城市,省\n"成\n都",四川\n\n广州,广东,\n', r"c\.csv:5: 3 cells, but 2 columns: 广州,广东,"),
        ("城市;省\n成都;四川\n", r"c\.csv: its cells are separated by ';', not by commas: 城市;省"),
        ("城市\t省\n成都\t四川\n", r"c\.csv: its cells are separated by '\\t', not by commas"),
        ("PAR1城市", r"c\.csv: Parquet, no text; save it as CSV or text in UTF-8"),
        ('城市\n"成都\n', r"c\.csv:\d: not CSV: "),
        ("城市\n \n,\n", r"c\.csv: a line of column names and at least one row are expected"),
    ],
)
def test_a_bad_table_says_what_is_wrong(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        fill_templates(write(tmp_path / "t.txt", "{城市}好"), write(tmp_path / "c.csv", table))


def test_a_template_with_a_column_and_no_table_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"t\.txt:1: the template names the column '城市', but no table is given"):
        fill_templates(write(tmp_path / "t.txt", "{城市}好"), None)
    with pytest.raises(SourceError, match=r"t\.txt: no prompt comes of it: it has no template"):
        fill_templates(write(tmp_path / "t.txt", "\n"), None)
