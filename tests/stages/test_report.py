"""report: one file that needs no other, in which every text is only text."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pipeline.contract.drop import Dropped, DropReason
from pipeline.core.shards import write_dropped, write_json
from pipeline.core.stage import main
from pipeline.stages.report import STAGE, run

ROOT = Path(__file__).resolve().parents[2]
EVIL = "<script>alert('坏')</script><img src=x onerror=alert(1)>"
KEPT = "f" * 32


def score(bits: float) -> dict[str, Any]:
    figures = {"bits_per_character": bits, "bits_per_byte": bits / 3, "perplexity": None, "characters": 178750}
    return {**figures, "by_source": {"news": figures, EVIL: figures}}


def ledger(units: int, dropped: dict[str, int]) -> dict[str, Any]:
    used = units - sum(dropped.values())
    characters = {"in": units * 100, "out": used * 100, "removed": {}, "added": {}}
    characters["dropped"] = {reason: count * 100 for reason, count in dropped.items()}
    return {"unit": "document", "in": units, "used": used, "dropped": dropped, "out": used, "parts": used} | {
        "characters": characters
    }


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    models = {"model": score(6.2), "bigram": score(6.72), "kneser_ney_5": score(5.68), EVIL: score(7)}
    write_json(tmp_path / "evaluation/scores.json", {part: {"models": models} for part in ("test", "validation")})
    run_figures = {"accuracy": 0.6, "standard_error": 0.02, "macro_f1": 0.59, "majority": 0.51, "n": 500}
    runs = {"shots_2": {**run_figures, "shots_used": 2, "truncated": 7}}
    write_json(tmp_path / "evaluation/sentiment.json", {"template": EVIL, "runs": runs, "examples": []})
    sample = {"prompt": "我想", "text": EVIL, "ended": "end", "seed": 42, "settings": {"temperature": 0.8}}
    (tmp_path / "evaluation/samples.jsonl").write_text(json.dumps(sample) + "\n", encoding="utf-8")
    (tmp_path / "curve.csv").write_text("step,train_loss,validation_loss\n10,8,\n20,6,6.5\n", encoding="utf-8")
    write_json(tmp_path / "tokenizer/wenyuan.json", {"vocab_size": 4096, "base_kept": 526, "new_tokens": 3566})
    write_json(
        tmp_path / "metrics/corpus.json",
        {**ledger(50, {}), "by_source": {EVIL: {"licence": "unknown", "documents": 50, "characters": 5000}}},
    )
    write_json(tmp_path / "metrics/wiki.json", {**ledger(9, {}), "templates_dropped": {EVIL: 7, "Main": 3}})
    mixture = {"中文": {"新闻": 1.0}, EVIL: {"english": 0.24991, "新闻": 0.75009}}
    write_json(tmp_path / "metrics/train.json", {**ledger(7, {}), "steps": 5, "mixture": mixture})
    write_json(tmp_path / "metrics/dedup.json", ledger(50, {"NEAR_DUPLICATE": 2}))
    table = {name: {"characters_per_token": value} for name, value in (("base", 0.5), ("tokenizer", 1.25))}
    write_json(
        tmp_path / "metrics/tokenizer.json",
        {
            "longest": [EVIL],
            "most_frequent": {"</b>中国": 3},
            "fertility_by_source": {EVIL: table, "empty": {"base": {"characters_per_token": None}}},
            "fragments": 4,
            "unused_on_train": {"base": 2, "new": 1},
            "seen_often": {"times": 20, "tokens": 1000, "in_heldout": 990},
        },
    )
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/new_tokens.csv").write_text(
        'rank,id,token,train,heldout\n1,7,中国,99,9\n2,8,"，",9,0\n', encoding="utf-8"
    )
    rows = [Dropped("0" * 32, DropReason.NEAR_DUPLICATE, 0.8125, EVIL, KEPT)]
    write_dropped(tmp_path / "data/dedup/dropped/news-00000.parquet", rows)
    params = {"report": OmegaConf.load(ROOT / "conf/report/default.yaml")}
    params["report"].parameters = {"train.lr": 0.003, "seed": 42, "name": EVIL}
    OmegaConf.save(OmegaConf.create(params), tmp_path / "params.yaml")
    return tmp_path


def report(inputs: Path, name: str = "report.html") -> int:
    arguments = {
        "--figures": inputs / "metrics",
        "--dropped": inputs / "data/dedup/dropped",
        "--curve": inputs / "curve.csv",
        "--evaluation": inputs / "evaluation",
        "--tokenizer": inputs / "tokenizer",
        "--tables": inputs / "tables",
        "--outfile": inputs / name,
        "--metrics": inputs / "report.json",
        "--params": inputs / "params.yaml",
    }
    return main(STAGE, run, [str(part) for pair in arguments.items() for part in pair])


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def page(inputs: Path) -> str:
    assert report(inputs) == 0
    return (inputs / "report.html").read_text(encoding="utf-8")


def test_no_text_becomes_markup(page: str) -> None:
    tags = Tags(page)
    assert {tag for tag, _ in tags.tags} & {"script", "img", "iframe", "link", "object"} == set()
    assert not [name for _, attributes in tags.tags for name in attributes if name.startswith("on")]
    # dropped row, token, source of the fertility, phase, bar, two score tables (row and column each), template,
    # sample, licence, parameter, wiki template
    assert tags.text.count(EVIL) == 14
    assert "</b>中国" in tags.text


def test_the_page_refers_to_nothing_outside(page: str) -> None:
    links = [
        value for _, attributes in Tags(page).tags for key, value in attributes.items() if key in ("href", "src")
    ]
    assert links and all(str(link).startswith("#") for link in links)
    assert not re.search(r"url\(|@import|https?:", page)


def test_the_result_stands_first_in_one_sentence(page: str) -> None:
    sentence = (
        "在 178,750 字的测试集上，本模型平均每字 6.200 比特，比二元模型低 0.520，比五元 Kneser-Ney 模型高 0.520。"
    )
    assert f'<p class="verdict">{sentence}</p>' in page


def test_a_dropped_row_is_shown_with_its_reason_value_and_kept_copy(page: str) -> None:
    text = " ".join(Tags(page).text.split())
    assert "近似重复 NEAR_DUPLICATE 2 篇 · 4.0% · 200 字 " + DropReason.NEAR_DUPLICATE.value in text
    assert f"{'0' * 32} · 实测 0.8125 · 保留的副本 {KEPT}" in text


def test_templates_that_were_dropped_are_counted_by_name(page: str) -> None:
    assert "<tr><td>Main</td><td>3</td></tr>" in page


def test_fertility_is_drawn_by_source_and_new_tokens_by_rank(page: str) -> None:
    text = " ".join(Tags(page).text.split())
    assert "基座 GPT-2 0.500 本分词器 1.250" in text
    assert page.count('style="width:40.0%"') == page.count('style="width:100.0%"') - 1 == 1
    assert "训练集里出现 20 次以上的 1,000 个新 token 中，990 个也见于留出文本。" in text
    # log10 of 1 + 99 and 1 + 9 uses at ranks 1 and 2; 1 + 9 and 1 + 0 held out
    assert '<polyline class="s1" points="50.00,0.00 100.00,50.00"/>' in page
    assert '<polyline class="s2" points="50.00,50.00 100.00,100.00"/>' in page


def test_what_each_phase_drew_stands_by_source(page: str) -> None:
    assert "<tr><td>english</td><td>–</td><td>24.99%</td></tr>" in page
    assert "<tr><td>新闻</td><td>100.00%</td><td>75.01%</td></tr>" in page


def test_every_section_has_its_heading(page: str) -> None:
    headings = re.findall(r'<h2 id="(\w+)">(.*?)</h2>', page)
    assert headings == [
        ("funnel", "语料的去留"),
        ("vocabulary", "词表"),
        ("loss", "训练"),
        ("scores", "成绩"),
        ("samples", "生成样例"),
        ("making", "如何做成"),
    ]


def test_the_sentiment_table_gives_error_and_baseline(page: str) -> None:
    assert "<td>2</td><td>2</td><td>60.0% ± 2.0%</td><td>51.0%</td><td>0.590</td><td>500</td><td>7</td>" in page


def test_the_sentiment_table_says_how_many_of_the_shots_had_room(inputs: Path) -> None:
    path = inputs / "evaluation/sentiment.json"
    sentiment = json.loads(path.read_text(encoding="utf-8"))
    sentiment["runs"]["shots_2"]["shots_used"] = 0
    write_json(path, sentiment)
    assert report(inputs) == 0
    page = (inputs / "report.html").read_text(encoding="utf-8")
    assert "<th>要求示例</th><th>放入示例</th>" in page
    assert "<td>2</td><td>0</td><td>60.0% ± 2.0%</td>" in page


def test_a_second_run_gives_the_same_bytes(inputs: Path, page: str) -> None:
    assert report(inputs, "again.html") == 0
    assert (inputs / "again.html").read_text(encoding="utf-8") == page


def test_scores_without_the_model_are_a_clear_error(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(inputs / "evaluation/scores.json", {"test": {"models": {}}})
    assert report(inputs) == 2
    assert "scores.json has no score of the model on test; run evaluate again" in capsys.readouterr().err
