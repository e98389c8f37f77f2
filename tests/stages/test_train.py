"""train: the same bytes after a kill, a folder that transformers loads alone, clear errors."""

import hashlib
import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel, pipeline

from pipeline.core.stage import main
from pipeline.stages.train import STAGE, run
from pipeline.tokens.blocks import open_blocks
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

    def start(self, name: str, *changes: str, kill_at: str = "") -> "subprocess.Popen[str]":
        """The same command in a process of its own, which dies at a point."""
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline.stages.train", *self.command(name, *changes)],
            cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT), "WENYUAN_KILL_AT": kill_at},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def killed(self, name: str, point: str, *changes: str) -> int:
        """Its exit status; with several ranks that of torchrun."""
        process = self.start(name, *changes, kill_at=point)
        process.communicate(timeout=300)
        return process.returncode

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
        pytest.param("train.during_checkpoint", "of 8\n", marks=pytest.mark.acceptance),
        pytest.param("train.before_publish", "going on after step 10", marks=pytest.mark.acceptance),
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


def test_a_run_that_ends_leaves_a_stopped_one_its_checkpoints(trained, capfd):
    assert trained.killed("stopped", "train.after_checkpoint", "train.seed=45") == -9
    assert trained.train("finished", "train.seed=44") == 0
    capfd.readouterr()
    assert trained.train("stopped", "train.seed=45") == 0
    assert "going on after step 5" in capfd.readouterr().out
    assert list((trained.folder / ".scratch" / "train").iterdir()) == []


def test_a_seed_changes_the_weights(trained):
    assert trained.train("seeded", "train.seed=43") == 0
    assert trained.bytes("seeded")["model/model.safetensors"] != trained.bytes("whole")["model/model.safetensors"]


def test_metrics_hold_ledger_and_losses_and_no_timings(trained):
    metrics = json.loads((trained.folder / "whole" / "train.json").read_text())
    parameters = sum(weight.numel() for weight in GPT2LMHeadModel.from_pretrained("whole/model").parameters())
    train_loss, validation_loss = metrics.pop("train_loss"), metrics.pop("validation_loss")
    bits = metrics.pop("validation_bits_per_character")
    nothing = {"in": 0, "out": 0, "dropped": {}, "removed": {}, "added": {}}
    # 4 × (14 + 13 + 13 + 8 characters and 4 ends) = 208 targets in 26 blocks; 10 steps of 8 blocks: 3.0769 epochs
    assert metrics == {
        "unit": "block", "in": 26, "used": 26, "dropped": {}, "out": 1, "parts": 26, "characters": nothing,
        "steps": 10, "epochs": 3.0769, "positions": 640, "tokens": 640, "parameters": parameters,
        "text_share": 1.0, "skipped_steps": 0, "mixture": {"whole": {"news": 0.4875, "reviews": 0.5125}},
    }  # fmt: skip
    # Four texts of 48 characters and 4 ends, all of them targets.
    assert bits == pytest.approx(validation_loss / math.log(2), abs=1e-5)
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


@pytest.mark.usefixtures("trained")
def test_clients_find_the_context_by_every_name_and_sample_within_it():
    """llama.cpp and MLX read n_ctx; a pipeline of transformers asks for 256 tokens unless max_length stands there."""
    assert json.loads(Path("whole/model/config.json").read_text())["n_ctx"] == CONTEXT
    generation = AutoModelForCausalLM.from_pretrained("whole/model").generation_config
    assert (generation.max_length, generation.do_sample, generation.eos_token_id) == (CONTEXT, True, 0)
    sampling = OmegaConf.load(ROOT / "conf/generate/default.yaml").sampling
    for name, value in sampling.items():
        assert (getattr(generation, name) or 0) == value
    write = pipeline("text-generation", model="whole/model")
    for seed in range(5):
        torch.manual_seed(seed)
        assert write("我想")[0]["generated_text"].startswith("我想")


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
        (["train.lr=1e30", "train.clip=null"], "the run has diverged; there is no checkpoint yet"),
        (["train.ranks=3"], "accumulation 2 is not a multiple of ranks 3"),
        (["model.config_class=Lama"], "model.config_class: transformers has no configuration Lama"),
        (["model.arguments={kv: 2}"], "model.arguments: GPT2Config of transformers knows no kv"),
        (["model.arguments={n_layer: 3}"], "model.arguments.n_layer: another key of model, pack or the tokenizer"),
        (["model.arguments={dtype: bfloat16}"], "model.arguments.dtype: another key"),
        (["model.arguments={layer_norm_epsilon: x}"], "model: GPT2Config refuses its arguments"),
        (
            ["model.config_class=OPTConfig", "model.inner=64"],
            "OPTConfig has no intermediate_size",
        ),
        (["model.config_class=MambaConfig"], "has no max_position_embeddings, which conf/model must set"),
        (["model.config_class=CLIPConfig"], "model.config_class: CLIPConfig has no vocab_size"),
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


