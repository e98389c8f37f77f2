"""The largest forward pass that fits, with the step left as it is."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from pipeline.core.compose import CONF, chosen_option, compose_params
from pipeline.core.errors import ConfigError, RunError
from pipeline.sweeps.micro_batch import Choice, largest, try_out, write_choice
from tests.training.tiny_run import smoke_config

CONFIG = replace(smoke_config(), batch_size=4, accumulation=6, ranks=2)
"""24 blocks a step: 1, 2, 3, 4, 6 and 12 of them leave an even number of passes, and 24 would leave one rank idle."""


def test_the_largest_that_fits_and_leaves_the_step_as_it_is():
    tried = []

    def fits(size: int) -> bool:
        tried.append(size)
        return size < 7

    assert largest(CONFIG, fits, tried.append) == Choice(6, 4)
    assert [size for size in tried if isinstance(size, int)] == [1, 2, 3, 4, 6, 12]
    assert largest(CONFIG, lambda _: True, tried.append) == Choice(12, 2)


def test_a_model_that_does_not_fit_at_all_is_said():
    with pytest.raises(RunError, match="not even one block fits"):
        largest(CONFIG, lambda _: False, lambda _: None)


def test_the_choice_is_written_and_nothing_else_is_touched(tmp_path):
    path = tmp_path / "gpu.yaml"
    path.write_text("# 注释\nsteps: 10\nbatch_size: 16\naccumulation: 4\nlr: 0.1\n", encoding="utf-8")
    write_choice(path, Choice(64, 1))
    assert path.read_text(encoding="utf-8") == "# 注释\nsteps: 10\nbatch_size: 64\naccumulation: 1\nlr: 0.1\n"
    path.write_text("steps: 10\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has no line `batch_size: …`"):
        write_choice(path, Choice(64, 1))


@pytest.mark.parametrize("option", sorted({path.stem for path in (CONF / "train").glob("*.yaml")} - {"base"}))
def test_every_option_has_both_lines_of_its_own(tmp_path, option):
    """Not in what the options share: the choice for one run must not change another."""
    path = Path(shutil.copy(CONF / "train" / f"{option}.yaml", tmp_path))
    write_choice(path, Choice(7, 3))
    assert {"batch_size: 7", "accumulation: 3"} <= set(path.read_text(encoding="utf-8").splitlines())


def test_the_file_is_the_experiments_option():
    assert chosen_option("train", ["experiment=gpu"]) == "gpu"
    assert chosen_option("train") == "laptop"


def test_two_real_steps_of_the_smoke_model_fit_and_a_mad_one_does_not(tmp_path, monkeypatch):
    params = compose_params(["experiment=smoke"])
    (tmp_path / "params.yaml").write_text(OmegaConf.to_yaml(params), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(__file__).rsplit("/tests/", 1)[0])
    assert try_out(tmp_path / "params.yaml", tmp_path / "tokenizer", 4)
    assert not try_out(tmp_path / "params.yaml", tmp_path / "tokenizer", 10**9)
