"""release: the model's bytes as they are, and a card whose every figure is the run's own."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from gguf import GGUFReader
from huggingface_hub import ModelCard
from markdown_it import MarkdownIt
from omegaconf import DictConfig, OmegaConf

from pipeline.card.labels import HYPERPARAMETERS
from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import Dropped, DropReason
from pipeline.core.compose import compose_params
from pipeline.core.shards import read_documents, write_documents, write_dropped, write_json
from pipeline.core.stage import main
from pipeline.stages.release import STAGE, run
from tests.formats.tiny_gpt2 import edit, write_gpt2

EVIL = "<script>alert('坏')</script>|**粗**|[链](http://a.test)"
TEXTS = {
    "train": [("news", "一二三四五六七"), ("news", "八九十"), ("blog", "甲乙丙丁戊"), ("wiki", "子丑寅卯")],
    "validation": [("news", "春夏")],
    "test": [("blog", "秋冬")],
    "task": [("news", "好")],
}
ORIGINS = {
    "news": ("pypi:texts==1.0/news.txt#L{}", "unknown"),
    "blog": ("http://blog{}.example.test/", "CC-BY-SA-4.0"),
    "wiki": ("https://zh.example.test/wiki/{}", "CC-BY-SA-4.0"),
}


FOLDER_ALONE = ("release.formats=[safetensors]", "release.source_names={news: 新闻, blog: 博客}")
"""The model's files of most tests are none that could be read."""


def ledger(unit: str, units: int, dropped: dict[str, int], out: int) -> dict[str, Any]:
    used = units - sum(dropped.values())
    characters: dict[str, Any] = {"in": 0, "out": 0, "dropped": {}, "removed": {}, "added": {}}
    return {"unit": unit, "in": units, "used": used, "dropped": dropped, "out": out, "parts": used} | {
        "characters": characters
    }


def given(documents: int) -> dict[str, Any]:
    return {"documents": documents, "characters": 99, "licence": "x"}


def score(bits: float, perplexity: float | None) -> dict[str, Any]:
    figures = {"bits_per_character": bits, "bits_per_byte": round(bits / 2.9, 6), "perplexity": perplexity}
    return figures | {"documents": 1, "characters": 2001, "tokens": 7}


def figures() -> dict[str, Any]:
    models = {"model": score(6.123456, 137.877855), "bigram": score(6.706491, None)}
    sentiment = {
        f"shots_{shots}": {
            "accuracy": accuracy, "standard_error": 0.0219, "macro_f1": 0.597, "majority": 0.512,
            "n": 500, "shots_used": shots, "truncated": 60 + shots,
        }
        for shots, accuracy in ((0, 0.598), (2, 0.541))
    }  # fmt: skip
    parts = {
        part: {"documents": len(rows), "characters": sum(len(t) for _, t in rows)} for part, rows in TEXTS.items()
    }
    fertility = {"characters_per_token": 1.2292, "bytes_per_token": 3.5767}
    return {
        "corpus": ledger("record", 1234, {"BLANK": 3}, 8) | {"by_source": {"news": given(8)}},
        "crawl": ledger("address", 928, {"ROBOTS": 4, "NOT_A_PAGE": 11}, 2),
        "extract": ledger("page", 913, {"LOGIN_WALL": 7}, 2) | {"by_source": {"blog": given(2)}},
        "wiki": ledger("page", 91, {}, 1) | {"by_source": {"wiki": given(1)}},
        "split": ledger("document", 7, {}, 7) | parts,
        "tokenizer": {
            "method": "bpe", "vocab_size": 1024, "base_kept": 600, "new_tokens": 420,
            "fertility": {"heldout": {"tokenizer": fertility}},
        },
        "pack": {"context": 32},
        "train": ledger("block", 5, {}, 1)
        | {"steps": 20, "epochs": 1.25, "parameters": 3451136, "validation_loss": 5.136591},
        "evaluate": ledger("document", 3, {}, 3)
        | {
            "test": {**score(6.123456, 137.877855), "by_source": {"blog": 6.123456}},
            "baselines": {"bigram": 6.706491},
            "sentiment": sentiment,
        },
        "scores": {
            part: {"models": {name: {**row, "by_source": {"blog": row}} for name, row in models.items()}}
            for part in ("test", "validation")
        },
    }  # fmt: skip