def loss_by_hand(part: str, apart: bool) -> float:
    """Mean loss of masked/model in nats over the targets of a part; `apart`: each document of a block read alone."""
    model = AutoModelForCausalLM.from_pretrained("masked/model").eval()
    losses = []
    for block in torch.from_numpy(open_blocks(Path("pack", part))[np.arange(26 if part == "train" else 7)]):
        starts = [0, *(place for place in range(1, CONTEXT) if apart and block[place] == 0)]
        for start, end in zip(starts, [*starts[1:], CONTEXT], strict=True):
            with torch.no_grad():
                logits = model(input_ids=block[None, start:end]).logits[0]
            targets = block[start + 1 : end + 1]
            losses.append(cross_entropy(logits, targets.masked_fill(targets == 1, -100), reduction="none"))
    counted = torch.cat(losses)
    return float(counted[counted > 0].mean())


def test_under_document_mask_a_block_is_learnt_and_scored_as_its_documents_read_alone(trained):
    """One step over all 26 blocks at a rate of next to nothing: its losses are those of the published weights."""
    still = ("train.steps=1", "train.batch_size=13", "train.warmup_steps=0", "train.lr=1e-9", "train.muon_lr=1e-9")
    shape = ("model.dropout=0", "model.init_std=0.3", "train.weight_decay=0")
    assert trained.train("masked", "train.document_mask=true", *still, *shape) == 0
    metrics = json.loads(Path("masked/train.json").read_text())
    for part in ("train", "validation"):
        assert metrics[f"{part}_loss"] == pytest.approx(loss_by_hand(part, apart=True), rel=1e-4)
        assert metrics[f"{part}_loss"] != pytest.approx(loss_by_hand(part, apart=False), rel=1e-3)


def losses(name: str) -> list[list[float]]:
    rows = [line.split(",") for line in Path(name, "curve.csv").read_text().splitlines()[1:]]
    return [[float(value or "nan") for value in row] for row in rows]


TWO = ("train.ranks=2", "train.steps=6", "train.checkpoint_steps=2", "train.log_steps=2")
ONE = ("train.ranks=1", *TWO[1:])


