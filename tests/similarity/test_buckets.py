"""Buckets: documents with one key, as groups and as pairs."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.shards import write_table
from pipeline.similarity.buckets import candidate_pairs, shared_keys


def pairs(groups: list[list[int]], max_comparisons: int) -> list[list[int]]:
    members = np.array([member for group in groups for member in group], dtype=np.int64)
    offsets = np.cumsum([0, *map(len, groups)]).astype(np.int64)
    return candidate_pairs(members, offsets, max_comparisons).tolist()


@pytest.mark.parametrize(
    ("groups", "max_comparisons", "expected"),
    [
        ([], 16, []),
        ([[3, 8]], 16, [[3, 8]]),
        ([[0, 1, 2]], 16, [[0, 1], [0, 2], [1, 2]]),
        ([[0, 1, 2, 3]], 1, [[0, 1], [0, 2], [0, 3]]),
        ([[0, 1, 2, 3]], 2, [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3]]),
        ([[0, 5], [0, 5, 9]], 16, [[0, 5], [0, 9], [5, 9]]),
    ],
)
def test_pairs_of_groups(groups, max_comparisons, expected):
    assert pairs(groups, max_comparisons) == expected


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sets(st.integers(0, 30), min_size=2, max_size=9).map(sorted), max_size=5), st.integers(1, 10))
def test_every_later_member_meets_the_first_ones(groups, max_comparisons):
    expected = {
        (later, earlier)
        for group in groups
        for place, later in enumerate(group)
        for earlier in group[: min(place, max_comparisons)]
    }
    assert pairs(groups, max_comparisons) == [[earlier, later] for later, earlier in sorted(expected)]


def test_documents_of_several_files_meet_in_a_group(tmp_path):
    for name, first, keys in (("a", 0, [7, 5, 7]), ("b", 3, [5, 9, 7]), ("c", 6, [])):
        numbers = np.arange(first, first + len(keys))
        table = {
            "high": pa.array(keys, pa.uint64()),
            "low": pa.array([1] * len(keys), pa.uint64()),
            "document": numbers,
        }
        write_table(tmp_path / f"{name}.parquet", pa.table(table))
    members, offsets = shared_keys([tmp_path / f"{name}.parquet" for name in "abc"], ["high", "low"])
    assert [members[start:end].tolist() for start, end in pairwise(offsets)] == [
        [0, 2, 5],
        [1, 3],
    ]


def test_keys_that_all_differ_give_no_group(tmp_path):
    write_table(tmp_path / "a.parquet", pa.table({"key": pa.array([1, 2], pa.uint64()), "document": [0, 1]}))
    members, offsets = shared_keys([tmp_path / "a.parquet"], ["key"])
    assert (members.tolist(), offsets.tolist()) == ([], [0])
