"""corpus: records become documents with id, URL and licence; the others are dropped with their reason."""

import json
from itertools import cycle

import pytest

from pipeline.contract.document import Document, document_id
from pipeline.core.ledger import Ledger
from pipeline.core.shards import read_documents

FIELDS = {"text": "text", "id": "id", "label": "label"}


@pytest.fixture
def run_corpus(stage, params_file, tmp_path):
    """Imports sources given as {name: {file: bytes, key of SourceConfig: value}}; returns status, out and metrics."""

    def run(sources, **changes):
        configured = {}
        for name, values in sources.items():
            folder = tmp_path / "in" / name
            folder.mkdir(parents=True, exist_ok=True)
            for file in [key for key in values if "." in key]:
                (folder / file).write_bytes(values[file])
            configured[name] = {
                "kind": "path",
                "location": str(folder),
                "files": sorted(key for key in values if "." in key) or ["*"],
                "reader": "lines",
                "licence": "CC0-1.0",
                "document_kind": "review",
                **{key: value for key, value in values.items() if "." not in key},
            }
        params = params_file({"corpus.sources": configured, **changes})
        metrics = tmp_path / "corpus.json"
        status = stage("corpus", "--out", tmp_path / "out", "--params", params, "--metrics", metrics)
        return status, tmp_path / "out", json.loads(metrics.read_text(encoding="utf-8")) if status == 0 else {}

    return run


def jsonl(*rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_a_line_becomes_a_document(run_corpus, tmp_path):
    status, out, metrics = run_corpus(
        {"评论": {"pos.txt": "很好的书。\n\n".encode(), "labels": {"pos.txt": "positive"}}}
    )
    assert status == 0
    assert list(read_documents(out / "documents" / "评论-00000.parquet")) == [
        Document(
            id=document_id("评论", "pos.txt#L1"),
            source="评论",
            url=f"file:{tmp_path}/in/评论/pos.txt#L1",
            title=None,
            text="很好的书。",
            created=None,
            licence="CC0-1.0",
            kind="review",
            variant="und",
            label="positive",
            parts=1,
        )
    ]
    assert metrics["dropped"] == {"BLANK": 1}
    assert metrics["by_source"] == {"评论": {"licence": "CC0-1.0", "documents": 1, "characters": 5, "dated": 0}}


def test_broken_encoding_is_dropped_and_counted(run_corpus, rows):
    data = "好。\n".encode() + "坏句子。\n".encode("gbk")
    status, out, metrics = run_corpus({"s": {"a.txt": data}})
    assert (status, metrics["in"], metrics["dropped"]) == (0, 2, {"BROKEN_ENCODING": 1})
    (dropped,) = rows(out / "dropped" / "s-00000.parquet")
    assert (dropped["id"], dropped["reason"]) == (document_id("s", "a.txt#L2"), "BROKEN_ENCODING")
    assert "\ufffd" in dropped["excerpt"]


def test_lone_surrogates_are_mended_and_counted(run_corpus):
    data = rb'{"text": null, "id": "\ud800"}' + b"\n" + rb'{"text": "\ud800\u597d"}' + b"\n" + jsonl({"text": "好"})
    status, out, metrics = run_corpus({"s": {"a.jsonl": data, "reader": "jsonl", "fields": FIELDS}})
    assert (status, metrics["dropped"], metrics["mended"]) == (0, {"MISSING_TEXT": 1}, 1)
    texts = [document.text for document in read_documents(out / "documents" / "s-00000.parquet")]
    assert texts == ["\ufffd好", "好"]


def test_texts_under_two_labels_are_dropped_every_copy(run_corpus, rows):
    source = {
        "pos.txt": "好书！\n一般般\n".encode(),
        "neg.txt": "好书\n差评\n好书。\n".encode(),
        "labels": {"pos.txt": "positive", "neg.txt": "negative"},
    }
    _, out, metrics = run_corpus({"s": source})
    kept = [(document.text, document.label) for document in read_documents(out / "documents" / "s-00000.parquet")]
    assert kept == [("差评", "negative"), ("一般般", "positive")]
    assert metrics["dropped"] == {"CONFLICTING_LABEL": 3}
    assert [row["excerpt"] for row in rows(out / "dropped" / "s-00000.parquet")] == ["好书", "好书。", "好书！"]


def test_one_text_twice_under_one_label_stays(run_corpus):
    data = jsonl({"text": "好书", "label": "positive"}, {"text": "好书！", "label": "positive"}, {"text": "好书"})
    _, _, metrics = run_corpus({"s": {"a.jsonl": data, "reader": "jsonl", "fields": FIELDS}})
    assert (metrics["out"], metrics["dropped"]) == (3, {})


def test_labels_by_row_conflict_too(run_corpus):
    data = jsonl({"text": "好书", "label": "positive"}, {"text": "好书", "label": "negative"}, {"text": "好书"})
    _, _, metrics = run_corpus({"s": {"a.jsonl": data, "reader": "jsonl", "fields": FIELDS}})
    assert (metrics["out"], metrics["dropped"]) == (1, {"CONFLICTING_LABEL": 2})


def test_equal_ids_are_a_contract_error(run_corpus, capsys):
    data = jsonl({"text": "第一", "id": "7"}, {"text": "第二", "id": 7})
    status, out, _ = run_corpus({"s": {"a.jsonl": data, "reader": "jsonl", "fields": FIELDS}})
    assert status == 2 and not out.exists()
    assert f"ContractError: two documents have the id {document_id('s', '7')}" in capsys.readouterr().err


def test_one_id_in_two_sources_makes_two_documents(run_corpus):
    data = {"a.jsonl": jsonl({"text": "第一", "id": "7"}), "reader": "jsonl", "fields": FIELDS}
    status, _, metrics = run_corpus({"s": data, "t": data})
    assert (status, metrics["out"]) == (0, 2)


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"s": {"a.txt": b""}}, "no document came from corpus.sources (s)"),
        ({"s": {"a.txt": b"\n \n"}}, "no document came from corpus.sources (s)"),
        ({}, "no document came from corpus.sources (none)"),
        ({"s": {"a.txt": b"x\n", "files": ["b.txt"]}}, "b.txt: no file matches"),
        ({"s": {"a.txt": b"x\n", "location": "/no/such/place"}}, "/no/such/place: no such folder"),
        ({"s": {"a.txt.gz": b"not gzip"}}, "a.txt.gz: damaged"),
        ({"s": {"a.txt": b"x\n", "labels": {"b.txt": "x"}}}, "corpus.sources.s.labels: the source has no file b.txt"),
        ({"s": {"a.txt": b"x\n", "kind": "hub"}}, "a hub source needs version"),
        ({"s": {"a.txt": b"x\n", "colour": "red"}}, "corpus.sources.s.colour"),
    ],
)
def test_a_source_that_gives_nothing_is_named(run_corpus, capsys, sources, message):
    status, out, _ = run_corpus(sources)
    own = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note: ")]
    assert status == 2 and not out.exists()
    assert len(own) == 1 and message in own[0]


