"""A value that cannot be meant is refused where it is read, and the message holds it."""

from copy import deepcopy
from pathlib import Path

import pytest
from omegaconf import DictConfig, OmegaConf

from pipeline.core.config import load_section
from pipeline.core.errors import ConfigError
from pipeline.schema.config import Config

ROOT = Path(__file__).resolve().parents[2]
PARAMS = OmegaConf.load(ROOT / "params.yaml")


@pytest.fixture
def params() -> DictConfig:
    found = deepcopy(PARAMS)
    assert isinstance(found, DictConfig)
    return found


def load(params: DictConfig, key: str, value: object) -> None:
    section = key.partition(".")[0]
    OmegaConf.update(params, key, value, merge=False)
    load_section(params, section, Config.__annotations__[section])


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("train.lr", [0, -0.1, float("inf"), float("nan")]),
        ("train.muon_lr", [0, -0.1, float("inf")]),
        ("train.momentum", [1, -0.1]),
        ("train.beta1", [1, -0.1]),
        ("train.beta2", [1, -0.1, float("nan")]),
        ("train.clip", [-1, float("nan")]),
        ("train.weight_decay", [-0.1, float("inf")]),
        ("train.seed", [-1]),
        ("train.steps", [0]),
        ("train.batch_size", [0]),
        ("train.accumulation", [0]),
        ("train.log_steps", [0]),
        ("train.checkpoint_steps", [0]),
        ("train.validation_steps", [0]),
        ("train.validation_blocks", [0]),
        ("train.threads", [0]),
        ("train.decay_share", [-0.1, 1.1]),
        ("train.final_share", [-0.1, 1.1]),
        ("model.layers", [0]),
        ("model.heads", [0, 3]),
        ("model.width", [0, 255]),
        ("model.inner", [0]),
        ("model.dropout", [-0.1, 1]),
        ("model.init_std", [0, -0.02, float("inf")]),
        ("dedup.bands", [0, 256]),
        ("dedup.rows", [0]),
        ("dedup.shingle_chars", [0]),
        ("dedup.max_comparisons", [0]),
        ("dedup.threshold", [0, 1.1]),
        ("dedup.seed", [-1]),
        ("split.validation", [-0.1, 1]),
        ("split.test", [-0.1, 1]),
        ("split.task", [-0.1, 1]),
        ("split.blocks.article", [0]),
        ("normalise.max_blank_lines", [-1]),
        ("evaluate.seed", [-1]),
        ("evaluate.threads", [0]),
        ("evaluate.batch_tokens", [0]),
        ("evaluate.ngram_max_characters", [0]),
        ("evaluate.stride_share", [0, 1.1]),
        ("evaluate.ngram_fallback.0", [0, 1.1]),
        ("evaluate.ngram_fallback.1", [0, 2.1]),
        ("evaluate.ngram_fallback.2", [-0.5, 3.1]),
        ("evaluate.sentiment.shots.1", [-2, 3]),
        ("evaluate.sentiment.max_examples", [0]),
        ("evaluate.sentiment.shot_max_chars", [0]),
        ("evaluate.sentiment.text_min_tokens", [0]),
        ("evaluate.sentiment.words.positive", ["", " "]),
        ("evaluate.samples.top_k", [-1]),
        ("evaluate.samples.top_p", [0, 1.1]),
        ("evaluate.samples.temperature", [0, -1]),
        ("evaluate.samples.repetition_penalty", [0, -1]),
        ("evaluate.samples.max_new_tokens", [0]),
        ("engine.workers", [-1]),
        ("pack.context", [1]),
        ("pack.shard_blocks", [0]),
        ("report.samples_per_reason", [-1]),
        ("report.tokens_shown", [-1]),
        ("report.templates_shown", [-1]),
        ("wiki.span_bytes", [10]),
        ("wiki.shard_chars", [10]),
        ("wiki.min_chars", [0]),
        ("wiki.template_max_chars", [-1]),
        ("wiki.list_titles", [["["]]),
        ("release.formats", [[], ["gguf"], ["safetensors", "safetensors"], ["onnx"]]),
        ("release.gguf_type", ["q4_0"]),
    ],
)
def test_values_outside_the_range_are_refused_with_the_value(
    params: DictConfig, key: str, values: list[object]
) -> None:
    for value in values:
        with pytest.raises(ConfigError) as caught:
            load(params, key, value)
        message = str(caught.value)
        assert message.startswith(f"params.yaml: {key.partition('.')[0]}: "), message
        assert str(value) in message, message


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("train.clip", [0, None]),
        ("train.momentum", [0]),
        ("train.weight_decay", [0]),
        ("train.validation_blocks", [1, None]),
        ("model.dropout", [0, 0.99]),
        ("model.inner", [1, None]),
        ("dedup.bands", [1, 255]),
        ("split.task", [0]),
        ("normalise.max_blank_lines", [0]),
        ("evaluate.ngram_fallback.2", [3]),
        ("evaluate.sentiment.shots.1", [0]),
        ("evaluate.sentiment.max_examples", [1, None]),
        ("evaluate.samples.top_k", [0]),
        ("evaluate.samples.top_p", [1]),
        ("evaluate.stride_share", [1]),
        ("engine.workers", [0]),
        ("report.samples_per_reason", [0]),
    ],
)
def test_the_ends_of_the_range_are_accepted(params: DictConfig, key: str, values: list[object]) -> None:
    for value in values:
        load(params, key, value)
