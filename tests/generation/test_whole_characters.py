"""A text stays whole characters, whatever the model would rather write."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from pipeline.generation.causal_model import CausalModel
from pipeline.generation.text_stream import stream
from pipeline.generation.whole_characters import characters_of
from tests.generation.models import config

Opened = Callable[[str], CausalModel]
WILD = {"sampling__temperature": 2.0, "sampling__top_k": 0, "sampling__top_p": 1.0, "max_new_tokens": 16}


def written(model: CausalModel, prompt: str, whole_characters: bool) -> str:
    asked = config(whole_characters=whole_characters, **WILD)
    return "".join(piece.text for piece in stream(model, prompt, asked))


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_a_model_that_writes_any_bytes_writes_whole_characters(opened: Opened, kind: str) -> None:
    model = opened(kind)  # random weights over 256 bytes and 44 tokens more
    prompts = [f"我想{number}" for number in range(6)]
    assert sum("\ufffd" in written(model, prompt, False) for prompt in prompts) >= 3
    texts = [written(model, prompt, True) for prompt in prompts]
    assert [text for text in texts if "\ufffd" in text] == []
    assert len(set(texts)) == 6 and max(map(len, texts)) > 5


@pytest.mark.parametrize(
    ("before", "allowed", "barred"),
    [
        (b"", [b"a", b"\xe4", b"\xf4", b"\xc2"], [b"\x80", b"\xbf", b"\xc0", b"\xc1", b"\xf5", b"\xff"]),
        (b"\xe4", [b"\x80", b"\xbf"], [b"a", b"\xe4", b"\xc2", b"\n"]),
        (b"\xe4\xbd", [b"\xa0"], [b"a", b"\xe4"]),
        (b"\xe4\xbd\xa0", [b"a", b"\xe4"], [b"\x80"]),
        (b"\xe0", [b"\xa0"], [b"\x9f"]),
        (b"\xed", [b"\x9f"], [b"\xa0"]),  # U+D800 is no character
        (b"\xf0", [b"\x90"], [b"\x8f"]),
        (b"\xf4", [b"\x8f"], [b"\x90"]),  # U+110000 neither
        (b"\xf1\x80", [b"\x80"], [b"a"]),
        (b"\xdf", [b"\x80"], [b"a"]),
    ],
)
def test_the_next_byte_is_one_that_the_character_needs(
    opened: Opened, before: bytes, allowed: list[bytes], barred: list[bytes]
) -> None:
    tokenizer = opened("gpt2").tokenizer
    found = characters_of(tokenizer, 300, torch.device("cpu"))
    assert found is not None
    state = torch.zeros(1, dtype=torch.long)
    for byte in before:
        state = found.follow(state, torch.tensor([id_of(tokenizer, bytes([byte]))]))
    logits = found.bar(torch.zeros(1, 300), state)[0]
    assert [logits[id_of(tokenizer, byte)].item() for byte in allowed] == [0.0] * len(allowed)
    assert [logits[id_of(tokenizer, byte)].item() for byte in barred] == [float("-inf")] * len(barred)
    assert logits[0].item() == (float("-inf") if before and state.item() else 0.0)  # <s>, the end


def id_of(tokenizer: object, raw: bytes) -> int:
    from pipeline.vocab.alphabet import CHARACTER

    id = tokenizer.convert_tokens_to_ids("".join(CHARACTER[byte] for byte in raw))  # type: ignore[attr-defined]
    assert isinstance(id, int)
    return id


def test_a_vocabulary_of_characters_is_left_alone(opened: Opened) -> None:
    model = opened("gpt2_chinese")
    assert model.characters is None
    assert replace(model).characters is None
