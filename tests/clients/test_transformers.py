"""transformers 4.57 and 5.x: equal ids, equal greedy text, padded batches, the pipeline's defaults, our snippets."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.clients.conftest import LOCKED, TOKENS, Answer
from tests.clients.texts import PROMPTS, differing

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1800)]
SEEDS = 20
PYTHON = re.compile(r"```python\n(.*?)```", re.S)
DOCUMENTS = ("README.md", "README.zh-CN.md", "docs/guide/release.md", "docs/guide/release.zh.md")
CALL = "generate(**inputs, "
Say = Callable[[str, str, str], None]


def snippets(release: Path) -> list[str]:
    """The code that our documents and the model's card show, told where the folder is."""
    code = [(PYTHON.findall((ROOT / name).read_text(encoding="utf-8")), "models/release") for name in DOCUMENTS]
    card = release / "README.md"
    if card.exists():
        code.append((PYTHON.findall(card.read_text(encoding="utf-8")), "."))
    found = [text.replace(f'"{place}"', repr(str(release))) for blocks, place in code for text in blocks]
    found = [text for text in found if "AutoModelForCausalLM" in text]
    assert len(found) >= len(DOCUMENTS)
    for text in found:
        assert str(release) in text and CALL in text, f"a snippet that this test does not understand:\n{text}"
    return found


def without_dice(code: str) -> str:
    """A snippet that writes the same each time."""
    return code.replace(", do_sample=True", "").replace(CALL, f"{CALL}do_sample=False, ")


@pytest.fixture(scope="module")
def answers(release: Path, texts: list[str], python_client: Callable[..., Answer]) -> Callable[[str], Answer]:
    """What the version in an environment makes of the folder, asked once."""
    shown = snippets(release)
    job = {
        "folder": str(release),
        "texts": texts,
        "prompts": PROMPTS,
        "tokens": TOKENS,
        "seeds": SEEDS,
        # Each as it stands, and without the dice, so that two versions can be compared.
        "snippets": shown + [without_dice(text) for text in shown],
    }
    return cache(lambda environment: python_client(environment, "transformers_client", job))


@pytest.fixture(params=["transformers4", "transformers5", LOCKED])
def answer(request: pytest.FixtureRequest, answers: Callable[[str], Answer]) -> Answer:
    return answers(request.param)


@pytest.mark.parametrize("kind", ["auto", "gpt2"])
def test_ids_are_those_of_the_tokenizer_file(
    answer: Answer, kind: str, texts: list[str], reference: Answer, tried: Say
) -> None:
    name = {"auto": "AutoTokenizer", "gpt2": "GPT2TokenizerFast"}[kind]
    tried("transformers", answer["version"], f"{name}: ids of {len(texts):,} texts, decoded")
    found = answer[kind]
    assert differing(texts, found["ids"], reference["ids"]) == []
    assert differing(texts, found["decoded"], reference["decoded"]) == []
    assert found["special"] == ["<s>", "<s>", "<pad>"]
    # GPT2TokenizerFast adds its own unk token, beyond the embeddings, where tokenizer_config.json does not name one.
    assert found["size"] == reference["size"]


def test_each_text_begins_with_the_start_token(
    answer: Answer, texts: list[str], reference: Answer, tried: Say
) -> None:
    tried("transformers", answer["version"], "a plain call puts <s> first")
    bare = [text for text, ids in zip(texts, answer["auto"]["ids"], strict=True) if ids[:1] != [reference["bos"]]]
    assert bare == []


def test_the_model_is_fed_ids_and_mask_alone(answer: Answer, tried: Say) -> None:
    """GPT-2 takes token_type_ids for tokens and adds their embeddings: garbage, in silence."""
    tried("transformers", answer["version"], "no token_type_ids")
    assert answer["auto"]["keys"] == ["attention_mask", "input_ids"]


def test_greedy_text_is_the_same_in_every_version(answer: Answer, greedy: list[str], tried: Say) -> None:
    tried("transformers", answer["version"], f"greedy text after {len(PROMPTS)} prompts")
    assert answer["greedy"] == {"value": greedy}


def test_a_padded_batch_writes_what_each_prompt_writes_alone(answer: Answer, greedy: list[str], tried: Say) -> None:
    tried("transformers", answer["version"], f"batch of {len(PROMPTS)} prompts of different lengths")
    assert answer["batch"] == {"value": greedy}


def test_the_pipeline_works_with_its_defaults(answer: Answer, tried: Say) -> None:
    tried("transformers", answer["version"], f'pipeline(…)("中国"), {SEEDS} seeds')
    samples = answer["samples"]["value"]
    assert [sample for sample in samples if "error" in sample] == []
    texts = [sample["value"] for sample in samples]
    assert [text for text in texts if not text.startswith("中国") or len(text) <= len("中国")] == []
    assert len(set(texts)) > SEEDS // 2, "the defaults sample"


def test_the_snippets_of_the_documents_run_and_write_what_the_locked_version_writes(
    answer: Answer, answers: Callable[[str], Answer], tried: Say
) -> None:
    count = len(answer["snippets"]) // 2
    tried("transformers", answer["version"], f"{count} snippets of README, docs and card")
    assert [result for result in answer["snippets"] if "error" in result] == []
    assert answer["snippets"][count:] == answers(LOCKED)["snippets"][count:]
