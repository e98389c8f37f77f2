"""train: the same bytes after a kill, a folder that transformers loads alone, clear errors."""

import hashlib
import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

from pipeline.core.stage import main
from pipeline.stages.train import STAGE, run
from tests.training.tiny_run import CONTEXT, ROOT, write_inputs

VOCABULARY = 34


@dataclass(frozen=True)
class Run:
    folder: Path
    inputs: list[str]

    def command(self, name: str, *changes: str) -> list[str]:
        outputs = ["--out", f"{name}/model", "--curvefile", f"{name}/curve.csv", "--metrics", f"{name}/train.json"]
        return [*self.inputs, *outputs, *(word for change in changes for word in ("--set", change))]

    def train(self, name: str, *changes: str) -> int:
        return main(STAGE, run, self.command(name, *changes))

    def killed(self, name: str, point: str) -> int:
        """Exit status of the same command in a process of its own that dies at `point`."""
        command = [sys.executable, "-m", "pipeline.stages.train", *self.command(name)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "WENYUAN_KILL_AT": point}
        return subprocess.run(command, cwd=self.folder, env=environment, check=False, timeout=300).returncode

    def bytes(self, name: str) -> dict[str, str]:
        """Path -> sha256 of everything the run published."""
        top = self.folder / name
        files = sorted(path for path in top.rglob("*") if path.is_file())
        return {str(path.relative_to(top)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Inputs and one undisturbed run of ten steps, `whole`."""
    folder = tmp_path_factory.mktemp("train")
    made = Run(folder, write_inputs(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert made.train("whole") == 0
    return made


@pytest.fixture(autouse=True)
def _in_folder(trained, monkeypatch):
    monkeypatch.chdir(trained.folder)


@pytest.mark.parametrize(
    ("point", "resumes"),
    [
        ("train.step:7", "going on after step 5"),
        ("train.during_checkpoint", "of 8\n"),
        ("train.before_publish", "going on after step 10"),
    ],
)
def test_a_killed_run_ends_with_the_bytes_of_an_undisturbed_one(trained, capfd, point, resumes):
    name = point.replace(":", "-")
    assert trained.killed(name, point) == -9
    assert not (trained.folder / name / "model").exists()
    capfd.readouterr()
    assert trained.train(name) == 0
    assert resumes in capfd.readouterr().out
    assert trained.bytes(name) == trained.bytes("whole")
    assert list((trained.folder / ".scratch" / "train").iterdir()) == []


def test_what_a_run_of_another_configuration_left_goes_too(trained):
    assert trained.killed("abandoned", "train.after_checkpoint") == -9
    assert len(list((trained.folder / ".scratch" / "train").iterdir())) == 2
    assert trained.train("finished", "train.seed=44") == 0
    assert list((trained.folder / ".scratch" / "train").iterdir()) == []


def test_a_seed_changes_the_weights(trained):
    assert trained.train("seeded", "train.seed=43") == 0
    assert trained.bytes("seeded")["model/model.safetensors"] != trained.bytes("whole")["model/model.safetensors"]


def test_metrics_hold_ledger_and_losses_and_no_timings(trained):
    metrics = json.loads((trained.folder / "whole" / "train.json").read_text())
    parameters = sum(weight.numel() for weight in GPT2LMHeadModel.from_pretrained("whole/model").parameters())
    train_loss, validation_loss = metrics.pop("train_loss"), metrics.pop("validation_loss")
    nothing = {"in": 0, "out": 0, "dropped": {}, "removed": {}, "added": {}}
    # 4 × (14 + 13 + 13 + 8 characters and 4 ends) = 208 targets in 26 blocks; 10 steps of 8 blocks: 3.0769 epochs
    assert metrics == {
        "unit": "block", "in": 26, "used": 26, "dropped": {}, "out": 1, "parts": 26, "characters": nothing,
        "steps": 10, "epochs": 3.0769, "positions": 640, "tokens": 640, "parameters": parameters,
    }  # fmt: skip
    assert max(train_loss, validation_loss) < math.log(VOCABULARY)


def test_blocks_beyond_the_budget_are_ledgered(trained):
    assert trained.train("short", "train.steps=2", "train.warmup_steps=1") == 0
    metrics = json.loads((trained.folder / "short" / "train.json").read_text())
    assert [metrics[key] for key in ("in", "used", "dropped", "parts")] == [26, 16, {"BEYOND_BUDGET": 10}, 16]


def test_the_curve_has_a_row_where_something_was_measured(trained):
    rows = [line.split(",") for line in (trained.folder / "whole" / "curve.csv").read_text().splitlines()]
    assert rows[0] == ["step", "tokens", "train_loss", "validation_loss", "learning_rate"]
    assert [(row[0], row[1], bool(row[3]), row[4]) for row in rows[1:]] == [
        ("5", "320", False, "0.02"),
        ("10", "640", True, "0.002"),
    ]


def test_transformers_alone_loads_the_folder(trained):
    tokenizer = AutoTokenizer.from_pretrained("whole/model")
    model = AutoModelForCausalLM.from_pretrained("whole/model")
    assert (model.config.bos_token_id, model.config.eos_token_id, model.config.pad_token_id) == (0, 0, 1)
    assert (model.generation_config.bos_token_id, model.generation_config.pad_token_id) == (0, 1)
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (0, 0, 1)
    assert tokenizer.model_max_length == CONTEXT
    assert model.config.n_positions == CONTEXT and model.config.vocab_size == len(tokenizer)
    published = "".join(path.read_text() for path in Path("whole/model").glob("*.json"))
    assert str(trained.folder) not in published and "_name_or_path" not in published


@pytest.fixture(scope="module")
def base_model(trained):
    """base/model: random GPT-2 of the smoke shape with 100 tokens."""
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=100, n_positions=16, n_embd=32, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    GPT2LMHeadModel(config).save_pretrained(trained.folder / "base" / "model")


@pytest.mark.usefixtures("base_model")
def test_it_goes_on_from_the_base_model(trained):
    small_rates = ("train.lr=1e-9", "train.muon_lr=1e-9", "train.weight_decay=0")
    assert trained.train("tuned", "train.init=pretrained", *small_rates) == 0
    old = GPT2LMHeadModel.from_pretrained("base/model").state_dict()
    new = GPT2LMHeadModel.from_pretrained("tuned/model").state_dict()
    torch.testing.assert_close(new["transformer.h.1.mlp.c_fc.weight"], old["transformer.h.1.mlp.c_fc.weight"])
    torch.testing.assert_close(new["transformer.wte.weight"][4], old["transformer.wte.weight"][8])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["train.init=pretrained", "model.layers=3"], "model.layers is 3, but the base model in"),
        (["train.lr=abc"], "train.lr: Value 'abc' of type 'str' could not be converted to Float"),
        (["train.device=cuda"], "train.device=cuda, but torch sees no CUDA device"),
        (["train.muon_lr=null"], "optimizer muon needs muon_lr, which is null"),
        (["train.lr=1e30", "train.clip=null"], "the run has diverged"),
    ],
)
@pytest.mark.usefixtures("base_model")
def test_what_is_wrong_is_named(trained, capsys, monkeypatch, changes, message):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert trained.train("wrong", *changes) == 2
    assert message in capsys.readouterr().err


def test_a_tokenizer_that_is_not_the_packs_is_refused(trained, capsys):
    facts = json.loads(Path("pack/pack.json").read_text())
    other = trained.folder / "other"
    (other / "train").mkdir(parents=True)
    (other / "validation").mkdir()
    for part in ("train", "validation"):
        (other / part / "00000.arrow").write_bytes(Path(f"pack/{part}/00000.arrow").read_bytes())
    (other / "pack.json").write_text(json.dumps({**facts, "vocab_size": 7}))
    command = [word.replace(str(trained.folder / "pack"), str(other)) for word in trained.command("refused")]
    assert main(STAGE, run, command) == 2
    assert f"has {facts['vocab_size']} tokens, the pack was made with 7" in capsys.readouterr().err
