"""Few-shot sentiment: balanced examples, prompts that fit, honest figures."""

import math
from dataclasses import replace

import pytest
import torch

from pipeline.benchmarks.language_model import LanguageModel, load_language_model
from pipeline.benchmarks.prompts import FewShot, pick_shots
from pipeline.benchmarks.seeded_draw import drawn
from pipeline.benchmarks.sentiment import Answer, answer, summary, word_scores
from pipeline.contract.document import Document, document_id
from pipeline.core.errors import ConfigError
from pipeline.schema.device import Device
from pipeline.schema.evaluate import Calibration, SentimentConfig
from tests.benchmarks.tiny_model import write_model

TASK = SentimentConfig(
    template="评：{text}价：",
    separator="\n",
    words={"positive": "好", "negative": "差评"},
    shots=[0, 2, 4],
    shot_max_chars=6,
    text_min_tokens=4,
    calibration=Calibration.none,
    content_free="无",
    length_normalised=False,
    max_examples=None,
)


def review(text: str, label: str) -> Document:
    id = document_id("reviews", text)
    return Document(id, "reviews", f"u:{text}", None, text, None, "unknown", "review", "zh-Hans-CN", label, 1)


GOOD = [review(text, "positive") for text in ("房间很好", "书不错", "这本书写得实在太好了", "好看")]
BAD = [review(text, "negative") for text in ("服务差", "太小", "差")]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return load_language_model(write_model(tmp_path_factory.mktemp("model"), context=128), Device.cpu, 512)


def test_examples_are_short_balanced_and_nested() -> None:
    four = pick_shots([*GOOD, *BAD], TASK, 42)
    assert [shot.label for shot in four] == ["positive", "negative", "positive", "negative"]
    assert max(len(shot.text) for shot in four) <= 6
    assert pick_shots([*BAD, *reversed(GOOD)], TASK, 42) == four
    assert pick_shots([*GOOD, *BAD], replace(TASK, shots=[2]), 42) == four[:2]
    assert pick_shots([*GOOD, BAD[0]], TASK, 42)[2:] == []


def test_a_further_document_moves_no_other() -> None:
    order = drawn([*GOOD, *BAD], 42)
    assert [d for d in drawn([*GOOD, *BAD, review("新", "positive")], 42) if d.text != "新"] == order
    assert drawn([*GOOD, *BAD], 43) != order


def test_the_prompt_holds_the_examples_and_the_whole_template(model: LanguageModel) -> None:
    prompt = FewShot(model, TASK, [GOOD[1], BAD[0]], 2).ask("今天")
    assert prompt.ids[0] == model.bos
    assert model.decode(prompt.ids) == "评：书不错价：好\n评：服务差价：差评\n评：今天价："
    assert prompt.truncated is False


def test_a_long_review_is_cut_and_the_template_stays(model: LanguageModel) -> None:
    few_shot = FewShot(model, TASK, [], 0)
    prompt = few_shot.ask("酒店的房间太小。" * 20)
    text = model.decode(prompt.ids)
    assert prompt.truncated is True
    assert text.startswith("评：酒店的房间太小。") and text.endswith("价：")
    assert few_shot.room - 4 < len(prompt.ids) <= few_shot.room
    assert few_shot.room == 128 - (len(model.encode("差评")) - 1)


def test_examples_are_left_out_in_pairs_until_the_text_has_room(model: LanguageModel) -> None:
    examples = [GOOD[1], BAD[0], GOOD[3], BAD[1]]
    used = {room: FewShot(model, replace(TASK, text_min_tokens=room), examples, 4).used for room in (1, 40, 100)}
    assert used == {1: 4, 40: 2, 100: 0}
    with pytest.raises(ConfigError, match="in a context of 128"):
        FewShot(model, replace(TASK, template="评" * 140 + "{text}"), [], 0)


def test_a_words_score_is_its_probability_after_the_prompt(model: LanguageModel) -> None:
    prompt = FewShot(model, TASK, [], 0).ask("今天")
    words = {"positive": model.encode("好"), "negative": model.encode("差评")}
    (scores,) = word_scores(model, [prompt], words, length_normalised=False)
    for label, ids in words.items():
        with torch.inference_mode():
            logs = model.model(torch.tensor([prompt.ids + ids])).logits[0].log_softmax(-1)
        expected = sum(float(logs[len(prompt.ids) - 1 + n, id]) for n, id in enumerate(ids))
        assert scores[label] == pytest.approx(expected, rel=1e-4)
    (halved,) = word_scores(model, [prompt], words, length_normalised=True)
    assert halved["negative"] == pytest.approx(scores["negative"] / len(words["negative"]))


def test_calibration_takes_off_the_score_of_the_empty_text(model: LanguageModel) -> None:
    calibrated = replace(TASK, calibration=Calibration.content_free)
    (silent,) = answer(model, calibrated, [review("无", "negative")], [], 0)
    assert silent.scores == pytest.approx({"positive": 0, "negative": 0}, abs=1e-5)
    (plain,) = answer(model, TASK, [GOOD[0]], [], 0)
    (moved,) = answer(model, calibrated, [GOOD[0]], [], 0)
    (offset,) = answer(model, TASK, [review("无", "negative")], [], 0)
    assert moved.scores["positive"] == pytest.approx(plain.scores["positive"] - offset.scores["positive"], abs=1e-4)


def test_a_label_without_a_word_is_an_error(model: LanguageModel) -> None:
    with pytest.raises(ConfigError, match="no word for the label 'neutral'"):
        answer(model, TASK, [review("一般", "neutral")], [], 0)


def test_summary_by_hand() -> None:
    rows = [
        Answer("0", 2, 2, "positive", "positive", {}, False),
        Answer("1", 2, 2, "positive", "negative", {}, True),
        Answer("2", 2, 2, "negative", "negative", {}, False),
        Answer("3", 2, 2, "positive", "positive", {}, False),
    ]
    assert summary(rows, ["positive", "negative"]) == {
        "accuracy": 0.75,
        "standard_error": round(math.sqrt(0.75 * 0.25 / 4), 6),
        "macro_f1": round((2 * 2 / (3 + 2) + 2 * 1 / (1 + 2)) / 2, 6),
        "majority": 0.75,
        "n": 4,
        "shots_used": 2,
        "truncated": 1,
    }


def test_conf_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="3 shots cannot be shared evenly by 2 labels"):
        replace(TASK, shots=[3])
    with pytest.raises(ValueError, match="0 times, not once"):
        replace(TASK, template="评：")
