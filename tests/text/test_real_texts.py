"""The clean-up on real texts in both scripts and of code: the second time changes nothing, damage is not seen where
there is none, and lengths add up. The texts are not part of the repository."""

import gzip
import json
from pathlib import Path

import pytest

from pipeline.text.cleaner import Cleaner
from tests.text.normalise_conf import configuration

CORPORA = Path(__file__).resolve().parents[3] / "shared/data/corpora"
MOST_CHARS = 1_500_000


def texts_of(name: str) -> list[str]:
    path = CORPORA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there: third-party texts are kept outside the repository")
    texts, chars = [], 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            chars += len(texts[-1])
            if chars > MOST_CHARS:
                break
    return texts


@pytest.mark.acceptance
@pytest.mark.parametrize("name", ["lctt", "oi-wiki", "hongloumeng", "chinese-poetry", "debian-docs"])
def test_real_texts_cleaned_twice(name):
    cleaner = Cleaner(configuration())
    for text in texts_of(name):
        once, edits = cleaner.clean(text)
        assert len(text) + sum(len(edit.after) - len(edit.before) for edit in edits) == len(once)
        assert [edit.rule for edit in edits if edit.rule in ("DAMAGE", "PINYIN_NOTES")] == []
        assert cleaner.clean(once) == (once, [])
