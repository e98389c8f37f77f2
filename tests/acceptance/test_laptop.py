"""What README promises of `make repro`: a fresh clone and environment, real text, a model better than counting."""

import json

import pytest

from tests.checkout import Checkout

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(3600)]
BELOW_BIGRAM = 0.3
GOAL_BITS = 6.2


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    checkout = Checkout(tmp_path_factory.mktemp("laptop"))
    printed = checkout.run("make", "repro", time_limit_s=3000).stdout
    assert "Read the report" in printed
    return checkout


def test_the_model_beats_the_bigram_by_the_margin_and_reaches_the_goal(built):
    figures = json.loads((built.folder / "metrics" / "report.json").read_text(encoding="utf-8"))
    assert figures["bpc"] < figures["bigram"] - BELOW_BIGRAM
    assert figures["bpc"] < GOAL_BITS


def test_a_second_make_repro_does_nothing(built):
    before = built.lock
    printed = built.run("make", "repro").stdout
    assert "Running stage" not in printed
    assert built.lock == before


def test_a_forced_rebuild_leaves_the_lock_unchanged(built):
    before = built.lock
    built.run("sh", "-c", ". .venv/bin/activate && dvc repro --force --no-run-cache", time_limit_s=3000)
    assert built.lock == before


def test_the_archive_is_the_one_that_readme_speaks_of(built):
    figures = json.loads((built.folder / "metrics" / "corpus.json").read_text(encoding="utf-8"))
    assert figures["by_source"]["news"] == {
        "licence": "unknown",
        "documents": 2465,
        "characters": 1858676,
        "dated": 0,
    }
    assert figures["by_source"]["reviews"]["licence"] == "unknown"
    assert figures["dropped"]["CONFLICTING_LABEL"] == 256