@pytest.fixture(scope="module")
def shared(trained):
    """Two ranks and one on the same global batch, dropout among the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(trained.folder)
        assert trained.train("alone", *ONE) == 0
        process = trained.start("pair", *TWO)
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, out + err
        assert "cpu, 1 threads, 2 processes, fp32" in out
        assert out.count("train: step 6/6") == 1
    return trained


@pytest.mark.usefixtures("shared")
def test_two_ranks_give_the_curve_of_one_to_rounding():
    torch.testing.assert_close(
        torch.tensor(losses("pair")), torch.tensor(losses("alone")), rtol=1e-5, atol=0, equal_nan=True
    )
    pair, alone = (json.loads(Path(name, "train.json").read_text()) for name in ("pair", "alone"))
    assert pair["mixture"] == alone["mixture"] and pair["tokens"] == alone["tokens"]


@pytest.mark.acceptance  # one rank in make test
@pytest.mark.parametrize("point", ["train.step:3", "train.during_checkpoint"])
def test_two_ranks_that_were_killed_end_with_the_bytes_of_two_undisturbed_ones(shared, point):
    name = f"pair-{point.replace(':', '-')}"
    assert shared.killed(name, point, *TWO) != 0
    assert not Path(name, "model").exists()
    out, err = shared.start(name, *TWO).communicate(timeout=300)
    assert (point == "train.step:3") == ("going on after step 2" in out), out + err
    assert shared.bytes(name) == shared.bytes("pair")


def test_sigterm_saves_and_the_same_command_goes_on_to_the_same_bytes(trained, capfd):
    long = ("train.steps=120", "train.checkpoint_steps=100000", "train.log_steps=1", "train.validation_steps=100000")
    process = trained.start("asked", *long)
    assert process.stdout is not None and process.stderr is not None
    for line in process.stdout:
        if "train: step 5/" in line:
            process.terminate()
            break
    process.communicate(timeout=120)
    assert process.returncode == 2
    (kept,) = Path(".scratch/train").glob("*/*.pt")
    assert 5 <= int(kept.name[:8]) < 120
    capfd.readouterr()
    assert trained.train("asked", *long) == 0
    assert f"going on after step {int(kept.name[:8])}" in capfd.readouterr().out
    assert trained.train("unasked", *long) == 0
    assert trained.bytes("asked")["model/model.safetensors"] == trained.bytes("unasked")["model/model.safetensors"]


def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_ends_with_the_same_bytes(trained, capfd):
    changes = ("train.checkpoint_steps=2",)
    assert trained.killed("damaged", "train.step:7", *changes) == -9
    newest = max(Path(".scratch/train").glob("*/*.pt"))
    newest.write_bytes(newest.read_bytes()[:-100])
    capfd.readouterr()
    assert trained.train("damaged", *changes) == 0
    out = capfd.readouterr().out
    assert "checkpoint of step 6 is damaged" in out and "going on after step 4" in out
    assert trained.bytes("damaged")["model/model.safetensors"] == trained.bytes("whole")["model/model.safetensors"]


WILD = ("train.max_loss_ratio=1.0001", "train.lr=1", "train.muon_lr=1", "train.warmup_steps=2")


def test_a_step_that_explodes_is_skipped_and_counted(trained, capfd):
    assert trained.train("skipping", "train.bad_step=skip", *WILD) == 0
    metrics = json.loads(Path("skipping/train.json").read_text())
    assert 1 <= metrics["skipped_steps"] <= 9
    assert metrics["tokens"] == 640 - 64 * metrics["skipped_steps"]
    assert f"{metrics['skipped_steps']} in all: loss" in capfd.readouterr().out


def test_a_run_that_no_batch_is_to_blame_for_ends_even_where_steps_are_skipped(trained, capsys):
    broken = ("train.bad_step=skip", "train.lr=1e30", "train.muon_lr=1e30", "train.clip=null", "train.warmup_steps=0")
    assert trained.train("hopeless", "train.steps=30", "train.validation_steps=30", *broken) == 2
    assert "the run has diverged" in capsys.readouterr().err


def test_a_model_whose_validation_loss_is_no_number_is_not_published(trained, capsys):
    last = ("train.lr=1e30", "train.muon_lr=1e30", "train.clip=null", "train.warmup_steps=0", "train.steps=1")
    assert trained.train("broken", *last, "train.decay_share=0", "train.schedule=wsd") == 2
    assert "step 1: validation loss nan" in capsys.readouterr().err
    assert not Path("broken/model").exists()


def test_a_loss_that_explodes_stops_the_run_with_what_is_needed(trained, capsys):
    assert trained.train("exploding", *WILD) == 2
    message = capsys.readouterr().err
    assert "is above 1.0001 times the late mean" in message and "gradient norm" in message
    assert "there is no checkpoint yet" in message


def phases(*parts: str) -> str:
    return f"train.phases=[{','.join(parts)}]"


def phase(name: str, steps: int, mixture: str) -> str:
    return (
        f"{{name: {name}, steps: {steps}, mixture: {mixture}, peak: 1.0, schedule: wsd, warmup_steps: 1, "
        "decay_share: 0.5, final_share: 0.1}"
    )


def test_phases_draw_their_mixtures_and_report_what_was_drawn(trained):
    parts = phases(phase("中文", 4, "{news: 1}"), phase("混合", 6, '{news: 1, "rev*": 3}'))
    assert trained.train("phased", parts) == 0
    mixture = json.loads(Path("phased/train.json").read_text())["mixture"]
    assert mixture["中文"] == {"news": 1.0}
    assert mixture["混合"] == pytest.approx({"news": 0.25, "reviews": 0.75}, abs=0.05)
    rates = {int(row[0]): row[4] for row in losses("phased")}
    assert rates[10] == pytest.approx(0.002)


@pytest.mark.parametrize(
    "wrong", [phases(phase("one", 4, "{news: 1}")), phases(phase("one", 10, "{wiki: 1}"))], ids=["steps", "source"]
)
def test_phases_that_do_not_fit_are_refused(trained, capsys, wrong):
    assert trained.train("unfit", wrong) == 2
    assert "phases" in capsys.readouterr().err


def test_a_llama_trains_and_loads_by_its_configuration_class(trained):
    llama = (
        "model.config_class=LlamaConfig", "model.arguments={num_key_value_heads: 1}", "model.activation=silu",
        "model.dropout=0", "model.inner=48", "train.document_mask=true",
    )  # fmt: skip
    assert trained.train("llama", *llama) == 0
    model = AutoModelForCausalLM.from_pretrained("llama/model")
    assert (model.config.model_type, model.config.num_key_value_heads) == ("llama", 1)
    assert model.config.intermediate_size == 48 and model.config.max_position_embeddings == CONTEXT
    assert AutoTokenizer.from_pretrained("llama/model").model_max_length == CONTEXT
    assert losses("llama")[-1][3] < math.log(VOCABULARY)


def test_live_logs_are_written_and_are_no_output(trained):
    assert trained.train("watched", "train.live=[dvclive]") == 0
    shown = list(Path("dvclive/plots/metrics").glob("*.tsv"))
    assert {path.stem for path in shown} >= {"loss", "bits_per_character", "tokens_per_second"}
    assert trained.bytes("watched") == trained.bytes("whole")
    rows = [line.split("\t") for line in Path("dvclive/plots/metrics/loss.tsv").read_text().splitlines()[1:]]
    seen = [(int(row[-2]), round(float(row[-1]), 4)) for row in rows]
    assert seen == [(int(row[0]), round(row[2], 4)) for row in losses("watched")]


@pytest.mark.parametrize("config_class", ["BertConfig", "DogeConfig"])
def test_an_architecture_in_which_tokens_see_later_ones_is_refused_or_made_causal(trained, capsys, config_class):
    """Bert is causal as a decoder; what leaks all the same must not train."""
    changes = (f"model.config_class={config_class}", "model.dropout=0", "model.inner=64", "model.activation=silu")
    status = trained.train(f"odd-{config_class}", *changes)
    error = capsys.readouterr().err
    assert status == 0 or ("a token sees later ones" in error or "fails on its first tokens" in error), error


@pytest.mark.parametrize(
    "config_class", ["Qwen3Config", "GemmaConfig", "MistralConfig", "GPTNeoXConfig", "OlmoConfig"]
)
def test_usual_architectures_train_from_conf_alone(trained, config_class):
    changes = (f"model.config_class={config_class}", "model.dropout=0", "model.inner=64", "model.activation=silu")
    assert trained.train(f"usual-{config_class}", *changes, "train.steps=4", "train.warmup_steps=1") == 0
    model = AutoModelForCausalLM.from_pretrained(f"usual-{config_class}/model")
    assert sum(weight.numel() for weight in model.parameters()) < 60_000


def test_one_line_and_no_traceback_where_a_rank_fails(trained):
    process = trained.start("failing", "train.ranks=2", "model.config_class=Lama")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "Traceback" not in out + err
    assert err.count("model.config_class: transformers has no configuration Lama") == 1