@pytest.fixture(scope="session")
def params() -> DictConfig:
    return compose_params(["experiment=smoke", "engine.workers=1"])


@pytest.fixture
def inputs(tmp_path: Path, params: DictConfig) -> Path:
    """A run's outputs, small enough to see: 11 documents imported, 4 dropped, 7 kept."""
    for part, rows in TEXTS.items():
        for source in ("blog", "news", "wiki"):
            url, licence = ORIGINS[source]
            documents = [
                Document(
                    document_id(s, t), s, url.format(n), None, t, None, licence, "article", "zh-Hans-CN", None, 1
                )
                for n, (s, t) in enumerate(rows)
                if s == source
            ]
            write_documents(tmp_path / "split" / part / f"{source}-00000.parquet", documents)
    reasons = {"filter": [DropReason.TOO_SHORT], "dedup": [DropReason.EXACT_DUPLICATE] * 3}
    for stage in ("normalise", "filter", "dedup"):
        rows = [Dropped("0" * 32, reason, None, "文", None) for reason in reasons.get(stage, [])]
        write_dropped(tmp_path / stage / "dropped/news-00000.parquet", rows)
        write_dropped(tmp_path / stage / "dropped/news-00001.parquet", [])
    told = figures()
    write_json(tmp_path / "evaluation/scores.json", told.pop("scores"))
    write_json(
        tmp_path / "evaluation/sentiment.json", {"template": "评论：{text}\n评价：", "runs": {}, "examples": []}
    )
    settings = {"temperature": 0.8, "top_k": 50}
    samples = [{"prompt": "我想", "text": text, "settings": settings} for text in (EVIL, "一\n二")]
    lines = "".join(json.dumps(sample) + "\n" for sample in samples)
    (tmp_path / "evaluation/samples.jsonl").write_text(lines, encoding="utf-8")
    for stage, values in told.items():
        write_json(tmp_path / "metrics" / f"{stage}.json", values)
    special = {"nl": "<nl>", "bos": "<s>", "eos": "<s>", "pad": "<pad>", "more": []}
    write_json(tmp_path / "model/config.json", {"model_type": "llama"})
    write_json(tmp_path / "model/wenyuan.json", {"vocab_size": 1024, "special": special})
    for name in ("tokenizer.json", "tokenizer_config.json"):
        write_json(tmp_path / "model" / name, {})
    (tmp_path / "model/model.safetensors").write_bytes(bytes(range(256)) * 8)
    OmegaConf.save(params, tmp_path / "params.yaml")
    return tmp_path


def release(inputs: Path, name: str = "release", *changes: str) -> int:
    arguments = {
        "--model": ["model"],
        "--split": ["split"],
        "--dropped": [f"{stage}/dropped" for stage in ("normalise", "filter", "dedup")],
        "--figures": ["metrics"],
        "--evaluation": ["evaluation"],
        "--out": [name],
        "--metrics": [f"{name}.json"],
        "--params": ["params.yaml"],
    }
    words = [word for key, paths in arguments.items() for word in (key, *(str(inputs / path) for path in paths))]
    return main(STAGE, run, [*words, *(word for change in changes for word in ("--set", change))])


def card_of(inputs: Path, *changes: str) -> str:
    assert release(inputs, "release", "train.threads=1", *FOLDER_ALONE, *changes) == 0
    return (inputs / "release/README.md").read_text(encoding="utf-8")


