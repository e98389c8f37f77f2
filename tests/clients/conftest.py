"""A released folder and data for the clients, their programs run in environments of their own, a line for each."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from tests.checkout import ROOT, Checkout
from tests.clients.texts import HOSTILE, PROMPTS, corpus_lines

ENVIRONMENTS = Path(os.environ.get("WENYUAN_CLIENTS", ROOT / ".venv-clients"))
PROGRAMS = Path(__file__).parent / "programs"
LOCKED = "locked"
"""The environment that these tests run in."""
TOKENS = 24
TIME_LIMIT_S = 900
"""Only a guard against hanging for ever."""
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
SMALL = ("experiment=smoke", "pack.context=128", "model.width=64", "train.steps=200", "tokenizer.vocab_size=2048")
"""A run of a minute: equal text means something only where the model prefers some tokens to others."""
Answer = dict[str, Any]
_SAID = pytest.StashKey[list[tuple[str, str, str]]]()


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """The folder of a small run of the whole graph, made when first asked for."""

    @cache
    def run() -> Path:
        checkout = Checkout(tmp_path_factory.mktemp("small"))
        checkout.compose(*SMALL)
        checkout.dvc("repro", "release")
        return checkout.folder

    return run


@pytest.fixture(scope="session")
def release(small_run: Callable[[], Path]) -> Path:
    """The folder to try: WENYUAN_RELEASE, else models/release of this checkout, else of a small run."""
    asked = os.environ.get("WENYUAN_RELEASE")
    if asked:
        folder = Path(asked).resolve()
        assert (folder / "tokenizer.json").is_file(), f"WENYUAN_RELEASE: {folder}: no tokenizer.json in it"
        return folder
    finished = ROOT / "models" / "release"
    return finished if (finished / "tokenizer.json").is_file() else small_run() / "models" / "release"


@pytest.fixture(scope="session")
def data(small_run: Callable[[], Path]) -> Path:
    """The folder of a run's data: WENYUAN_DATA, else data/ of this checkout, else of a small run."""
    asked = os.environ.get("WENYUAN_DATA")
    if asked:
        return Path(asked).resolve()
    return ROOT / "data" if (ROOT / "data" / "split").is_dir() else small_run() / "data"


@pytest.fixture(scope="session")
def texts(data: Path) -> list[str]:
    """What every client encodes: real lines, and strings that break tokenizers."""
    lines = corpus_lines(data)
    assert len(lines) > 1000
    return HOSTILE + lines


@pytest.fixture(scope="session")
def reference(release: Path, texts: list[str]) -> Answer:
    """Ids of the texts by the `tokenizers` that the pipeline trained with; the first is `<s>`."""
    tokenizer = Tokenizer.from_file(str(release / "tokenizer.json"))
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    return {
        "ids": ids,
        "decoded": tokenizer.decode_batch(ids),
        "bos": tokenizer.token_to_id("<s>"),
        "size": tokenizer.get_vocab_size(),
    }


@pytest.fixture(scope="session")
def greedy(release: Path) -> list[str]:
    """What the model writes after each of PROMPTS by the locked transformers, in double precision."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    auto: Any = AutoTokenizer
    tokenizer = auto.from_pretrained(release)
    model: Any = AutoModelForCausalLM.from_pretrained(release, dtype=torch.float64).eval()
    bos = tokenizer.bos_token_id
    written = []
    for prompt in PROMPTS:
        start = torch.tensor([[bos, *tokenizer(prompt, add_special_tokens=False)["input_ids"]]])
        output = model.generate(
            input_ids=start, attention_mask=torch.ones_like(start), do_sample=False, max_new_tokens=TOKENS
        )
        written.append(tokenizer.decode(output[0, start.shape[1] :], skip_special_tokens=True))
    assert len(set(written)) > 1, (
        "the model writes the same after every prompt: too little trained to compare clients"
    )
    return written


@pytest.fixture(scope="session")
def python_client() -> Callable[..., Answer]:
    """`python_client("transformers4", "transformers_client", job)`: the program's answer in that environment."""

    def call(environment: str, program: str, job: Answer) -> Answer:
        own = Path(sys.executable) if environment == LOCKED else ENVIRONMENTS / environment / "bin" / "python"
        return _answer([_found(own), PROGRAMS / f"{program}.py"], job)

    return call


@pytest.fixture(scope="session")
def node_client() -> Callable[..., Answer]:
    """`node_client("transformers_js", job)`: the answer of the program under Node.js."""
    return lambda program, job: _answer(["node", PROGRAMS / f"{program}.mjs", _found(ENVIRONMENTS / "node")], job)


def _found(path: Path) -> Path:
    assert path.exists(), f"{path}: no such file; `make clients` sets the clients up"
    return path


def _answer(command: list[Any], job: Answer) -> Answer:
    finished = subprocess.run(
        [str(word) for word in command],
        input=json.dumps(job), capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False,
        env={**os.environ, **OFFLINE},
    )  # fmt: skip
    sys.stderr.write(finished.stderr[-4000:])
    assert finished.returncode == 0, f"{command[-1]}: exit status {finished.returncode}"
    answer: Answer = json.loads(finished.stdout)
    return answer


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Callable[[str, str, str], None]:
    """`tried("duckdb", "2.0.1", "…")` notes which client this test checks, for the list that pytest prints."""
    said = request.node.stash.setdefault(_SAID, [])
    return lambda name, version, checked: said.append((name, version, checked))


_LINES: dict[tuple[str, str], dict[str, list[str]]] = {}
"""Client and version -> what held and what did not."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call" or report.failed:
        unsaid = [(item.path.stem, "", item.name)] if report.failed else []
        for name, version, checked in item.stash.get(_SAID, []) or unsaid:
            line = _LINES.setdefault((name, version), {"ok": [], "FAILED": []})
            line["ok" if report.passed else "FAILED"].append(checked)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line for each client and version: whether all held, and what was checked; where not, what failed."""
    if not _LINES:
        return
    terminalreporter.section("clients")
    for (name, version), found in sorted(_LINES.items()):
        result = "FAILED" if found["FAILED"] else "ok"
        terminalreporter.write_line(f"{result:7}{name:18}{version:9}{'; '.join(found['FAILED'] or found['ok'])}")
