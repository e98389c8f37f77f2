"""normalise: clean text in one script; ids, order and shard names stay, and every change is counted."""

import json

import pytest

from pipeline.core.shards import read_documents, write_documents
from pipeline.text.cleaner import Cleaner
from tests.text.normalise_conf import configuration


@pytest.fixture
def run_normalise(stage, params_file, tmp_path):
    def run(documents, changes=None, folders=("in",)):
        for folder in folders:
            write_documents(tmp_path / folder / f"{folder}-00000.parquet", documents if folder == folders[0] else [])
        metrics = tmp_path / "n.json"
        arguments = ["--documents", *(tmp_path / folder for folder in folders), "--out", tmp_path / "out"]
        status = stage("normalise", *arguments, "--params", params_file(changes), "--metrics", metrics)
        if status:
            return status, [], {}
        return (
            status,
            list(read_documents(tmp_path / "out" / "documents" / "in-00000.parquet")),
            json.loads(metrics.read_text(encoding="utf-8")),
        )

    return run


def test_a_document_is_cleaned_and_converted_and_keeps_the_rest(run_normalise, document):
    page = document("\ufeff他 看著\u200b畫。\r\n", title="題", created="2024-01-01", kind="thread", parts=3)
    status, (out,), metrics = run_normalise([page])
    assert (status, out) == (
        0,
        document("他 看着画。", title="題", created="2024-01-01", kind="thread", parts=3, variant="zh-Hans"),
    )
    assert metrics["characters"] == {
        "in": 10,
        "out": 6,
        "dropped": {},
        "removed": {"INVISIBLE": 2, "LINE_BREAKS": 1, "WHITE_SPACE": 1},
        "added": {},
    }
    changed = {name: counts for name, counts in metrics["changed"].items() if counts["documents"]}
    assert changed == {
        "LINE_BREAKS": {"documents": 1, "characters": 1},
        "INVISIBLE": {"documents": 1, "characters": 2},
        "WHITE_SPACE": {"documents": 1, "characters": 1},
        "OPENCC": {"documents": 1, "characters": 2},
    }


def test_examples_of_each_rule_stand_beside_the_documents(run_normalise, document, tmp_path):
    pages = [document(f"第{number}页\u200b的文字。", id=str(number)) for number in range(12)]
    run_normalise(pages)
    changes = json.loads((tmp_path / "out" / "changes.json").read_text(encoding="utf-8"))
    found = changes["INVISIBLE"]
    assert (found["documents"], found["places"], len(found["examples"])) == (12, 12, 10)
    assert found["examples"][0] == {"id": pages[0].id, "before": "第0页\u200b的文字。", "after": "第0页的文字。"}
    assert changes["DAMAGE"] == {"documents": 0, "places": 0, "examples": []}


def test_a_text_of_nothing_visible_is_dropped(run_normalise, document, rows, tmp_path):
    status, out, metrics = run_normalise([document("\u200b \ufeff\n", id="1"), document("\u200b好", id="2")])
    assert (status, [each.text for each in out]) == (0, ["好"])
    assert metrics["dropped"] == {"EMPTY_AFTER_CLEANING": 1}
    (dropped,) = rows(tmp_path / "out" / "dropped" / "in-00000.parquet")
    assert (dropped["id"], dropped["reason"]) == (document("x").id, "EMPTY_AFTER_CLEANING")


def test_order_and_ids_stay(run_normalise, document):
    documents = [document(f"第{number}篇　", id=str(number)) for number in (3, 1, 2)]
    _, out, _ = run_normalise(documents)
    assert [each.id for each in out] == [each.id for each in documents]


@pytest.mark.parametrize(
    ("script", "text", "variant"),
    [("hans", "汉语与漢語和简体", "zh-Hans"), ("hant", "漢語", "zh-Hant"), ("keep", "漢語", "und")],
)
def test_the_script_of_conf_is_used(run_normalise, document, script, text, variant):
    source = document(text)
    _, (out,), _ = run_normalise([source], {"normalise.script": script})
    assert (out.text, out.variant) == (text.replace("漢語", "汉语") if script == "hans" else text, variant)


def test_importers_without_a_shard_are_a_source_error(stage, params_file, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert (
        stage("normalise", "--documents", tmp_path / "empty", "--out", tmp_path / "o", "--params", params_file()) == 2
    )
    assert "no importer wrote a shard" in capsys.readouterr().err


def test_several_importers_are_one_flow(run_normalise, document, tmp_path):
    status, _, metrics = run_normalise([document("好")], folders=("in", "wiki"))
    assert (status, metrics["in"]) == (0, 1)
    assert sorted(path.name for path in (tmp_path / "out" / "documents").iterdir()) == [
        "in-00000.parquet",
        "wiki-00000.parquet",
    ]


def test_equal_ids_of_two_importers_are_a_contract_error(stage, params_file, tmp_path, document, capsys):
    for name in ("corpus", "wiki"):
        write_documents(tmp_path / name / f"{name}-00000.parquet", [document("好")])
    inputs = ["--documents", tmp_path / "corpus", tmp_path / "wiki"]
    assert stage("normalise", *inputs, "--out", tmp_path / "o", "--params", params_file()) == 2
    assert f"ContractError: two documents have the id {document('好').id}" in capsys.readouterr().err


def test_a_rule_whose_change_is_not_booked_is_a_ledger_imbalance(run_normalise, document, monkeypatch, capsys):
    from pipeline.core.ledger import Ledger

    monkeypatch.setattr(Ledger, "edit", lambda *_: None)
    status, _, _ = run_normalise([document("好\u200b的")])
    assert status == 2
    assert "normalise: 3 characters came in; 2 out + 0 dropped + 0 removed − 0 added = 2" in capsys.readouterr().err


def test_normalising_twice_changes_nothing(smoke_data, stage, params_file, tmp_path):
    metrics = tmp_path / "again.json"
    arguments = ["--documents", smoke_data.folder / "normalise" / "documents", "--out", tmp_path / "again"]
    assert stage("normalise", *arguments, "--params", params_file(), "--metrics", metrics) == 0
    changed = json.loads(metrics.read_text(encoding="utf-8"))["changed"]
    assert {name: counts["documents"] for name, counts in changed.items() if counts["documents"]} == {}
    assert list(changed)[:-1] == Cleaner(configuration()).names


def test_smoke_articles_in_traditional_become_simplified(smoke_data):
    articles = {row["url"]: row for row in smoke_data.rows("normalise/documents") if row["source"] == "articles"}
    traditional = [articles[f"https://example.wenyuan.test/a/{number:03d}"] for number in range(63, 75)]
    assert {row["variant"] for row in traditional} == {"zh-Hans"}
    joined = "".join(row["text"] for row in traditional)
    assert [character for character in "這個們學國說為來" if character in joined] == []
