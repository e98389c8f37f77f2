"""transformers.js: equal ids, and equal greedy text with an ONNX file beside the model."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import TOKENS, Answer
from tests.clients.texts import PROMPTS, differing

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]
Say = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def exported(
    release: Path, tmp_path_factory: pytest.TempPathFactory, python_client: Callable[..., Answer]
) -> tuple[Path, Answer]:
    """The released folder with onnx/model.onnx, as transformers.js wants it, and what onnxruntime wrote in Python."""
    folder = tmp_path_factory.mktemp("onnx") / "release"
    job = {"folder": str(release), "out": str(folder / "onnx"), "prompts": PROMPTS, "tokens": TOKENS}
    answer = python_client("transformers4", "onnx_client", job)
    for path in release.glob("*.json"):
        shutil.copy(path, folder)
    return folder, answer


def test_onnxruntime_writes_the_same_greedy_text(
    exported: tuple[Path, Answer], greedy: list[str], tried: Say
) -> None:
    answer = exported[1]
    tried("optimum-onnx", answer["version"], f"export, greedy text by onnxruntime {answer['onnxruntime']}")
    assert answer["greedy"] == greedy


def test_transformers_js_encodes_and_writes_the_same(
    exported: tuple[Path, Answer],
    texts: list[str],
    reference: Answer,
    greedy: list[str],
    node_client: Callable[..., Answer],
    tried: Say,
) -> None:
    job = {"folder": str(exported[0]), "texts": texts, "prompts": PROMPTS, "tokens": TOKENS}
    answer = node_client("transformers_js", job)
    tried("transformers.js", answer["version"], f"ids of {len(texts):,} texts, decoded; greedy text")
    assert differing(texts, answer["ids"], reference["ids"]) == []
    assert differing(texts, answer["decoded"], reference["decoded"]) == []
    assert answer["keys"] == ["attention_mask", "input_ids"]
    assert answer["greedy"] == greedy
