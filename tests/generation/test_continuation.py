"""A padded batch gives each prompt the text that it gets alone, with any architecture."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from pipeline.core.errors import ConfigError
from pipeline.generation.causal_model import CausalModel
from pipeline.generation.continuation import Continuation, Request, encode_within, plan, room_for
from tests.generation.models import CONTEXT, config

PROMPTS = ["我想", "这本书很好，我想再看一遍", "酒店", "今天天气好。", "", "服务差。酒店的房间"]
Opened = Callable[[str], CausalModel]


def requests(model: CausalModel, settings: Any, prompts: list[str] = PROMPTS) -> list[Request]:
    encoded = [(prompt, encode_within(model, prompt, "here")) for prompt in prompts]
    return [Request(prompt, ids, 0, 0, room_for(model, ids, settings)) for prompt, ids in encoded]


def written(model: CausalModel, asked: list[Request], settings: Any) -> list[list[int]]:
    ids: list[list[int]] = [[] for _ in asked]
    for step in Continuation(model, asked, settings):
        for token in step:
            ids[token.row].append(token.id)
    return ids


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bloom", "mamba"])
def test_greedy_text_is_what_generate_of_transformers_gives_alone(opened: Opened, kind: str) -> None:
    model, settings = (
        opened(kind),
        config(sampling__temperature=0, sampling__repetition_penalty=1.0, whole_characters=False),
    )
    asked = requests(model, settings)
    if not model.pads:
        batches = [[asked[index] for index in batch] for batch in plan([len(r.ids) for r in asked], settings, model)]
        assert len(batches) > 1
    else:
        batches = [asked]
    for batch in batches:
        for request, ids in zip(batch, written(model, batch, settings), strict=True):
            prompt = torch.tensor([request.ids])
            expected = model.model.generate(
                prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=12, eos_token_id=0,
                pad_token_id=1,
            )  # fmt: skip
            assert ids == expected[0, len(request.ids) :].tolist()
    assert (model.pads, model.caches) == {"bloom": (False, True), "mamba": (True, False)}.get(kind, (True, True))


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_a_sampled_text_does_not_depend_on_what_shares_its_batch(opened: Opened, kind: str) -> None:
    model, settings = opened(kind), config(sampling__temperature=1.2)
    asked = requests(model, settings)
    together = written(model, asked, settings)
    assert together == [written(model, [request], settings)[0] for request in asked]
    assert together == written(model, asked[::-1], settings)[::-1]
    assert len({tuple(ids) for ids in together}) == len(asked)


def test_a_text_ends_with_an_end_token_or_when_its_room_is_full(opened: Opened) -> None:
    model, settings = (
        opened("gpt2"),
        config(sampling__temperature=2.0, sampling__top_k=0, max_new_tokens=64, whole_characters=False),
    )
    asked = requests(model, settings, [f"我想{'很' * count}" for count in range(6)] * 8)
    found = written(model, asked, settings)
    rooms = [CONTEXT - len(request.ids) for request in asked]
    assert [len(ids) == room or ids[-1] in model.ends for ids, room in zip(found, rooms, strict=True)] == [True] * 48
    assert [id in model.ends for ids in found for id in ids[:-1]].count(True) == 0
    assert {ids[-1] in model.ends for ids in found} == {True, False}


def test_likeliest_tokens_come_with_each_token(opened: Opened) -> None:
    model, settings = opened("gpt2"), config(sampling__temperature=0, sampling__repetition_penalty=1.0)
    step = next(iter(Continuation(model, requests(model, settings, ["我想"]), settings, alternatives=3)))
    (token,) = step
    assert token.alternatives[0][0] == token.id
    shares = [share for _, share in token.alternatives]
    assert shares == sorted(shares, reverse=True) and len(shares) == 3 and sum(shares) <= 1
    assert torch.tensor(token.log_probability).exp().item() == pytest.approx(shares[0])


def test_batches_are_of_like_length_and_hold_the_tokens_that_conf_allows(opened: Opened) -> None:
    settings = config(batch_tokens=100, max_new_tokens=10)
    assert plan([5, 30, 6, 29, 5, 12], settings, opened("gpt2")) == [[1, 3], [5, 2, 0, 4]]
    assert plan([200], settings, opened("gpt2")) == [[0]]


def test_a_prompt_that_fills_the_context_is_refused_with_its_place(opened: Opened) -> None:
    with pytest.raises(ConfigError, match=r"p\.txt:3 takes 33 tokens, and the model's context of 32 must hold the"):
        encode_within(opened("gpt2"), "我" * 16, "p.txt:3")
    assert len(encode_within(opened("gpt2"), "我" * 15, "p.txt:3")) == 31
