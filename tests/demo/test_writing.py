"""What the page shows while a text grows, and what it says when it cannot write."""

import re

import pytest

from pipeline.core.errors import WenyuanError
from pipeline.demo.writing import Refusal, refusal, settings, written
from pipeline.generation.causal_model import CausalModel, open_model
from pipeline.generation.text_stream import stream
from pipeline.schema.normalise import Script
from tests.generation.models import config, write_gpt2

PLAIN = (7, 9, 0.5, 20, 0.9, 0.1, 1.2, "hant")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CausalModel:
    return open_model(str(write_gpt2(tmp_path_factory.mktemp("model"))), config())


def test_the_pages_values_are_laid_over_confs() -> None:
    found = settings(config(), *PLAIN)
    sampling = found.sampling
    assert (found.seed, found.max_new_tokens, found.script) == (7, 9, Script.hant)
    assert (sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p) == (0.5, 20, 0.9, 0.1)
    assert sampling.repetition_penalty == 1.2 and found.batch_tokens == config().batch_tokens


@pytest.mark.parametrize(
    ("place", "value", "said"), [(1, None, "设置“最多词元数”是空的"), (4, 1.5, "设置有误：top_p 1.5")]
)
def test_a_setting_that_is_empty_or_out_of_range_is_named(place: int, value: float | None, said: str) -> None:
    values = [*PLAIN[:place], value, *PLAIN[place + 1 :]]
    with pytest.raises(Refusal, match=said):
        settings(config(), *values)  # type: ignore[arg-type]


def test_the_last_of_what_is_shown_is_the_whole_text_with_its_figures(
    model: CausalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.demo.writing.SECONDS_BETWEEN", 0.0)
    asked = config(max_new_tokens=20)
    text = "".join(piece.text for piece in stream(model, "我想<nl>", asked))
    *growing, last = written(model, "我想<nl>", asked)
    assert last.text == f"我想\n{text}" and last.view.count('class="token ') >= 1
    assert re.fullmatch(r'<p class="note">\d+ 词元，[\d.]+ 秒，每词元困惑度 [\d.,]+</p>', last.note)
    assert len(growing) > 1 and {shown.note for shown in growing} == {""}
    assert all(last.text.startswith(shown.text) for shown in growing)
    assert [len(shown.text) for shown in growing] == sorted(len(shown.text) for shown in growing)


def test_a_prompt_that_fills_the_context_is_refused_in_chinese(model: CausalModel) -> None:
    with pytest.raises(Refusal, match="提示太长：有 69 个词元，而模型的上下文只有 32，没有地方续写了。请缩短提示。"):
        list(written(model, "我" * 34, config()))


def test_an_error_is_text_on_the_page() -> None:
    assert refusal(WenyuanError("<b>")) == '<p class="note wrong" role="alert">&lt;b&gt;</p>'
