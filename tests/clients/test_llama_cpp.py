"""llama.cpp: the ids of tokenizers on 10,000 lines and on every character, and what transformers writes greedily.

llama.cpp rounds otherwise than torch (its keys and values are half precision), so that two tokens with nearly equal
logits may change places. What must hold: each token that it writes is the best of transformers in single precision,
or within ROUNDING of it.
"""

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from pipeline.formats.gguf_file import About, write_gguf
from pipeline.schema.release import GgufType
from tests.clients.conftest import Answer
from tests.clients.texts import differing

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]
TOKENS = 64
PROMPTS = 20
PROMPT_CHARS = 8
ROUNDING = {GgufType.f32: 0.05, GgufType.f16: 0.05, GgufType.q8_0: 0.5}
"""Nats by which a written token's logit may be below the best one's."""
SPECIAL = ("<s>", "<pad>")
Say = Callable[[str, str, str], None]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def plain(texts: list[str], reference: Answer) -> tuple[list[str], list[list[int]]]:
    """Texts without a literal special token, which tokenizers reads as one and llama.cpp is told not to; their ids
    without <s>."""
    rows = zip(texts, reference["ids"], strict=True)
    found = [(text, ids[1:]) for text, ids in rows if not any(token in text for token in SPECIAL)]
    return [text for text, _ in found], [ids for _, ids in found]


@pytest.fixture(scope="module")
def prompts(plain: tuple[list[str], list[list[int]]]) -> list[str]:
    """Beginnings of lines from all over the corpus."""
    long = [text for text in plain[0][200:] if len(text) > 2 * PROMPT_CHARS and "\n" not in text]
    return [text[:PROMPT_CHARS] for text in long[:: len(long) // PROMPTS][:PROMPTS]]


@pytest.fixture(scope="module")
def answer(release: Path, plain: tuple[list[str], list[list[int]]], prompts: list[str], node_client: Ask) -> Answer:
    model = str(release / "model.gguf")
    return node_client("llama_cpp", {"model": model, "texts": plain[0], "prompts": prompts, "tokens": TOKENS})


def test_the_ids_are_those_of_tokenizers(
    answer: Answer, plain: tuple[list[str], list[list[int]]], reference: Answer, tried: Say
) -> None:
    tried("node-llama-cpp", answer["version"], f"llama.cpp {answer['release']}: ids of {len(plain[0]):,} texts")
    assert differing(plain[0], answer["ids"], plain[1]) == []
    assert (answer["bos"], answer["eos"]) == (reference["bos"], reference["bos"])


def test_every_character_has_the_ids_of_tokenizers(release: Path, node_client: Ask) -> None:
    """Each between ideographs, after a blank, beside digits and letters: whether it is a letter, a number, a blank or
    none of them decides where a text is split, and both sides have tables of their own for that."""
    characters = [chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF]
    known = [character for character in characters if unicodedata.category(character) not in ("Cn", "Co")]
    ideographs = {character for character in known if unicodedata.name(character, "").startswith("CJK UNIFIED")}
    chosen = [character for character in known if character not in ideographs or ord(character) % 64 == 0]
    texts = [f"字{character}字 {character}{character}7{character}a{character} " for character in chosen]
    tokenizer = Tokenizer.from_file(str(release / "tokenizer.json"))
    wanted = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    job = {"model": str(release / "model.gguf"), "texts": texts, "prompts": [], "tokens": 0}
    found = node_client("llama_cpp", job)["ids"]
    others = {chosen[place] for place in range(len(texts)) if found[place] != wanted[place]}
    assert [f"U+{ord(character):04X} {unicodedata.category(character)}" for character in sorted(others)] == []


def test_decoded_texts_are_the_same_but_for_blanks_that_llama_cpp_cleans_away(
    answer: Answer, plain: tuple[list[str], list[list[int]]]
) -> None:
    """Its whole-text decoding drops blanks before `.`, `,`, `!`, `?` and around `'`, and no metadata stops that;
    written token by token, as servers stream, nothing is dropped."""
    rows = list(zip(plain[0], answer["decoded"], strict=True))
    assert [row for row in rows if row[0].replace(" ", "") != row[1].replace(" ", "")][:5] == []
    cleaned = [text for text, decoded in rows if text != decoded]
    assert [text for text in cleaned if not any(mark in text for mark in (" .", " ,", " !", " ?", " '"))] == []


def margins(model: Any, start: list[int], written: list[int]) -> list[float]:
    """For each written token, by how much the best token's logit is above its own; 0 where it is the best."""
    ids = torch.tensor([[*start, *written]])
    with torch.no_grad():
        logits = model(input_ids=ids).logits[0, len(start) - 1 : -1].double()
    chosen = logits.gather(1, torch.tensor(written)[:, None])[:, 0]
    found: list[float] = (logits.max(1).values - chosen).tolist()
    return found


@pytest.fixture(scope="module")
def measured(release: Path, prompts: list[str]) -> Callable[[Answer], list[list[float]]]:
    """The margins of each continuation by transformers, in single precision."""
    model: Any = AutoModelForCausalLM.from_pretrained(release, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(release / "tokenizer.json"))
    starts = [encoding.ids for encoding in tokenizer.encode_batch(prompts)]

    def measure(answer: Answer) -> list[list[float]]:
        return [margins(model, start, written) for start, written in zip(starts, answer["greedy"], strict=True)]

    return measure


def test_greedy_text_is_transformers_own(
    answer: Answer, measured: Callable[[Answer], list[list[float]]], tried: Say
) -> None:
    found = measured(answer)
    equal = sum(max(row) == 0 for row in found)
    tried("llama.cpp", answer["release"], f"{equal} of {len(found)} greedy texts of {TOKENS} tokens equal, f32")
    ended = [row[-1] == answer["eos"] for row in answer["greedy"]]
    assert [len(row) for row, end in zip(found, ended, strict=True) if not end] == [TOKENS] * ended.count(False)
    assert len({tuple(row) for row in answer["greedy"]}) > PROMPTS // 2
    assert max(max(row) for row in found) <= ROUNDING[GgufType.f32]
    assert equal >= PROMPTS // 2


@pytest.mark.parametrize("kind", [GgufType.f16, GgufType.q8_0], ids=lambda kind: kind.name)
def test_smaller_files_load_and_write_nearly_the_same(
    release: Path,
    prompts: list[str],
    measured: Callable[[Answer], list[list[float]]],
    node_client: Ask,
    tmp_path: Path,
    kind: GgufType,
) -> None:
    path = tmp_path / f"{kind.name}.gguf"
    write_gguf(release, path, kind, About("small", "other", None, None, ["zh"], []))
    answer = node_client("llama_cpp", {"model": str(path), "texts": [], "prompts": prompts, "tokens": TOKENS})
    assert max(max(row) for row in measured(answer)) <= ROUNDING[kind]
