"""A run in bulk killed at each of its points and started again answers every prompt once, with the same text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from tests.generation.models import ROOT, generate_params, write_gpt2

pytestmark = pytest.mark.acceptance
PROMPTS = [f"{city}{rest}" for city in ("成都", "广州", "长沙") for rest in ("有什么好吃的", "的天气", "")] + [
    "我想",
    "我想",
]


def run(folder: Path, out: str, kill_at: str = "") -> int:
    command = [sys.executable, "-m", "pipeline.generate", "--model", "model", "--prompts", "p.txt", "--out", out]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WENYUAN_KILL_AT": kill_at}
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


def test_a_killed_run_goes_on_and_answers_every_prompt_once(tmp_path: Path) -> None:
    write_gpt2(tmp_path / "model")
    changes = {"max_new_tokens": 8, "samples": 2, "batch_tokens": 80, "threads": 1}
    (tmp_path / "params.yaml").write_text(OmegaConf.to_yaml(generate_params(changes)), encoding="utf-8")
    (tmp_path / "p.txt").write_text("\n".join(PROMPTS), encoding="utf-8")
    assert run(tmp_path, "whole.jsonl") == 0
    for point in ("generate.after_batch:0", "generate.after_batch:2", "generate.before_publish"):
        assert run(tmp_path, "a.jsonl", point) == -9
        assert not (tmp_path / "a.jsonl").exists()
    assert run(tmp_path, "a.jsonl") == 0
    found = (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    assert found == (tmp_path / "whole.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in found.splitlines()]
    assert [(row["prompt"], row["sample"]) for row in rows] == [(text, n) for text in PROMPTS for n in (0, 1)]