def tables(card: str) -> dict[str, list[list[str]]]:
    """First cell of the heading -> rows of the table's cells, as a reader of the rendered card sees them."""
    found: dict[str, list[list[str]]] = {}
    tokens = MarkdownIt("commonmark").enable("table").parse(card.partition("\n---\n")[2])
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and token.level > 3:
            rows[-1].append("".join("\n" if c.type == "html_inline" else c.content for c in token.children or []))
        elif token.type == "table_close":
            heading = rows[0][0]
            found.setdefault(heading, []).extend(rows[1:])
    return found


def front_matter(card: str) -> dict[str, Any]:
    head: dict[str, Any] = yaml.safe_load(card.split("---\n")[1])
    return head


def test_the_model_s_files_come_out_with_the_same_bytes_as_files_of_their_own(inputs: Path) -> None:
    card_of(inputs)
    model, out = inputs / "model", inputs / "release"
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    assert files.pop("README.md") and files.pop("LICENSE.md")
    assert files == {path.name: path.read_bytes() for path in model.iterdir()}
    assert not (out / "model.safetensors").samefile(model / "model.safetensors")


def test_the_ledger_counts_files(inputs: Path) -> None:
    card_of(inputs)
    metrics = json.loads((inputs / "release.json").read_text(encoding="utf-8"))
    assert [metrics[key] for key in ("unit", "in", "used", "dropped", "out", "parts")] == ["file", 5, 5, {}, 7, 5]
    assert metrics["licences"] == {
        "unknown": {"documents": 2, "characters": 10},
        "CC-BY-SA-4.0": {"documents": 2, "characters": 9},
    }


def test_hugging_face_reads_the_front_matter_with_the_metrics_own_scores(inputs: Path) -> None:
    card_of(inputs)
    data = ModelCard.load(inputs / "release/README.md").data
    assert data["license_link"] == "LICENSE.md"
    assert (data.language, data.license, data.license_name) == (["zh"], "other", "unknown-source-licences")
    assert (data.library_name, data.pipeline_tag) == ("transformers", "text-generation")
    assert data.tags == ["chinese", "wenyuan", "llama"]
    assert data.base_model is None
    told = figures()["evaluate"]
    assert [(result.metric_type, result.metric_name, result.metric_value) for result in data.eval_results] == [
        ("bits_per_character", "bits per character", told["test"]["bits_per_character"]),
        ("bits_per_byte", "bits per byte", told["test"]["bits_per_byte"]),
        ("perplexity", "perplexity per token", told["test"]["perplexity"]),
        ("accuracy", "accuracy, 0 examples", told["sentiment"]["shots_0"]["accuracy"]),
        ("accuracy", "accuracy, 2 examples", told["sentiment"]["shots_2"]["accuracy"]),
    ]


def test_every_figure_of_the_tables_is_the_metrics_own(inputs: Path) -> None:
    found = tables(card_of(inputs))
    assert found["阶段"] == [
        ["语料导入", "1,234 条", "1,231", "8 篇", "空白 3"],
        ["网页抓取", "928 个地址", "913", "2 页", "非网页 11、robots.txt 禁止 4"],
        ["正文提取", "913 页", "906", "2 篇", "须登录 7"],
        ["维基百科", "91 页", "91", "1 篇", "–"],
    ]
    assert found["来源"] == [
        ["新闻", "语料导入", "8", "4", "完全重复 3、过短 1", "4"],
        ["博客", "正文提取", "2", "0", "–", "2"],
        ["wiki", "维基百科", "1", "0", "–", "1"],
        ["合计", "", "11", "4", "", "7"],
        ["博客", "http://blog2.example.test", "CC-BY-SA-4.0", "1", "5", "26.3%"],
        ["新闻", "pypi:texts==1.0", "未声明", "2", "10", "52.6%"],
        ["wiki", "https://zh.example.test", "CC-BY-SA-4.0", "1", "4", "21.1%"],
    ]
    assert found["许可"] == [["未声明", "2", "10"], ["CC-BY-SA-4.0", "2", "9"]]
    assert found["部分"] == [["训练集", "4", "19"], ["验证集", "1", "2"], ["测试集", "1", "2"], ["任务集", "1", "1"]]
    assert found["在没学过的文字上"] == [["本分词器", "1.2292", "3.5767"]]
    assert found["训练结果"] == [
        ["步数", "20"],
        ["遍数", "1.25"],
        ["参数量", "3,451,136"],
        ["验证损失", "5.136591"],
    ]
    assert found["模型"] == [
        ["本模型", "6.123", "2.112", "137.9", "6.123"],
        ["二元模型", "6.706", "2.313", "–", "6.706"],
    ]
    assert found["本模型，按来源"] == [["博客", "1", "2,001", "6.123"]]
    assert found["例子"] == [
        ["0", "0", "59.8% ± 2.2%", "51.2%", "0.597", "500", "60"],
        ["2", "2", "54.1% ± 2.2%", "51.2%", "0.597", "500", "62"],
    ]


