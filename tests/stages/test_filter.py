"""filter: each row of junk.jsonl meets its fate between import and filter; scores are kept of all."""

import json
from pathlib import Path

import pytest

from pipeline.contract.document import document_id
from pipeline.core.shards import read_documents, write_documents

JUNK = Path(__file__).resolve().parents[1] / "data" / "smoke" / "junk.jsonl"


def expected_fates() -> dict[str, str]:
    """Document id -> DropReason or `keep`; rows that are no JSON have the id of their line."""
    fates = {}
    for number, line in enumerate(JUNK.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            fates[document_id("junk", f"junk.jsonl#L{number}")] = "MALFORMED_ROW"
            continue
        rejected = row["expect"] in ("MISSING_TEXT", "BLANK")
        fates[document_id("junk", f"junk.jsonl#L{number}" if rejected else row["id"])] = row["expect"]
    return fates


def test_each_junk_row_meets_its_fate(smoke_data):
    dropped = {
        row["id"]: row["reason"]
        for stage in ("corpus", "normalise", "filter")
        for row in smoke_data.rows(f"{stage}/dropped")
    }
    kept = {row["id"] for row in smoke_data.rows("filter/documents")}
    expected = expected_fates()
    found = {id: "keep" if id in kept else dropped.get(id) for id in expected}
    assert found == expected
    assert set(expected.values()) == {
        *("TOO_SHORT", "NOT_CHINESE", "TOO_MANY_DIGITS", "TOO_MUCH_PUNCTUATION", "TOO_MANY_SYMBOLS", "REPETITIVE"),
        *("MISSING_TEXT", "BLANK", "EMPTY_AFTER_CLEANING", "MALFORMED_ROW", "keep"),
    }


def test_no_article_or_review_of_the_smoke_corpus_is_lost_to_a_rule(smoke_data):
    junk = set(expected_fates())
    assert [row["id"] for row in smoke_data.rows("filter/dropped") if row["id"] not in junk] == []


def test_scores_hold_every_document_in_order(smoke_data):
    scores = smoke_data.rows("filter/scores")
    assert [row["id"] for row in scores] == [row["id"] for row in smoke_data.rows("normalise/documents")]
    assert list(scores[0]) == ["id", "chars", "chinese", "repetition", "punctuation", "symbols", "digits", "damaged"]
    text = {row["id"]: row["text"] for row in smoke_data.rows("normalise/documents")}
    assert [row["chars"] for row in scores] == [len(text[row["id"]]) for row in scores]


@pytest.fixture
def run_filter(stage, params_file, tmp_path):
    def run(documents, changes=None):
        write_documents(tmp_path / "in" / "s-00000.parquet", documents)
        arguments = ["--documents", tmp_path / "in", "--out", tmp_path / "out", "--params", params_file(changes)]
        return stage("filter", *arguments)

    return run


def test_thresholds_go_by_kind(run_filter, document, tmp_path, rows):
    documents = [
        document("还可以吧", id="1", kind="review"),
        document("还可以吧", id="2"),
        document("好" * 3, id="3", kind="thread"),
    ]
    assert run_filter(documents) == 0
    assert list(read_documents(tmp_path / "out" / "documents" / "s-00000.parquet")) == documents[:1]
    assert rows(tmp_path / "out" / "dropped" / "s-00000.parquet") == [
        {"id": documents[1].id, "reason": "TOO_SHORT", "measured": 4.0, "excerpt": "还可以吧", "kept_id": None},
        {"id": documents[2].id, "reason": "TOO_SHORT", "measured": 3.0, "excerpt": "好好好", "kept_id": None},
    ]


def test_rules_that_drop_everything_are_a_source_error(run_filter, document, capsys):
    assert run_filter([document("短")]) == 2
    assert "the rules drop every document" in capsys.readouterr().err


def test_a_shard_of_which_nothing_stays_is_written_empty(run_filter, document, tmp_path):
    write_documents(tmp_path / "in" / "t-00000.parquet", [document("短", id="t")])
    assert run_filter([document("还可以吧", kind="review")]) == 0
    assert list(read_documents(tmp_path / "out" / "documents" / "t-00000.parquet")) == []


def test_a_document_counted_twice_is_a_ledger_imbalance(run_filter, document, monkeypatch, capsys):
    from pipeline.core.ledger import Ledger

    twice = Ledger.emit
    monkeypatch.setattr(Ledger, "emit", lambda self, each: (twice(self, each), twice(self, each)))
    assert run_filter([document("还可以吧", kind="review")]) == 2
    assert "LedgerImbalance: filter: outputs are made of 2 units, but 1 were used" in capsys.readouterr().err
