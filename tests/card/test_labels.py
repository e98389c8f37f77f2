"""The card's words: each figure of train and each hyperparameter has a Chinese name of its own."""

import json
from dataclasses import fields
from pathlib import Path

from pipeline.card import labels
from pipeline.card.page import PRINTED
from pipeline.reporting.page import plain_figures
from pipeline.schema.config import Config
from pipeline.schema.evaluate import SamplesConfig

ROOT = Path(__file__).resolve().parents[2]


def test_every_printed_hyperparameter_has_a_name_that_no_other_has() -> None:
    sections = Config.__annotations__
    keys = {f"{section}.{field.name}" for section in PRINTED for field in fields(sections[section])}
    assert set(labels.HYPERPARAMETERS) == keys
    assert len(set(labels.HYPERPARAMETERS.values())) == len(keys)


def test_every_figure_of_training_has_a_name() -> None:
    metrics = json.loads((ROOT / "metrics/train.json").read_text(encoding="utf-8"))
    assert set(plain_figures(metrics)) == set(labels.FIGURES)


def test_every_setting_of_the_samples_has_a_name() -> None:
    assert {field.name for field in fields(SamplesConfig)} - {"prompts"} == set(labels.SAMPLING)


def test_a_key_below_a_named_one_is_told_beside_it_and_an_unknown_one_as_it_is() -> None:
    assert labels.named(labels.HYPERPARAMETERS, "train.lr") == "学习率"
    assert labels.named(labels.HYPERPARAMETERS, "model.arguments.rope.theta") == "结构的其他参数：`rope.theta`"
    assert labels.named(labels.HYPERPARAMETERS, "nonesuch.key") == "`nonesuch.key`"