def test_the_hyperparameters_are_the_sections_of_params_yaml(inputs: Path) -> None:
    shown = dict(tables(card_of(inputs))["超参数"])
    params = OmegaConf.load(inputs / "params.yaml")
    for section in ("model", "train", "pack", "tokenizer"):
        for key, value in OmegaConf.to_container(params[section]).items():
            if not isinstance(value, dict):
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                assert shown[HYPERPARAMETERS[f"{section}.{key}"]] == text


def test_the_files_are_told_with_size_and_digest(inputs: Path) -> None:
    rows = tables(card_of(inputs))["文件"]
    assert rows == [
        [path.name, f"{path.stat().st_size:,}", hashlib.sha256(path.read_bytes()).hexdigest()]
        for path in sorted((inputs / "model").iterdir())
    ]


def test_text_of_others_stays_text(inputs: Path) -> None:
    card = card_of(inputs)
    assert tables(card)["提示"] == [["我想", EVIL], ["我想", "一\n二"]]
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.partition("\n---\n")[2])
    assert "<script" not in html and "a.test" not in re.findall('href="([^"]*)"', html)


def test_sources_without_a_licence_are_named_and_make_the_model_other(inputs: Path) -> None:
    card = card_of(inputs)
    assert "本模型的许可：`other (unknown-source-licences)`。有来源没有声明许可" in card
    assert "**注意：占训练字数 52.6% 的文字（新闻）没有人声明过许可。**" in card
    assert "**Some of its sources state no licence**" in card


def test_known_licences_give_the_model_theirs_and_no_warning(inputs: Path) -> None:
    path = inputs / "split/train/news-00000.parquet"
    write_documents(path, [replace(row, licence="CC-BY-4.0") for row in read_documents(path)])
    card = card_of(inputs)
    assert front_matter(card)["license"] == "cc-by-sa-4.0" and "license_name" not in front_matter(card)
    assert "license_link" not in front_matter(card) and not (inputs / "release/LICENSE.md").exists()
    assert "取各来源许可中条件最多的一种：CC-BY-SA-4.0。" in card
    assert "未声明" not in card and "no licence" not in card and "**注意" not in card


def test_a_declared_licence_is_told_as_the_publisher_s_and_the_warning_stays(inputs: Path) -> None:
    card = card_of(inputs, "release.licence=CC-BY-4.0")
    assert front_matter(card)["license"] == "cc-by-4.0"
    assert "发布者声明为 CC-BY-4.0" in card and "推导的规则" not in card
    assert "没有人声明过许可" in card


def test_a_model_from_the_hub_names_its_base(inputs: Path) -> None:
    base = ["base.model=openai-community/gpt2", "base.model_revision=0a1b", "train.init=pretrained"]
    card = card_of(inputs, *base)
    assert front_matter(card)["base_model"] == "openai-community/gpt2"
    assert "在 `openai-community/gpt2` 上接着训练的中文语言模型" in card
    assert "trained further from `openai-community/gpt2` on" in card


