"""evaluate: documents in, figures that agree with each other out, the same bytes at every run."""

import csv
import json
import weakref
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from omegaconf import OmegaConf

from pipeline.contract.document import Document, document_id
from pipeline.core.shards import write_documents
from pipeline.core.stage import main
from pipeline.stages import evaluate as evaluate_stage
from pipeline.stages.evaluate import STAGE, run
from tests.benchmarks.tiny_model import write_model

ROOT = Path(__file__).resolve().parents[2]
PARTS: dict[str, list[tuple[str, str, str | None]]] = {
    "train": [
        ("reviews", "房间很好", "positive"),
        ("reviews", "服务太差", "negative"),
        ("news", "今天天气好。\n我想再看一遍这本书。" * 3, None),
    ],
    "validation": [("news", "今天酒店的房间很好。", None)],
    "test": [("news", "明天天气不好。", None), ("reviews", "这本书好，" * 30, "positive")],
    "task": [("reviews", "这本书太差", "negative"), ("reviews", "酒店好", "positive"), ("reviews", "小", "negative")],
}


class Watched(Document):
    """A document that can be referred to weakly."""

    __slots__ = ("__weakref__",)


def write_split(folder: Path, parts: dict[str, list[tuple[str, str, str | None]]] = PARTS) -> Path:
    for part, rows in parts.items():
        for source in sorted({source for source, _, _ in rows}):
            documents = [
                Document(
                    document_id(s, t), s, f"u:{t[:9]}", None, t, None, "unknown", "review", "zh-Hans-CN", label, 1
                )
                for s, t, label in rows
                if s == source
            ]
            write_documents(folder / part / f"{source}-00000.parquet", documents)
    return folder


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write_model(folder / "model", context=48)
    write_split(folder / "split")
    params = OmegaConf.create(
        {
            "seed": 42,
            "train": {"threads": 1},
            "engine": OmegaConf.load(ROOT / "conf/engine/local.yaml"),
            "evaluate": OmegaConf.load(ROOT / "conf/evaluate/default.yaml"),
        }
    )
    params.evaluate.samples.prompts = ["我想", "今天"]
    params.evaluate.samples.max_new_tokens = 6
    OmegaConf.resolve(params)
    OmegaConf.save(params, folder / "params.yaml")
    return folder


def evaluate(inputs: Path, out: Path, *more: str, split: str = "split") -> int:
    return main(
        STAGE,
        run,
        [
            *("--model", str(inputs / "model"), "--split", str(inputs / split), "--out", str(out / "evaluation")),
            *("--metrics", str(out / "evaluate.json"), "--params", str(inputs / "params.yaml"), *more),
        ],
    )


@pytest.fixture(scope="module")
def done(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("done")
    assert evaluate(inputs, out) == 0
    return out


def metrics(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "evaluate.json").read_text(encoding="utf-8"))
    return loaded


def test_every_document_of_validation_test_and_task_is_accounted_for(inputs: Path, tmp_path: Path) -> None:
    assert evaluate(inputs, tmp_path, "--set", "evaluate.sentiment.max_examples=2") == 0
    characters = sum(len(text) for part in ("validation", "test", "task") for _, text, _ in PARTS[part])
    found = metrics(tmp_path)
    assert {key: found[key] for key in ("unit", "in", "used", "dropped", "out", "parts")} == {
        "unit": "document",
        "in": 6,
        "used": 5,
        "dropped": {"NOT_ASKED": 1},
        "out": 5,
        "parts": 5,
    }
    assert found["characters"]["in"] == characters
    assert found["characters"]["out"] == characters - found["characters"]["dropped"]["NOT_ASKED"]


def test_without_a_limit_every_review_is_asked_once(inputs: Path, tmp_path: Path) -> None:
    assert evaluate(inputs, tmp_path, "--set", "evaluate.sentiment.max_examples=null") == 0
    found = metrics(tmp_path)
    assert (found["in"], found["used"], found["dropped"]) == (6, 6, {})


def test_the_figures_are_the_sums_of_the_documents(done: Path) -> None:
    rows = pq.read_table(done / "evaluation/documents.parquet").to_pylist()
    test = [row for row in rows if row["part"] == "test"]
    bits, characters = sum(row["bits"] for row in test), sum(row["characters"] for row in test)
    found = metrics(done)["test"]
    assert found["bits_per_character"] == round(bits / characters, 6)
    assert found["perplexity"] == pytest.approx(2 ** (bits / sum(row["tokens"] for row in test)), rel=1e-5)
    assert list(found["by_source"]) == ["news", "reviews"]
    (news,) = (row for row in test if row["source"] == "news")
    assert found["by_source"]["news"] == round(news["bits"] / news["characters"], 6)


