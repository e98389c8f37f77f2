"""conf/ composes: params.yaml is what it says, every experiment and group option has all its values."""

from itertools import zip_longest
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.core.errors import ConfigError
from pipeline.schema.config import Config

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = {name: kind for name, kind in Config.__annotations__.items() if name != "seed"}
EXPERIMENTS = sorted(path.stem for path in (ROOT / "conf" / "experiment").glob("*.yaml"))
FRAGMENTS = {"train=base"}
"""What other options begin with, without values that each names itself."""
GROUPS = {
    folder.name: sorted({f"{folder.name}={path.stem}" for path in folder.glob("*.yaml")} - FRAGMENTS)
    for folder in sorted((ROOT / "conf").iterdir())
    if folder.is_dir() and folder.name != "experiment"
}
TOGETHER = [tuple(filter(None, row)) for row in zip_longest(*GROUPS.values())]
"""Each option of each group once, one of every group at a time: Hydra needs seconds for each composition."""


def load_all(overrides: list[str]) -> None:
    params = OmegaConf.create(OmegaConf.to_yaml(compose_params(overrides)))
    for name, schema in SECTIONS.items():
        load_section(params, name, schema)


def test_params_yaml_is_what_conf_composes_to():
    composed = OmegaConf.to_yaml(compose_params())
    assert (ROOT / "params.yaml").read_text(encoding="utf-8") == composed


def test_the_committed_params_are_the_laptop_experiment():
    assert OmegaConf.to_yaml(compose_params(["experiment=laptop"])) == OmegaConf.to_yaml(compose_params())


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_composes_with_every_value_set(experiment):
    load_all([f"experiment={experiment}"])


@pytest.mark.parametrize("options", TOGETHER, ids=" ".join)
def test_every_group_option_composes_with_every_value_set(options):
    load_all(list(options))


def test_a_fragment_alone_is_refused_with_what_it_lacks():
    with pytest.raises(ConfigError, match=r"train\.accumulation has no value; set it in conf/train/"):
        load_all(["train=base"])


def test_experiments_smoke_laptop_long_and_gpu_exist():
    assert {"smoke", "laptop", "long", "gpu"} <= set(EXPERIMENTS)


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("train.lr=abc", "lr"),
        ("train.learning_rate_typo=1", "learning_rate_typo"),
        ("tokenizer=nonesuch", "nonesuch"),
        ("dedup.threshold=1.5", "threshold"),
        ("engine.kind=spark", "kind"),
    ],
)
def test_a_wrong_override_is_named(override, named):
    with pytest.raises(ConfigError, match=named):
        load_all([override])


def test_conf_does_not_read_the_environment():
    # A value from the environment would change results without a trace in params.yaml.
    reading = [str(path) for path in sorted((ROOT / "conf").rglob("*.yaml")) if "oc.env" in path.read_text("utf-8")]
    assert reading == []
