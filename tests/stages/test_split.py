"""split: similar documents go together, labelled ones alone to task, and a part does not move."""

from collections import Counter, defaultdict
from itertools import chain

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contract.document import document_id
from pipeline.core.shards import read_documents, write_documents, write_table
from pipeline.schema.split import SplitConfig
from pipeline.stages.split import PARTS, Member, assign, part_of
from pipeline.text.folding import fold

CONFIG = SplitConfig(validation=0.03, test=0.05, task=0.1, blocks={"article": 20}, salt="wenyuan")
EVEN = SplitConfig(validation=0.25, test=0.25, task=0.25, blocks={}, salt="s")


def key(number: int) -> str:
    return document_id("s", str(number))


def test_smoke_texts_stand_in_one_part_only(smoke_data):
    parts = defaultdict(set)
    for part in PARTS:
        for row in smoke_data.rows(f"split/{part}"):
            parts[fold(row["text"])].add(part)
    assert [text for text, found in parts.items() if len(found) > 1] == []
    assert len(parts) == smoke_data.metrics["split"]["out"]


def test_smoke_clusters_stand_in_one_part_only(smoke_data):
    cluster = {row["id"]: row["cluster"] for row in smoke_data.rows("dedup/clusters")}
    parts = defaultdict(set)
    for part in PARTS:
        for row in smoke_data.rows(f"split/{part}"):
            parts[cluster[row["id"]]].add(part)
    assert [found for found in parts.values() if len(found) > 1] == []


def test_smoke_blocks_of_articles_stay_together(smoke_data):
    part_by_id = {row["id"]: part for part in PARTS for row in smoke_data.rows(f"split/{part}")}
    by_source = defaultdict(list)
    for row in smoke_data.rows("dedup/documents"):
        if row["kind"] == "article":
            by_source[row["source"]].append(part_by_id[row["id"]])
    blocks = [parts[start : start + 20] for parts in by_source.values() for start in range(0, len(parts), 20)]
    assert len(blocks) >= 5
    assert [block for block in blocks if len(set(block)) > 1] == []


def test_smoke_task_holds_labelled_reviews_only(smoke_data):
    task = smoke_data.rows("split/task")
    assert {(row["kind"], row["label"]) for row in task} == {("review", "positive"), ("review", "negative")}
    assert smoke_data.metrics["split"]["task"]["documents"] == len(task) > 10


def test_shares_are_roughly_right():
    single = [Member(key(number), None, number % 2 == 0) for number in range(10000)]
    (parts,) = assign([single], CONFIG)
    labelled, others = Counter(parts[::2]), Counter(parts[1::2])
    assert others["task"] == 0
    for counts, expected in (
        (labelled, {"task": 0.1, "validation": 0.03, "test": 0.05, "train": 0.82}),
        (others, {"validation": 0.03, "test": 0.05, "train": 0.92}),
    ):
        assert {part: count / 5000 for part, count in counts.items()} == pytest.approx(expected, abs=0.015)


def test_the_salt_deals_anew_and_the_label_decides_task():
    parts = [part_of(key(number), True, EVEN) for number in range(400)]
    other = SplitConfig(0.25, 0.25, 0.25, {}, "t")
    assert parts != [part_of(key(number), True, other) for number in range(400)]
    unlabelled = [part_of(key(number), False, EVEN) for number in range(400)]
    assert [b for a, b in zip(parts, unlabelled, strict=True) if a != b] == ["train"] * parts.count("task")


def test_a_part_does_not_move_when_other_documents_go():
    everything = [Member(key(number - number % 3), None, True) for number in range(900)]
    (before,) = assign([everything], EVEN)
    staying = [number for number in range(900) if number // 3 % 2]
    (after,) = assign([[everything[number] for number in staying]], EVEN)
    assert after == [before[number] for number in staying]


def test_a_cluster_with_an_unlabelled_document_never_goes_to_task():
    members = [Member(key(number // 2), None, number % 2 == 0) for number in range(400)]
    (parts,) = assign([members], EVEN)
    assert "task" not in parts and set(parts) == {"train", "validation", "test"}


def test_a_cluster_that_reaches_into_two_blocks_joins_them():
    members = [Member(key(number), ("s", number // 2), False) for number in range(6)]
    members[3] = Member(key(0), ("s", 1), False)
    (parts,) = assign([members], EVEN)
    assert len(set(parts[:4])) == 1
    assert parts[0] == part_of(key(0), False, EVEN)
    assert parts[4] == parts[5] == part_of(key(4), False, EVEN)


MEMBERS = st.builds(
    Member,
    st.integers(0, 12).map(key),
    st.one_of(st.none(), st.tuples(st.sampled_from(["甲", "乙"]), st.integers(0, 4))),
    st.booleans(),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.lists(MEMBERS, max_size=12), max_size=3))
def test_neither_a_cluster_nor_a_block_stands_in_two_parts(shards):
    parts = assign(shards, EVEN)
    clusters, blocks = defaultdict(set), defaultdict(set)
    for member, part in zip(list(chain(*shards)), list(chain(*parts)), strict=True):
        clusters[member.cluster].add(part)
        if member.block:
            blocks[member.block].add(part)
        assert member.labelled or part != "task"
    assert [found for found in [*clusters.values(), *blocks.values()] if len(found) > 1] == []
    joined = assign([list(chain(*shards))], EVEN)
    assert list(chain(*joined)) == list(chain(*parts))  # shard boundaries mean nothing


@pytest.fixture
def run_split(stage, params_file, tmp_path):
    def run(documents, clusters=None):
        write_documents(tmp_path / "in" / "s-00000.parquet", documents)
        ids = [each.id for each in documents]
        table = pa.table({"id": ids, "cluster": ids}) if clusters is None else clusters
        write_table(tmp_path / "clusters" / "s-00000.parquet", table)
        inputs = ["--documents", tmp_path / "in", "--clusters", tmp_path / "clusters"]
        return stage("split", *inputs, "--out", tmp_path / "out", "--params", params_file())

    return run


def test_every_document_comes_out_once_and_unchanged(run_split, document, tmp_path):
    documents = [document(f"第{number}条", id=str(number), kind="review", label="positive") for number in range(200)]
    assert run_split(documents) == 0
    found = {part: list(read_documents(tmp_path / "out" / part / "s-00000.parquet")) for part in PARTS}
    assert sorted(chain(*found.values()), key=lambda each: each.id) == sorted(documents, key=lambda each: each.id)
    for part, kept in found.items():
        assert kept == [each for each in documents if part_of(each.id, True, CONFIG) == part]
        assert kept != []


def test_a_document_without_a_cluster_is_a_contract_error(run_split, document, capsys):
    clusters = pa.table({"id": pa.array([], pa.string()), "cluster": pa.array([], pa.string())})
    assert run_split([document("好")], clusters) == 2
    assert f"s-00000.parquet: {document('好').id} has no row in " in capsys.readouterr().err


def test_a_missing_clusters_shard_is_a_source_error(stage, params_file, tmp_path, document, capsys):
    write_documents(tmp_path / "in" / "s-00000.parquet", [document("好")])
    (tmp_path / "clusters").mkdir()
    inputs = ["--documents", tmp_path / "in", "--clusters", tmp_path / "clusters"]
    assert stage("split", *inputs, "--out", tmp_path / "out", "--params", params_file()) == 2
    assert "clusters/s-00000.parquet: cannot be read as Parquet" in capsys.readouterr().err


def test_nothing_to_train_on_is_a_source_error(run_split, capsys):
    assert run_split([]) == 2
    assert "no document fell into train" in capsys.readouterr().err