def test_model_and_baselines_score_the_same_events(done: Path) -> None:
    table = json.loads((done / "evaluation/scores.json").read_text(encoding="utf-8"))["test"]["models"]
    assert list(table) == ["model", "uniform", "unigram", "bigram", "kneser_ney_3", "kneser_ney_5"]
    assert len({(row["documents"], row["characters"], row["bytes"]) for row in table.values()}) == 1
    with (done / "evaluation/bits_per_character.csv").open(encoding="utf-8") as file:
        bars = {row["model"]: float(row["bits_per_character"]) for row in csv.DictReader(file)}
    assert bars == {"model": metrics(done)["test"]["bits_per_character"], **metrics(done)["baselines"]}


def test_sentiment_says_what_did_not_fit(done: Path) -> None:
    rows = pq.read_table(done / "evaluation/sentiment.parquet").to_pylist()
    assert [row["shots"] for row in rows] == [0, 0, 0, 2, 2, 2, 4, 4, 4]
    found = metrics(done)["sentiment"]
    assert list(found) == ["shots_0", "shots_2", "shots_4"]
    assert found["shots_0"]["majority"] == round(2 / 3, 6)
    assert found["shots_4"]["shots_used"] < 4
    for shots in (0, 2, 4):
        mine = [row for row in rows if row["shots"] == shots]
        right = sum(row["label"] == row["predicted"] for row in mine)
        assert found[f"shots_{shots}"]["accuracy"] == round(right / 3, 6)
        assert found[f"shots_{shots}"]["truncated"] == sum(row["truncated"] for row in mine)


def test_samples_come_in_the_order_of_conf(done: Path) -> None:
    lines = (done / "evaluation/samples.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["prompt"] for line in lines] == ["我想", "今天"]
    assert json.loads(lines[0])["settings"]["max_new_tokens"] == 6


def test_a_second_run_gives_the_same_bytes(inputs: Path, done: Path, tmp_path: Path) -> None:
    assert evaluate(inputs, tmp_path) == 0
    for path in sorted(done.rglob("*.*")):
        assert (tmp_path / path.relative_to(done)).read_bytes() == path.read_bytes(), path.name


def test_without_labelled_documents_sentiment_is_left_out(inputs: Path, tmp_path: Path) -> None:
    write_split(inputs / "bare")
    for path in (inputs / "bare/task").iterdir():
        path.unlink()
    assert evaluate(inputs, tmp_path, split="bare") == 0
    assert metrics(tmp_path)["sentiment"] == {}
    assert pq.read_table(tmp_path / "evaluation/sentiment.parquet").num_rows == 0


def test_labels_without_a_word_are_left_out_and_ledgered(
    inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    starred = {
        **PARTS,
        "train": [*PARTS["train"], ("stars", "还行", "3")],
        "task": [*PARTS["task"], ("stars", "一般般", "3"), ("stars", "太好了", "5")],
    }
    write_split(inputs / "starred", starred)
    assert evaluate(inputs, tmp_path, split="starred") == 0
    said = "evaluate: 2 documents of task left out: sentiment.words has no word for the labels 3, 5\n"
    assert said in capsys.readouterr().out
    found = metrics(tmp_path)
    assert (found["in"], found["used"], found["dropped"]) == (8, 6, {"UNKNOWN_LABEL": 2})
    assert found["characters"]["dropped"] == {"UNKNOWN_LABEL": 6}
    assert found["sentiment"]["shots_0"]["n"] == 3
    examples = json.loads((tmp_path / "evaluation/sentiment.json").read_text(encoding="utf-8"))["examples"]
    assert sorted(example["label"] for example in examples) == ["negative", "positive"]


def test_train_is_never_held_as_a_list_of_documents(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [("news", f"今天第{number}次天气好。", None) for number in range(400)]
    write_split(inputs / "many", {**PARTS, "train": [*PARTS["train"], *many]})
    alive, most, reading = weakref.WeakSet[Watched](), [0], evaluate_stage.read_documents

    def watched(shard: Path) -> Iterator[Document]:
        for document in reading(shard):
            one = Watched(*astuple(document))
            if shard.parent.name == "train":
                alive.add(one)
                most[0] = max(most[0], len(alive))
            yield one

    monkeypatch.setattr(evaluate_stage, "read_documents", watched)
    assert evaluate(inputs, tmp_path, split="many") == 0
    assert 0 < most[0] < 10


def test_an_empty_test_part_is_a_clear_error(
    inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_split(inputs / "empty")
    for path in (inputs / "empty/test").iterdir():
        path.unlink()
    assert evaluate(inputs, tmp_path, split="empty") == 2
    assert "empty/test: no document" in capsys.readouterr().err
    assert not (tmp_path / "evaluate.json").exists()
