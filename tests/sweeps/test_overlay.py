"""A winner's params.yaml as an experiment of conf/: composed again, it is the same to the byte."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf

from pipeline.core.compose import CONF, compose_params
from pipeline.core.errors import ConfigError
from pipeline.sweeps.overlay import ABSENT, Overlay, differences, overlay_of


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A copy of conf/, to write experiments into."""
    return Path(shutil.copytree(CONF, tmp_path / "conf"))


def composed(overrides: list[str], conf: Path = CONF) -> str:
    return OmegaConf.to_yaml(compose_params(overrides, conf))


def written(overrides: list[str], conf: Path) -> dict:
    """The overlay for what these overrides compose to, as YAML; composing it must give the same text."""
    wanted = composed(overrides, conf)
    overlay = overlay_of(wanted, ["the best"], conf.parent / "scratch", conf)
    (conf / "experiment/best.yaml").write_text(overlay.text(), encoding="utf-8")
    assert overlay.text().startswith("# @package _global_\n# the best\n")
    assert composed(["experiment=best"], conf) == wanted
    return yaml.safe_load(overlay.text())


def test_another_method_and_rate_are_an_option_and_one_value(conf):
    assert written(["tokenizer=wordlist", "train.lr=0.01"], conf) == {
        "defaults": [{"override /tokenizer": "wordlist"}],
        "train": {"lr": 0.01},
    }


def test_a_sweep_over_another_experiment_takes_that_one_s_options_and_values_along(conf):
    found = written(["experiment=smoke", "tokenizer=wordlist", "train.lr=1e-05", "train.steps=10"], conf)
    options = {key: value for row in found["defaults"] for key, value in row.items()}
    assert options == {f"override /{group}": name for group, name in {
        "corpus": "smoke", "tokenizer": "wordlist", "model": "gpt2_smoke", "train": "smoke",
    }.items()}  # fmt: skip
    assert found["train"] == {"lr": 1e-05, "steps": 10}
    assert found["pack"] == {"context": 32}


def test_the_default_is_an_empty_overlay(conf):
    assert written([], conf) == {}


def test_values_that_repeat_another_follow_it_and_stand_alone_only_if_set_apart(conf):
    # train.threads is repeated in evaluate and in the report, seed in five sections
    assert written(["seed=7", "train.threads=3", "evaluate.seed=8"], conf) == {
        "seed": 7,
        "train": {"threads": 3},
        "evaluate": {"seed": 8},
    }


def test_an_option_that_yaml_would_take_for_a_truth_value_is_quoted(conf):
    assert "  - override /wiki: 'off'\n" in Overlay([], {"wiki": "off"}).text()
    assert written(["wiki=off", "wiki.enabled=false"], conf) == {"defaults": [{"override /wiki": "off"}]}


def test_chinese_nulls_and_lists_are_values(conf):
    changes = [
        "tokenizer.more=['<甲>','<乙>']",
        "train.max_loss_ratio=null",
        "wiki.languages={zh: '汉语'}",
        "pack.context=64",
    ]
    assert written(changes, conf) == {
        "wiki": {"languages": {"zh": "汉语"}},
        "tokenizer": {"more": ["<甲>", "<乙>"]},
        "pack": {"context": 64},
        "train": {"max_loss_ratio": None},
    }


def test_params_of_another_state_of_conf_are_refused_by_name(conf):
    wanted = re.sub(r"  warmup_steps: \d+\n", "", composed([], conf))
    with pytest.raises(ConfigError, match=r"params\.yaml has no train\.warmup_steps"):
        overlay_of(wanted, [], conf.parent / "scratch", conf)


def test_a_key_that_conf_does_not_know_is_refused_by_name(conf):
    wanted = re.sub(r"(  warmup_steps: \d+\n)", r"\1  warm_down_steps: 5\n", composed([], conf))
    with pytest.raises(ConfigError, match="warm_down_steps"):
        overlay_of(wanted, [], conf.parent / "scratch", conf)


def test_differences_are_leaves_with_their_wanted_value():
    composed = {"a": {"b": 1, "c": [1, 2], "d": 1}, "e": True, "f": {}}
    target = {"a": {"b": 1.0, "c": [1, 2], "g": None}, "e": True, "f": {"h": 1}}
    assert differences(composed, target) == [
        (("a", "b"), 1.0),
        (("a", "d"), ABSENT),
        (("a", "g"), None),
        (("f",), {"h": 1}),
    ]
