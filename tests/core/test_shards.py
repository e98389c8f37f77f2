"""Shards are written whole and alike, and read back only if they keep the contract."""

import hashlib
from dataclasses import asdict, replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

from pipeline.contract.document import DOCUMENT_SCHEMA, document_id
from pipeline.contract.drop import DROPPED_SCHEMA, Dropped, DropReason
from pipeline.core.errors import ContractError, SourceError
from pipeline.core.shards import (
    IdRegister,
    ShardWriter,
    atomic_write,
    documents_table,
    list_shards,
    read_documents,
    read_table,
    write_documents,
    write_dropped,
    write_json,
    write_table,
)


def test_an_id_is_the_hash_of_source_and_source_id():
    digest = hashlib.blake2b("新闻\x1f第1条".encode(), digest_size=16).hexdigest()
    assert document_id("新闻", "第1条") == digest
    assert document_id("a", "bc") != document_id("ab", "c")


def test_documents_come_back_as_they_were(tmp_path, document):
    documents = [
        document("春江潮水连海平。", id="1", title="春江花月夜", created="2024-01-01", label="positive", parts=3),
        document("𠮷野家👨‍👩‍👧 葛󠄀城", id="2"),
    ]
    write_documents(tmp_path / "s-00000.parquet", documents)
    assert list(read_documents(tmp_path / "s-00000.parquet")) == documents


def test_equal_rows_give_equal_bytes(tmp_path, document):
    documents = [document(f"第{number}句话。" * 50, id=str(number)) for number in range(300)]
    for name in ("a", "b"):
        write_documents(tmp_path / f"{name}.parquet", documents)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_chunked_table_gives_the_same_bytes(tmp_path, document):
    table = documents_table([document("天", id="1"), document("地", id="2")])
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert chunked["id"].num_chunks == 2
    write_table(tmp_path / "a.parquet", table)
    write_table(tmp_path / "b.parquet", chunked)
    assert pq.read_table(tmp_path / "a.parquet").equals(pq.read_table(tmp_path / "b.parquet"))


@pytest.mark.parametrize(
    ("write", "schema"),
    [(write_documents, DOCUMENT_SCHEMA), (write_dropped, DROPPED_SCHEMA)],
    ids=["kept", "dropped"],
)
def test_a_shard_without_rows_has_its_columns_and_no_row_group(tmp_path, write, schema):
    """`datasets` takes the first group's rows as its batch size, and one of 0 rows is an error to it."""
    write(tmp_path / "s-00000.parquet", [])
    file = pq.ParquetFile(tmp_path / "s-00000.parquet")
    assert (file.metadata.num_row_groups, file.metadata.num_rows, file.schema_arrow) == (0, 0, schema)
    assert read_table(tmp_path / "s-00000.parquet", schema) == schema.empty_table()


def test_datasets_reads_a_folder_whose_first_shard_has_no_rows(tmp_path, document):
    """More of the kind, streaming too: tests/clients/test_datasets.py."""
    for name, rows in {"a": [], "b": [document("床前明月光")], "c": []}.items():
        write_documents(tmp_path / "test" / f"{name}-00000.parquet", rows)
    files = str(tmp_path / "test" / "*.parquet")
    found = load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path / "cache"))
    assert found["text"][:] == ["床前明月光"]


def test_a_failed_write_leaves_the_old_file_and_no_partial(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"旧": 1})

    def fail(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atomic_write(path, fail)
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
    assert path.read_text(encoding="utf-8") == '{\n  "旧": 1\n}\n'


def test_dropped_rows_are_written_by_name(tmp_path, rows):
    write_dropped(tmp_path / "d.parquet", [Dropped("0" * 32, DropReason.NEAR_DUPLICATE, 0.9, "开头", "1" * 32)])
    assert rows(tmp_path / "d.parquet") == [
        {"id": "0" * 32, "reason": "NEAR_DUPLICATE", "measured": 0.9, "excerpt": "开头", "kept_id": "1" * 32}
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": ""}, "row 1: text is empty"),
        ({"url": ""}, "row 1: url is empty"),
        ({"id": ""}, "row 1: id is empty"),
        ({"id": "12"}, "row 1: id '12' is not 32 hex digits"),
        ({"id": document_id("s", "2").upper() + "A"}, "is not 32 hex digits"),
    ],
)
def test_a_row_that_breaks_the_contract_is_named(tmp_path, document, change, message):
    write_documents(tmp_path / "s.parquet", [document("好"), replace(document("坏", id="2"), **change)])
    with pytest.raises(ContractError, match=rf"s\.parquet: .*{message}"):
        list(read_documents(tmp_path / "s.parquet"))


def loose_table(documents, **columns):
    """The documents' table without the schema's promises, with columns replaced."""
    values = {field.name: [asdict(document)[field.name] for document in documents] for field in DOCUMENT_SCHEMA}
    return pa.table({**values, **columns})


