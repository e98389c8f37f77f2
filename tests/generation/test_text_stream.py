"""Text shown while it is written: only whole characters, and in the end what decoding at once gives."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.generation.causal_model import CausalModel
from pipeline.generation.scripts import ScriptStream, convert
from pipeline.generation.text_stream import TextStream, stream
from pipeline.schema.normalise import Script
from tests.generation.models import config

Opened = Callable[[str], CausalModel]
TRADITIONAL = "皇后說：「後來的事，誰也不知道。」\n他乾了一杯，把頭髮剪短了；干預無用！發現裡面沒有麵條。"
SIMPLIFIED = "皇后说：「后来的事，谁也不知道。」\n他干了一杯，把头发剪短了；干预无用！发现里面没有面条。"


def pieces(model: CausalModel, ids: list[int], whole_characters: bool = False) -> list[str]:
    text = TextStream(model, config(whole_characters=whole_characters))
    return [*(text.push(id) for id in ids), text.close()]


@pytest.mark.parametrize("text", ["我想去看海", "龘𠮷", "👩‍👩‍👧好", "a龍b\n\n三", "不是<s>", "a<b<n<nl", "<"])
def test_a_character_waits_for_its_last_byte(opened: Opened, text: str) -> None:
    model = opened("gpt2")  # 300 tokens: most characters take three of them
    shown = pieces(model, model.encode(text)[1:])
    assert "".join(shown) == text
    assert [piece for piece in shown if "\ufffd" in piece] == []


def test_a_line_break_that_is_spelled_out_is_shown_as_one(opened: Opened) -> None:
    model = opened("gpt2")
    ids = [id for part in ("a", "<", "n", "l", ">", "b", "<", "n", "<", "nl", ">") for id in model.encode(part)[1:]]
    assert "".join(pieces(model, ids)) == "a\nb<n\n"
    assert pieces(model, ids)[:6] == ["a", "", "", "", "\n", "b"]


def test_what_was_never_finished_is_not_shown_unless_asked_for(opened: Opened) -> None:
    model = opened("gpt2")
    ids = model.encode("龘")[1:]
    assert pieces(model, [*model.encode("好")[1:], *ids[:-1]], whole_characters=True)[-1] == ""
    assert pieces(model, ids[:-1]) == [*[""] * (len(ids) - 1), "\ufffd"]
    assert "".join(pieces(model, [*ids[:-1], *model.encode("好")[1:]])) == "\ufffd好"


@pytest.mark.parametrize("kind", ["gpt2", "gpt2_chinese"])
def test_any_tokens_give_what_decoding_at_once_gives(opened: Opened, kind: str) -> None:
    model = opened(kind)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.integers(0, len(model.tokenizer) - 1), max_size=12))
    def check(ids: list[int]) -> None:
        assert "".join(pieces(model, ids)) == model.decode(ids)

    check()


def test_a_stream_is_the_text_of_the_batch_with_its_tokens(opened: Opened) -> None:
    model, asked = opened("gpt2"), config(max_new_tokens=20)
    found = list(stream(model, "我想", asked, alternatives=2))
    ids = [token.id for piece in found for token in piece.tokens]
    assert "".join(piece.text for piece in found) == model.decode(ids)
    assert 1 <= len(ids) <= 20
    assert [len(token.alternatives) for piece in found for token in piece.tokens] == [2] * len(ids)
    again = list(stream(model, "我想", asked, sample=1))
    assert [token.id for piece in again for token in piece.tokens] != ids


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_converting_as_it_comes_is_converting_the_whole(size: int) -> None:
    for text, script, expected in (
        (TRADITIONAL, Script.hans, SIMPLIFIED),
        (SIMPLIFIED, Script.hant, convert(SIMPLIFIED, Script.hant)),
        (TRADITIONAL, Script.keep, TRADITIONAL),
    ):
        out = ScriptStream(script)
        shown = [out.push(text[start : start + size]) for start in range(0, len(text), size)]
        assert "".join([*shown, out.close()]) == expected
    assert "皇后說" in convert(SIMPLIFIED, Script.hant) and "後來" in convert(SIMPLIFIED, Script.hant)


def test_a_sentence_is_shown_when_the_next_begins() -> None:
    out = ScriptStream(Script.hans)
    assert [out.push(text) for text in ("誰知", "道。", "」", "後", "來", "！")] == ["", "", "", "谁知道。」", "", ""]
    assert out.close() == "后来！"
