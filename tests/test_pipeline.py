"""The whole graph on the smoke experiment, as a user runs it: twice, with other worker counts, and killed."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.checkout import Checkout

CHAIN = ("corpus", "normalise", "filter", "dedup", "split")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A fresh checkout in which `dvc repro` has run once with two workers."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    checkout.compose("experiment=smoke", "engine.workers=2")
    checkout.dvc("repro")
    return checkout


def metrics(checkout: Checkout, stage: str) -> dict:
    return json.loads((checkout.folder / "metrics" / f"{stage}.json").read_text(encoding="utf-8"))


def test_a_second_repro_does_nothing(built):
    before = built.lock
    printed = built.dvc("repro").stdout
    assert "Running stage" not in printed
    assert "Data and pipelines are up to date." in printed
    assert built.lock == before


def test_a_forced_rebuild_with_one_worker_leaves_the_lock_unchanged(built):
    before = built.lock
    built.compose("experiment=smoke", "engine.workers=1")
    built.dvc("repro", "--force", "--no-run-cache")
    assert built.lock == before


def test_what_leaves_a_stage_enters_the_next(built):
    ledgers = {stage: metrics(built, stage) for stage in CHAIN}
    importers = [ledgers["corpus"], metrics(built, "extract"), metrics(built, "wiki")]
    assert metrics(built, "crawl")["out"] == metrics(built, "extract")["in"]
    assert ledgers["normalise"]["in"] == sum(ledger["out"] for ledger in importers)
    characters = [ledger["characters"]["out"] for ledger in importers]
    assert ledgers["normalise"]["characters"]["in"] == sum(characters) and min(characters) > 0
    for stage, after in pairwise(CHAIN[1:]):
        assert ledgers[stage]["out"] == ledgers[after]["in"]
        assert ledgers[stage]["characters"]["out"] == ledgers[after]["characters"]["in"]
    parts = {part: ledgers["split"][part]["documents"] for part in ("train", "validation", "test", "task")}
    assert sum(parts.values()) == ledgers["split"]["out"]
    assert metrics(built, "tokenizer")["in"] == parts["train"]
    assert metrics(built, "pack")["in"] == parts["train"] + parts["validation"]
    assert metrics(built, "evaluate")["in"] == parts["validation"] + parts["test"] + parts["task"]
    assert metrics(built, "train")["in"] == metrics(built, "pack")["train"]["blocks"]


@pytest.mark.parametrize(
    ("stage", "point"),
    [
        # tests/stages/test_train.py and tests/core/test_stage_runner.py kill stages themselves
        pytest.param("dedup", "dedup.after_pairs", marks=pytest.mark.acceptance),
        pytest.param("train", "train.step:7", marks=pytest.mark.acceptance),
        pytest.param("train", "train.during_checkpoint", marks=pytest.mark.acceptance),
        pytest.param("train", "train.after_checkpoint", marks=pytest.mark.acceptance),
        pytest.param("train", "train.before_publish", marks=pytest.mark.acceptance),
    ],
)
def test_a_killed_stage_gives_the_same_lock_when_repeated(built, stage, point):
    before = built.lock
    killed = built.dvc(
        "repro", "--force", "--single-item", "--no-run-cache", stage, check=False, WENYUAN_KILL_AT=point
    )
    assert killed.returncode != 0
    assert not any(
        (built.folder / out).exists() for out in {"dedup": ["data/dedup"], "train": ["models/model"]}[stage]
    )
    built.dvc("repro")
    assert built.lock == before
    assert not list((built.folder / ".scratch").glob("train/*"))


@pytest.mark.parametrize(
    "override",
    [
        "train.lr=abc",
        # tests/test_experiments.py composes these without dvc
        pytest.param("train.learning=1", marks=pytest.mark.acceptance),
        pytest.param("tokenizer=nonesuch", marks=pytest.mark.acceptance),
    ],
)
def test_a_typing_error_in_a_sweep_stops_before_anything_runs(built, override):
    before = (built.folder / "params.yaml").read_bytes()
    failed = built.dvc("exp", "run", "--temp", "-S", override, check=False)
    assert failed.returncode != 0
    assert "Running stage" not in failed.stdout
    assert override.partition("=")[0].rpartition(".")[2] in failed.stderr + failed.stdout
    assert (built.folder / "params.yaml").read_bytes() == before


def test_the_report_is_one_file_that_needs_no_network(built):
    page = (built.folder / "reports" / "report.html").read_text(encoding="utf-8")
    for word in ("<script src", "<link", "@import", "url(http", 'src="http'):
        assert word not in page
    assert "我想" in page


def test_models_load_with_transformers_alone(built):
    program = (  # in a process of its own, so that nothing of ours is imported
        "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
        "t = AutoTokenizer.from_pretrained('models/model')\n"
        "m = AutoModelForCausalLM.from_pretrained('models/model')\n"
        "ids = t('我想\\n去看看', return_tensors='pt')\n"
        "out = m.generate(**ids, max_new_tokens=4, do_sample=False, pad_token_id=t.pad_token_id)\n"
        "assert t.decode(ids['input_ids'][0]) == '<s>我想\\n去看看', t.decode(ids['input_ids'][0])\n"
        "assert out.shape[1] == ids['input_ids'].shape[1] + 4 or out[0, -1] == t.eos_token_id\n"
        "import sys; assert not [name for name in sys.modules if name.split('.')[0] in ('pipeline', 'crawler')]\n"
    )
    built.run("python", "-c", program, HF_HUB_OFFLINE="1")


def test_the_release_loads_and_generates_by_its_card_s_own_code(built):
    card = (built.folder / "models" / "release" / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    program += "assert output.shape[1] > inputs['input_ids'].shape[1]\n"
    program += "assert tokenizer.decode(tokenizer('一\\n二')['input_ids']) == '一\\n二'\n"
    run = f"import os; os.chdir('models/release')\n{program}"
    assert built.run("python", "-c", run, HF_HUB_OFFLINE="1").stdout.startswith("<s>今天")


def test_the_card_s_scores_are_the_run_s_and_its_licence_follows_from_the_sources(built):
    card = (built.folder / "models" / "release" / "README.md").read_text(encoding="utf-8")
    head = yaml.safe_load(card.split("---\n")[1])
    scores = {row["type"]: row["value"] for row in head["model-index"][0]["results"][0]["metrics"]}
    assert scores["bits_per_character"] == metrics(built, "report")["bpc"]
    assert head["license"] == "cc-by-sa-4.0"  # texts under Apache-2.0 and CC-BY-SA-4.0
    assert set(metrics(built, "release")["licences"]) == {"Apache-2.0", "CC-BY-SA-4.0"}


def test_the_graph_is_complete(built):
    stages = list((built.folder / "metrics").glob("*.json"))
    files = built.git("ls-files", "pipeline/stages/*.py", "crawler/crawl.py", "crawler/extract.py").split()
    assert sorted(path.stem for path in stages) == sorted(Path(path).stem for path in files if "__init__" not in path)