def test_a_null_url_is_named_with_its_row(tmp_path, document):
    pq.write_table(
        loose_table([document("好"), document("坏", id="2")], url=["test:1", None]), tmp_path / "s.parquet"
    )
    with pytest.raises(ContractError, match=r"s\.parquet: row 1: url is null"):
        list(read_documents(tmp_path / "s.parquet"))


def test_a_missing_column_is_named(tmp_path, document):
    pq.write_table(documents_table([document("好")]).drop_columns(["licence"]), tmp_path / "s.parquet")
    with pytest.raises(ContractError, match=r"s\.parquet: column 'licence' is missing"):
        read_table(tmp_path / "s.parquet")


def test_a_column_of_another_type_is_a_contract_error(tmp_path, document):
    pq.write_table(loose_table([document("好")], parts=["viele"]), tmp_path / "s.parquet")
    with pytest.raises(ContractError, match=r"s\.parquet: .*viele"):
        read_table(tmp_path / "s.parquet")


def test_further_columns_and_another_order_are_no_error(tmp_path, document):
    table = documents_table([document("好")]).append_column("score", pa.array([0.5]))
    pq.write_table(table.select(sorted(table.column_names)), tmp_path / "s.parquet")
    assert list(read_documents(tmp_path / "s.parquet")) == [document("好")]


def test_what_is_no_parquet_is_named_by_path(tmp_path):
    (tmp_path / "s.parquet").write_bytes("这不是 Parquet".encode())
    with pytest.raises(SourceError, match=r"s\.parquet: cannot be read as Parquet"):
        list(read_documents(tmp_path / "s.parquet"))
    with pytest.raises(SourceError, match=r"none\.parquet: cannot be read as Parquet"):
        read_table(tmp_path / "none.parquet")


def test_a_truncated_shard_is_a_source_error(tmp_path, document):
    write_documents(tmp_path / "s.parquet", [document("好" * 1000)])
    whole = (tmp_path / "s.parquet").read_bytes()
    (tmp_path / "s.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"s\.parquet"):
        read_table(tmp_path / "s.parquet")


def test_shards_are_listed_by_name_across_folders(tmp_path):
    for name in ("corpus/b-00000", "corpus/b-00001", "wiki/a-00000"):
        write_documents(tmp_path / f"{name}.parquet", [])
    (tmp_path / "corpus" / ".gitignore").write_text("x")
    found = list_shards([tmp_path / "wiki", tmp_path / "corpus"])
    assert [path.name for path in found] == ["a-00000.parquet", "b-00000.parquet", "b-00001.parquet"]


def test_two_importers_with_one_shard_name_are_a_contract_error(tmp_path):
    for folder in ("corpus", "wiki"):
        write_documents(tmp_path / folder / "news-00000.parquet", [])
    with pytest.raises(ContractError, match=r"wiki/news-00000\.parquet: .* also comes from .*corpus/news-00000"):
        list_shards([tmp_path / "corpus", tmp_path / "wiki"])


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SourceError, match="none: no such folder"):
        list_shards([tmp_path / "none"])


def test_an_id_that_stands_twice_is_named():
    ids = IdRegister()
    ids.extend([document_id("s", str(number)) for number in range(1000)])
    ids.close()
    ids.add("00" * 15 + "ab")
    ids.add(document_id("s", "77"))
    with pytest.raises(ContractError, match=f"two documents have the id {document_id('s', '77')}"):
        ids.close()


def test_ids_that_end_in_zero_bytes_are_told_apart():
    ids = IdRegister()
    ids.extend(["ab" + "00" * 15, "ab01" + "00" * 14, "00" * 16])
    ids.close()
    ids.add("ab" + "00" * 15)
    with pytest.raises(ContractError, match="ab" + "00" * 15):
        ids.close()


def test_a_register_without_ids_closes():
    IdRegister().close()


@pytest.mark.parametrize(
    ("max_rows", "max_chars", "sizes"), [(2, 1000, [2, 2, 1]), (100, 6, [2, 2, 1]), (100, 100, [5])]
)
def test_a_writer_cuts_shards_by_rows_and_by_characters(tmp_path, document, max_rows, max_chars, sizes):
    writer = ShardWriter(tmp_path, "诗", max_rows, max_chars)
    documents = [document("三个字", id=str(number)) for number in range(5)]
    for each in documents:
        writer.add(each)
    writer.close([])
    shards = list_shards([tmp_path / "documents"])
    assert [shard.name for shard in shards] == [f"诗-{number:05d}.parquet" for number in range(len(sizes))]
    assert [len(list(read_documents(shard))) for shard in shards] == sizes
    assert [row for shard in shards for row in read_documents(shard)] == documents
    assert [path.name for path in (tmp_path / "dropped").iterdir()] == ["诗-00000.parquet"]
