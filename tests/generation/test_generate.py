"""The command: one prompt on the terminal, many to a file, once each, whatever happens in between."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pipeline.core.locks import try_lock
from pipeline.generate import main
from tests.generation.models import generate_params

Folder = Callable[[str], Path]
QUESTIONS = ["我想", "这本书很好", "酒店的房间", "今天天气好。", "我想", "服务差"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with params.yaml and a file of prompts."""
    monkeypatch.chdir(tmp_path)
    changes = {"arithmetic": "float64", "max_new_tokens": 8, "samples": 2, "batch_tokens": 60, "threads": 1}
    (tmp_path / "params.yaml").write_text(OmegaConf.to_yaml(generate_params(changes)), encoding="utf-8")
    (tmp_path / "p.txt").write_text("\n".join(QUESTIONS), encoding="utf-8")
    return tmp_path


def rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def test_one_prompt_is_shown_with_its_text(folder_of: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", str(folder_of("gpt2")), "--prompt", "我想"]) == 0
    alone = capsys.readouterr().out
    assert main(["--model", str(folder_of("gpt2")), "--prompts", "p.txt", "--out", "a.jsonl"]) == 0
    texts = [row["text"] for row in rows("a.jsonl")]
    assert alone == f"我想{texts[0]}\n我想{texts[1]}\n" and texts[0] != texts[1]


def test_each_prompt_is_answered_in_its_order_and_equal_ones_differ(folder_of: Folder) -> None:
    command = ["--model", str(folder_of("gpt2")), "--prompts", "p.txt"]
    assert main([*command, "--out", "a.jsonl", "--metrics", "m.json"]) == 0
    found = rows("a.jsonl")
    assert [(row["prompt"], row["sample"]) for row in found] == [(text, n) for text in QUESTIONS for n in (0, 1)]
    assert [set(row) for row in found] == [{"prompt", "sample", "text", "ended", "tokens", "perplexity"}] * 12
    assert found[0]["text"] != found[8]["text"]
    metrics = json.loads(Path("m.json").read_text(encoding="utf-8"))
    assert (metrics["in"], metrics["used"], metrics["dropped"], metrics["prompts"]) == (12, 12, {}, 6)
    assert sum(metrics["ended"].values()) == 12
    assert list(Path(".scratch/generate").iterdir()) == []
    # Neither the order of the file nor the size of the batches changes a text.
    Path("p.txt").write_text("\n".join(QUESTIONS[::-1]), encoding="utf-8")
    assert main([*command, "--out", "b.jsonl", "--set", "generate.batch_tokens=1000"]) == 0
    key = lambda row: (row["prompt"], row["text"])  # noqa: E731
    assert sorted(map(key, rows("b.jsonl"))) == sorted(map(key, found))


def test_a_run_cut_off_between_batches_answers_every_prompt_once_with_the_same_text(
    folder_of: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real kill: tests/acceptance/test_generate.py."""
    command = ["--model", str(folder_of("gpt2")), "--prompts", "p.txt"]

    def reach(point: str) -> None:
        if point == "generate.after_batch:1":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.generation.answers.reach", reach)
        assert main([*command, "--out", "a.jsonl"]) == 130
    assert not Path("a.jsonl").exists()
    (scratch,) = (path for path in Path(".scratch/generate").iterdir() if path.is_dir())
    assert sorted(path.name for path in scratch.iterdir()) == ["000000.json", "000001.json"]
    (scratch / ".000002.json.partial").write_text("[{", encoding="utf-8")  # cut while it was written
    with try_lock(scratch.with_name(f"{scratch.name}.lock")) as ours:
        assert ours and main([*command, "--out", "a.jsonl"]) == 2
        assert "another run answers the same prompts with the same settings" in capsys.readouterr().err
    assert main([*command, "--out", "a.jsonl"]) == 0
    assert re.search(r"going on with \d+ of \d+ batches", capsys.readouterr().err)
    assert not scratch.exists()
    assert main([*command, "--out", "b.jsonl"]) == 0
    assert Path("a.jsonl").read_bytes() == Path("b.jsonl").read_bytes()
    assert len(rows("a.jsonl")) == 12


def test_templates_are_answered_and_what_falls_below_the_floor_is_told(
    folder_of: Folder, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "t.txt").write_text("{城市}有什么好吃的\n", encoding="utf-8")
    (place / "c.csv").write_text("城市\n成都\n广州\n", encoding="utf-8")
    command = ["--model", str(folder_of("gpt2")), "--templates", "t.txt", "--table", "c.csv", "--out", "a.jsonl"]
    floor = ["--set", "generate.floor.quality.min_chars=8", "--set", "generate.samples=4"]
    assert main([*command, "--dropped", "d.jsonl", "--metrics", "m.json", *floor]) == 0
    kept, dropped = rows("a.jsonl"), rows("d.jsonl")
    metrics = json.loads(Path("m.json").read_text(encoding="utf-8"))
    assert metrics["in"] == 8 == len(kept) + len(dropped)
    assert metrics["dropped"]["TOO_SHORT"] == sum(row["reason"] == "TOO_SHORT" for row in dropped) > 0
    assert sum(metrics["dropped"].values()) == len(dropped)
    assert dropped[0]["fields"] == {"template": "{城市}有什么好吃的", "columns": {"城市": "成都"}}
    assert f"dropped: {metrics['dropped']['TOO_SHORT']} TOO_SHORT" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prompts", "none.txt", "--out", "a"], "SourceError: none.txt: No such file or directory"),
        (["--prompts", "p.txt"], "ConfigError: --out is missing: where the answers go"),
        (["--prompts", "p.txt", "--out", "p.txt"], "ConfigError: p.txt is named twice"),
        (["--prompts", "p.txt", "--out", "params.yaml"], "ConfigError: params.yaml exists; choose another file"),
        (["--prompts", "p.txt", "--table", "c.csv", "--out", "a"], "ConfigError: --table fills --templates"),
        (["--prompts", "p.txt", "--out", ".", "--replace"], "ConfigError: . is a folder; name a file"),
        (["--prompts", "p.txt", "--out", "p.txt/a"], "FileExistsError: "),
        (["--prompt", "我", "--out", "a"], "ConfigError: --out goes with --prompts or --templates"),
        (["--prompt", "\udcce\udcd2"], "ConfigError: the prompt is no UTF-8; set the terminal to UTF-8"),
        (["--prompts", "long.txt", "--out", "a"], "ConfigError: long.txt:2 takes 69 tokens, and the model's context"),
        (["--prompt", "我" * 34], "ConfigError: the prompt takes 69 tokens, and the model's context of 32 must hold"),
        (["--prompt", "我", "--set", "generate.sampling.top_p=2"], "top_p 2.0 lies outside (0, 1]"),
        (["--prompt", "我", "--set", "generate.device=cuda"], "ConfigError: generate.device=cuda, but torch sees no"),
    ],
)
def test_bad_input_ends_with_one_line(
    folder_of: Folder, place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (place / "long.txt").write_text("我想\n" + "我" * 34 + "\n", encoding="utf-8")
    assert main(["--model", str(folder_of("gpt2")), *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1


def test_prompts_and_texts_are_converted_as_asked(folder_of: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(folder_of("gpt2"))
    assert main(["--model", model, "--prompt", "这本书", "--set", "generate.samples=1"]) == 0
    plain = capsys.readouterr().out
    scripts = ["--set", "generate.prompt_script=hans", "--set", "generate.script=hant"]
    assert main(["--model", model, "--prompt", "這本書", "--set", "generate.samples=1", *scripts]) == 0
    from pipeline.generation.scripts import convert
    from pipeline.schema.normalise import Script

    assert capsys.readouterr().out == convert(plain, Script.hant)
