"""Scores of the model: every token once, whatever the batch, whatever the window."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.benchmarks.figures import Score
from pipeline.benchmarks.language_model import LanguageModel, Request, load_language_model
from pipeline.benchmarks.samples import continuations
from pipeline.benchmarks.sliding_windows import document_scores, windows
from pipeline.contract.document import Document
from pipeline.core.errors import ConfigError, SourceError
from pipeline.schema.device import Device
from pipeline.schema.evaluate import SamplesConfig
from tests.benchmarks.tiny_model import TEXTS, write_model

SAMPLES = SamplesConfig(["我想", "今天"], 8, 0.9, 0, 1.0, 1.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return load_language_model(write_model(tmp_path_factory.mktemp("model")), Device.cpu, 256)


def test_windows_score_each_token_once_with_a_full_context() -> None:
    found = [
        (list(request.inputs), list(request.places), list(request.targets))
        for request in windows([11, 12, 13, 14, 15, 16, 17], 10, context=4, stride=2)
    ]
    assert found == [
        ([10, 11, 12, 13], [0, 1, 2, 3], [11, 12, 13, 14]),
        ([12, 13, 14, 15], [2, 3], [15, 16]),
        ([13, 14, 15, 16], [3], [17]),
    ]


def test_a_short_document_is_one_window() -> None:
    (request,) = windows([11, 12], 10, context=4, stride=2)
    assert (list(request.inputs), list(request.places), list(request.targets)) == ([10, 11], [0, 1], [11, 12])


def test_scores_are_the_models_own_log_softmax(model: LanguageModel) -> None:
    ids = [*model.encode("今天天气好。"), model.eos]
    with torch.inference_mode():
        logits = model.model(torch.tensor([[model.bos, *ids[:-1]]])).logits[0].float().log_softmax(-1)
    expected = sum(float(logits[place, id]) for place, id in enumerate(ids))
    assert document_scores(model, ["今天天气好。"], 16) == ([pytest.approx(expected, rel=1e-5)], [len(ids)])


def test_the_batch_size_does_not_change_the_scores(model: LanguageModel) -> None:
    texts = [*TEXTS, "好", "这本书很好，" * 20, "今" * 31]
    alone, counts = document_scores(replace(model, batch_tokens=1), texts, 16)
    together, same = document_scores(replace(model, batch_tokens=4096), texts, 16)
    assert counts == same
    assert together == pytest.approx(alone, rel=1e-5)


def test_several_targets_at_one_place_share_a_pass(model: LanguageModel) -> None:
    both = model.score([Request([model.bos], [0, 0], [5, 6])])[0]
    assert both == pytest.approx(
        [float(model.score([Request([model.bos], [0], [id])])[0][0]) for id in (5, 6)], rel=1e-5
    )
    everything = model.score([Request([model.bos], [0] * 300, range(300))])[0]
    assert np.exp(everything).sum() == pytest.approx(1, abs=1e-5)


def test_a_literal_end_mark_is_text(model: LanguageModel) -> None:
    assert model.bos not in model.encode("他写了<s>三个字")
    assert model.decode([model.bos, *model.encode("他写了<s>三个字"), model.eos]) == "他写了<s>三个字"


def test_bits_are_counted_by_character_byte_and_token() -> None:
    score = Score()
    text = "好a"
    score.add(Document("0" * 32, "s", "u", None, text, None, "unknown", "review", "und", None, 1), 8.0, 4)
    figures = score.to_json()
    assert (figures["bits_per_character"], figures["bits_per_byte"], figures["perplexity"]) == (4.0, 2.0, 4.0)


def test_samples_are_the_same_at_every_run_and_each_prompt_has_its_own_seed(model: LanguageModel) -> None:
    rows = continuations(model, SAMPLES, 42)
    assert continuations(model, SAMPLES, 42) == rows
    assert [row["seed"] for row in rows] == [42, 43]
    assert continuations(model, replace(SAMPLES, prompts=["我想"]), 42) == rows[:1]
    assert continuations(model, replace(SAMPLES, prompts=["我想"]), 1)[0]["text"] != rows[0]["text"]


def test_a_sample_ends_where_the_context_is_full(model: LanguageModel) -> None:
    prompt = "今" * 8
    taken = len(model.encode(prompt)) + 1
    (row,) = continuations(model, replace(SAMPLES, prompts=[prompt], max_new_tokens=500), 3)
    assert taken < 32 and row["ended"] == "context"
    with pytest.raises(ConfigError, match="context is 32"):
        continuations(model, replace(SAMPLES, prompts=["今" * 40]), 3)


def test_uniform_weights_give_the_logarithm_of_the_vocabulary(model: LanguageModel) -> None:
    size = model.model.config.vocab_size
    for weight in (parameters := dict(model.model.named_parameters())).values():
        assert weight.dtype == torch.float32
    kept = parameters["transformer.wte.weight"].detach().clone()
    with torch.no_grad():
        parameters["transformer.wte.weight"].zero_()
    try:
        totals, counts = document_scores(model, ["今天"], 16)
    finally:
        with torch.no_grad():
            parameters["transformer.wte.weight"].copy_(kept)
    assert totals == pytest.approx([-counts[0] * math.log(size)])


def test_a_folder_without_weights_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"config\.json: no such file; run train"):
        load_language_model(tmp_path, Device.cpu, 256)