def test_a_base_in_a_folder_is_not_told_by_its_path(inputs: Path) -> None:
    card = card_of(inputs, "base.model=/home/someone/secret", "train.init=pretrained")
    assert "base_model" not in front_matter(card)
    assert "在一个本地的基座模型上接着训练的" in card and "secret" not in card


def test_random_weights_are_called_so(inputs: Path) -> None:
    assert "\n从随机权重训练的中文语言模型：`llama` 结构，3,451,136 个参数" in card_of(inputs)


def test_a_second_run_gives_the_same_bytes_and_names_no_place_of_this_machine(inputs: Path) -> None:
    card = card_of(inputs)
    assert release(inputs, "again", "train.threads=1", *FOLDER_ALONE) == 0
    assert (inputs / "again/README.md").read_text(encoding="utf-8") == card
    assert str(inputs) not in card and not re.search(r"\b20\d\d-\d\d", card)


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda i: (i / "model/model.safetensors").unlink(), "no weights (*.safetensors)"),
    "no tokenizer": (lambda i: (i / "model/tokenizer.json").unlink(), "tokenizer.json: no such file; --model takes"),
    "a card": (lambda i: (i / "model/README.md").touch(), "README.md: the model's folder has one already"),
    "a folder": (lambda i: (i / "model/checkpoint").mkdir(), "checkpoint: not a file"),
    "no metrics": (
        lambda i: (i / "metrics/pack.json").unlink(),
        "--figures: the metrics of pack are missing; run pack and name its file",
    ),
    "metrics of an older version": (
        lambda i: edit(i / "metrics/tokenizer.json", "fertility", value={}),
        "the metrics lack what the card tells",
    ),
    "metrics cut short": (
        lambda i: edit(i / "metrics/evaluate.json", "test", value={}),
        "the metrics lack what the card tells: 'bits_per_character'",
    ),
    "other scores": (
        lambda i: edit(i / "metrics/evaluate.json", "test", "bits_per_character", value=6.0),
        "metrics say 6.0 bits per character, its scores.json 6.123456: two runs",
    ),
    "other vocabulary": (
        lambda i: edit(i / "model/wenyuan.json", "vocab_size", value=999),
        "vocabulary has 999 tokens, the tokenizer's metrics say 1024: two runs",
    ),
    "other split": (
        lambda i: edit(i / "metrics/split.json", "train", "documents", value=5),
        "train holds 4 documents, split's metrics say 5: two runs",
    ),
    "a document lost": (
        lambda i: write_dropped(i / "dedup/dropped/news-00000.parquet", []),
        "source news: 8 documents imported, 1 dropped and 4 kept",
    ),
    "an unknown source": (
        lambda i: (i / "metrics/wiki.json").unlink(),
        "source wiki has documents, but no importer's metrics know it (--figures)",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_a_clear_error_and_leaves_nothing(
    inputs: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    make, message = FAULTS[fault]
    make(inputs)
    assert release(inputs, "release", *FOLDER_ALONE) == 2
    assert message in capsys.readouterr().err
    assert not (inputs / "release").exists()


@pytest.fixture
def gpt2(inputs: Path) -> Path:
    """The same run with a model that can be read."""
    shutil.rmtree(inputs / "model")
    write_gpt2(inputs / "model")
    edit(inputs / "metrics/tokenizer.json", "vocab_size", value=293)
    return inputs


def test_a_gpt2_is_published_as_gguf_too_with_ollama_s_file_and_both_are_told_with_their_digests(gpt2: Path) -> None:
    assert release(gpt2) == 0
    out = gpt2 / "release"
    further = {"README.md", "LICENSE.md", "Modelfile", "model.gguf"}
    assert {path.name for path in out.iterdir()} == {path.name for path in (gpt2 / "model").iterdir()} | further
    assert (
        (out / "Modelfile")
        .read_text(encoding="utf-8")
        .startswith("FROM ./model.gguf\nPARAMETER num_ctx 24\nPARAMETER num_predict 12\nPARAMETER temperature 0.8\n")
    )
    reader = GGUFReader(out / "model.gguf")
    keys = ("name", "license", "license.link", "file_type")
    told = [reader.fields[f"general.{key}"].contents() for key in keys]
    assert told == ["wenyuan", "other", "LICENSE.md", 0]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert {name: sha256 for name, _, sha256 in tables(card)["文件"]} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.iterdir()
        if path.name not in ("README.md", "LICENSE.md")
    }
    assert "node-llama-cpp" in card and "ollama create" in card
    assert json.loads((gpt2 / "release.json").read_text(encoding="utf-8"))["out"] == len(list(out.iterdir()))


def test_gguf_comes_out_with_the_same_bytes_at_each_run(gpt2: Path) -> None:
    assert release(gpt2, "release") == release(gpt2, "again") == 0
    first, second = (
        {path.name: path.read_bytes() for path in (gpt2 / out).iterdir()} for out in ("release", "again")
    )
    assert first == second


def test_without_gguf_the_card_says_so_and_names_no_client_that_needs_it(inputs: Path) -> None:
    card = card_of(inputs)
    assert "本页没有附 GGUF，llama.cpp、ollama、LM Studio 用不了。" in card
    assert "node-llama-cpp" not in card and "ollama create" not in card
    assert not (inputs / "release/model.gguf").exists() and not (inputs / "release/Modelfile").exists()
    assert [name for name, *_ in tables(card)["程序"]] == [
        "transformers", "tokenizers", "optimum-onnx", "@huggingface/transformers", "lm_eval",
    ]  # fmt: skip


REFUSED: dict[str, tuple[Callable[[Path], object], tuple[str, ...], str]] = {
    "digits apart": (
        lambda model: edit(model / "tokenizer.json", "pre_tokenizer", "use_regex", value=False),
        ("tokenizer.digits=single", "tokenizer.punctuation=apart"),
        "ConfigError: release.formats: no gguf of this model: tokenizer.json does not split texts as GPT-2 does (its "
        "pre-tokenizer: ByteLevel); leave gguf out of release.formats (tokenizer.digits=single, "
        "tokenizer.punctuation=apart)",
    ),
    "another model": (
        lambda model: edit(model / "config.json", "model_type", value="llama"),
        (),
        "model_type=llama, and gguf is written for gpt2 alone; leave gguf out of release.formats\n",
    ),
    "no settings": (
        lambda model: (model / "generation_config.json").unlink(),
        (),
        "generation_config.json: cannot be read",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_model_that_llama_cpp_would_read_otherwise_is_refused_with_the_options_that_stand_against_it(
    gpt2: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    make, changes, message = REFUSED[fault]
    make(gpt2 / "model")
    assert release(gpt2, "release", *changes) == 2
    assert message in capsys.readouterr().err
    assert not (gpt2 / "release").exists()


def test_the_folder_decides_and_not_conf(gpt2: Path) -> None:
    assert release(gpt2, "release", "tokenizer.digits=single") == 0
    assert (gpt2 / "release/model.gguf").exists()


def test_the_licence_stands_in_a_file_of_its_own_where_hugging_face_knows_none(inputs: Path) -> None:
    card = card_of(inputs)
    page = (inputs / "release/LICENSE.md").read_text(encoding="utf-8")
    assert page.startswith("# wenyuan：许可 / Licence\n\n训练集里每篇文档都带着自己的许可与出处")
    body = page.partition("\n\n")[2].strip()
    assert body in card and "本模型的许可：`other (unknown-source-licences)`" in body


def test_no_table_of_the_card_has_a_key_of_the_code(inputs: Path) -> None:
    keys = {"steps", "validation_loss", "corpus", "blog", "news", "train.lr", "model.layers", "max_new_tokens"}
    found = tables(card_of(inputs))
    assert [cell for rows in found.values() for row in rows for cell in row if cell in keys] == []