def test_endless_sources_stop_at_max_records(run_corpus, monkeypatch):
    from pipeline.sources import source_units
    from pipeline.sources.records import Record

    def endless(*_):
        return (
            ("f", "u", None, Record(f"R{n}", f"句{n}", label=label)) for n, label in enumerate(cycle(["positive"]), 1)
        )

    monkeypatch.setattr(source_units, "source_units", endless)
    status, out, metrics = run_corpus({"s": {"a.txt": b"", "max_records": 3, "fields": FIELDS, "reader": "jsonl"}})
    assert (status, metrics["in"]) == (0, 3)
    assert [document.text for document in read_documents(out / "documents" / "s-00000.parquet")] == [
        "句1",
        "句2",
        "句3",
    ]


def test_shards_are_cut_by_rows(run_corpus):
    lines = "".join(f"第{number}条评论\n" for number in range(5)).encode()
    _, out, _ = run_corpus({"s": {"a.txt": lines}}, **{"corpus.shard_rows": 2})
    counts = [len(list(read_documents(shard))) for shard in sorted((out / "documents").iterdir())]
    assert counts == [2, 2, 1]


def test_a_forgotten_use_is_a_ledger_imbalance(run_corpus, monkeypatch, capsys):
    monkeypatch.setattr(Ledger, "use", lambda *_: None)
    status, out, _ = run_corpus({"s": {"a.txt": "好书\n差评\n".encode()}})
    assert status == 2 and not out.exists()
    assert "corpus: LedgerImbalance: corpus: 2 units came in, 0 were used and 0 dropped" in capsys.readouterr().err


def test_news_are_made_of_the_lines_that_they_count(smoke_data):
    news = [row for row in smoke_data.rows("corpus/documents") if row["source"] == "news"]
    assert sum(row["parts"] for row in news) == 40
    assert news[0]["title"] == "青河新桥通车"
    assert news[0]["text"].startswith(
        "青河新桥通车\n１９９８年５月６日上午，连接青河两岸的石湾大桥正式通车。桥长４２６米，"
    )
    assert news[0]["url"].endswith("/segmented.txt#L1")


def test_a_jsonl_row_keeps_its_own_url_title_and_date(smoke_data):
    (first,) = [row for row in smoke_data.rows("corpus/documents") if row["id"] == document_id("articles", "a001")]
    assert (first["url"], first["title"], first["created"], first["licence"], first["kind"]) == (
        "https://example.wenyuan.test/a/001",
        "立春前后的风",
        "2024-02-04",
        "Apache-2.0",
        "article",
    )


def test_a_text_labelled_two_ways_in_two_sources_is_dropped_from_both(run_corpus):
    line = "房间很好，服务不错。\n".encode()
    _, _, metrics = run_corpus(
        {
            "差评": {"neg.txt": line, "labels": {"neg.txt": "negative"}},
            "好评": {"pos.txt": line + "早餐也丰盛。\n".encode(), "labels": {"pos.txt": "positive"}},
        }
    )
    assert metrics["dropped"] == {"CONFLICTING_LABEL": 2}
    assert metrics["out"] == 1


@pytest.mark.parametrize("name", ["b/2024", "../x", "", ".hidden"])
def test_a_source_name_that_is_no_file_name_is_refused(run_corpus, capsys, name):
    assert run_corpus({name or "''": {"a.txt": b"a\n"}} if name else {"": {"a.txt": b"a\n"}})[0] == 2
    assert "is a file name too" in capsys.readouterr().err
