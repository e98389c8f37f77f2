"""lm_eval: choices need no option; rolling scores count `<s>` once with add_bos_token=False."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Answer

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]
Say = Callable[[str, str, str], None]
CHOICES = [
    {"text": "这本书很好，我想再看一遍。评价：", "choices": ["好", "差"], "answer": 0},
    {"text": "酒店的房间太小，服务差。评价：", "choices": ["好", "差"], "answer": 1},
    {"text": "第一行\n第二", "choices": ["行", "<nl>"], "answer": 0},
]
TEXTS = ["今天天气很好，我们去公园散步。", "床前明月光，\n疑是地上霜。", "Hello 世界"]


@pytest.fixture(scope="module")
def answer(release: Path, tmp_path_factory: pytest.TempPathFactory, python_client: Callable[..., Answer]) -> Answer:
    tasks = tmp_path_factory.mktemp("tasks")
    for name, rows in {"choice": CHOICES, "rolling": [{"text": text} for text in TEXTS]}.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tasks / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return python_client("transformers5", "lm_eval_client", {"folder": str(release), "tasks": str(tasks)})


def test_choices_are_scored_after_one_start_token_without_an_option(answer: Answer, tried: Say) -> None:
    tried("lm_eval", answer["version"], f"choices, no option (transformers {answer['transformers']})")
    found, expected = answer["choice"]["default"], answer["choice"]["by hand"]
    assert found == [pytest.approx(row, abs=1e-3) for row in expected]


def test_rolling_scores_count_the_start_token_once_with_the_option(answer: Answer, tried: Say) -> None:
    tried("lm_eval", answer["version"], "rolling scores, add_bos_token=False")
    rolling = answer["rolling"]
    assert rolling["add_bos_token=False"] == pytest.approx(rolling["by hand"], abs=1e-3)


def test_without_the_option_rolling_scores_add_a_repeated_start_token(answer: Answer, tried: Say) -> None:
    """Why the documents name the option: lm_eval puts `<s>` before what the tokenizer has put it before."""
    rolling = answer["rolling"]
    off = [default - right for default, right in zip(rolling["default"], rolling["by hand"], strict=True)]
    tried("lm_eval", answer["version"], f"without it, a second <s> to guess: {-max(off):.1f} to {-min(off):.1f} nats")
    assert max(off) < -0.5, "lm_eval no longer counts <s> twice: say so in docs and card"
