"""Blocks become inputs and targets; padding is no target."""

import json

import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.training.blocks import IGNORED, open_pack
from tests.training.tiny_run import write_blocks, write_inputs


@pytest.fixture
def folder(tmp_path):
    write_inputs(tmp_path)
    return tmp_path / "pack"


def test_targets_are_the_inputs_shifted_and_padding_is_ignored(folder):
    (folder / "train" / "00000.arrow").unlink()
    (folder / "train").rmdir()
    write_blocks(folder / "train", np.array([[0, 5, 6, 7], [7, 8, 0, 1]]))
    facts = json.loads((folder / "pack.json").read_text())
    facts["train"] |= {"blocks": 2, "sources": [["news", 1], ["reviews", 1]]}
    (folder / "pack.json").write_text(json.dumps(facts))
    train = open_pack(folder).train
    inputs, targets = train.batch(np.array([1, 0]))
    assert inputs.tolist() == [[7, 8, 0], [0, 5, 6]]
    assert targets.tolist() == [[8, 0, IGNORED], [5, 6, 7]]
    assert train.sources(np.array([1, 0])) == ["reviews", "news"]


def test_a_pack_whose_files_are_not_what_it_says_is_refused(folder):
    facts = json.loads((folder / "pack.json").read_text())
    facts["train"]["blocks"] += 1
    (folder / "pack.json").write_text(json.dumps(facts))
    with pytest.raises(SourceError, match=r"train: 26 blocks, pack\.json says 27"):
        open_pack(folder)


def test_a_pack_of_an_older_version_is_refused(folder):
    (folder / "pack.json").write_text('{"context": 3, "vocab_size": 9, "padding": {"train": 1}}')
    with pytest.raises(SourceError, match=r"pack\.json: damaged, or of an older version: KeyError\('train'\)"):
        open_pack(folder)


def test_batches_take_all_blocks_or_some_at_even_distances(folder):
    part = open_pack(folder).validation
    assert [len(inputs) for inputs, _ in part.batches(3, None)] == [3, 3, 1]
    taken = [inputs.tolist() for inputs, _ in part.batches(3, 4)]
    assert taken == [part.batch(np.array(numbers))[0].tolist() for numbers in ([0, 1, 3], [5])]


def test_a_folder_without_pack_json_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"pack\.json: no such file; run the pack stage"):
        open_pack(tmp_path)
