"""dedup: of documents that say the same the first stays, and every dropped row names it."""

import json
from itertools import pairwise

import numpy as np
import pytest

from pipeline.core.shards import read_documents, write_documents

POEM = "春江潮水连海平，海上明月共潮生。滟滟随波千万里，何处春江无月明！"


@pytest.fixture
def run_dedup(stage, params_file, tmp_path, rows):
    """Runs dedup over shards (lists of documents); returns status, kept ids, dropped rows, clusters and metrics."""

    def run(shards, changes=None):
        for number, documents in enumerate(shards):
            write_documents(tmp_path / "in" / f"s-{number:05d}.parquet", documents)
        (tmp_path / "in").mkdir(exist_ok=True)
        out, metrics = tmp_path / "out", tmp_path / "d.json"
        arguments = ["--replace", "--documents", tmp_path / "in", "--out", out, "--metrics", metrics]
        status = stage("dedup", *arguments, "--params", params_file(changes))
        if status:
            return status, [], [], [], {}
        kept = [each.id for shard in sorted((out / "documents").iterdir()) for each in read_documents(shard)]
        dropped = [row for shard in sorted((out / "dropped").iterdir()) for row in rows(shard)]
        clusters = [row for shard in sorted((out / "clusters").iterdir()) for row in rows(shard)]
        return status, kept, dropped, clusters, json.loads(metrics.read_text(encoding="utf-8"))

    return run


def text(seed: int, length: int = 400) -> str:
    return "".join(map(chr, np.random.default_rng(seed).integers(0x4E00, 0x9FA5, length)))


def test_exact_copies_across_shards_go_and_name_the_first(run_dedup, document):
    a, b = document(POEM, id="a"), document("别的话", id="b")
    copy = document(POEM.replace("，", ",").replace("。", " "), id="c")
    status, kept, dropped, clusters, metrics = run_dedup([[a], [b, copy]])
    assert (status, kept) == (0, [a.id, b.id])
    assert [(row["id"], row["reason"], row["measured"], row["kept_id"]) for row in dropped] == [
        (copy.id, "EXACT_DUPLICATE", 1.0, a.id)
    ]
    assert clusters == [
        {"id": a.id, "cluster": a.id, "kept_id": None, "similarity": None},
        {"id": b.id, "cluster": b.id, "kept_id": None, "similarity": None},
        {"id": copy.id, "cluster": a.id, "kept_id": a.id, "similarity": 1.0},
    ]
    assert (metrics["clusters"], metrics["largest_cluster"]) == (2, 2)


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (1, 2)])
def test_a_near_copy_is_found_at_every_shard_boundary(run_dedup, document, cuts):
    original, other = document(text(1), id="a"), document(text(2), id="b")
    near = document(text(1)[:379] + text(3, 21), id="c")
    documents = [original, other, near]
    bounds = [0, *cuts, 3]
    shards = [documents[start:end] for start, end in pairwise(bounds)]
    _, kept, dropped, clusters, _ = run_dedup(shards)
    assert kept == [original.id, other.id]
    (row,) = dropped
    assert (row["id"], row["reason"], row["kept_id"]) == (near.id, "NEAR_DUPLICATE", original.id)
    assert row["measured"] == pytest.approx(375 / 417)
    assert [row["cluster"] for row in clusters] == [original.id, other.id, original.id]


def test_half_a_text_in_common_is_no_duplicate(run_dedup, document):
    documents = [document(text(1), id="a"), document(text(1)[:265] + text(3, 135), id="b")]
    _, kept, dropped, clusters, _ = run_dedup([documents])
    assert (kept, dropped) == ([each.id for each in documents], [])
    assert [row["cluster"] for row in clusters] == kept


def test_a_chain_drops_only_what_is_similar_to_what_stays(run_dedup, document):
    first = text(1)
    second = text(8, 28) + first[28:]
    third = second[:-28] + text(9, 28)
    a, b, c = (document(each, id=name) for name, each in zip("abc", (first, second, third), strict=True))
    _, kept, dropped, clusters, metrics = run_dedup([[a, b], [c]])
    assert kept == [a.id, c.id]
    assert [(row["id"], row["kept_id"]) for row in dropped] == [(b.id, a.id)]
    assert {row["cluster"] for row in clusters} == {a.id}
    assert (metrics["near_duplicate_pairs"], metrics["largest_cluster"]) == (2, 3)


def test_a_copy_of_a_near_duplicate_names_the_document_that_stays(run_dedup, document):
    a, b = document(text(1), id="a"), document(text(1)[:379] + text(3, 21), id="b")
    copy = document(b.text + "。", id="c")
    _, kept, dropped, _, _ = run_dedup([[a, b, copy]])
    assert kept == [a.id]
    assert [(row["id"], row["reason"], row["kept_id"]) for row in dropped] == [
        (b.id, "NEAR_DUPLICATE", a.id),
        (copy.id, "NEAR_DUPLICATE", a.id),
    ]
    assert dropped[0]["measured"] == dropped[1]["measured"] < 1


def test_the_threshold_is_verified_exactly(run_dedup, document):
    documents = [document(text(1), id="a"), document(text(1)[:379] + text(3, 21), id="b")]
    similarity = 375 / 417
    assert len(run_dedup([documents], {"dedup.threshold": similarity})[1]) == 1
    assert len(run_dedup([documents], {"dedup.threshold": similarity + 1e-9})[1]) == 2


def test_texts_shorter_than_a_shingle_are_compared_whole(run_dedup, document):
    documents = [
        document(each, id=str(n))
        for n, each in enumerate(["好书", "好书！", "好书吧", "。。。", "！！！", "。。 。"])
    ]
    _, kept, dropped, _, _ = run_dedup([documents])
    assert kept == [documents[number].id for number in (0, 2, 3, 4)]
    assert [row["reason"] for row in dropped] == ["EXACT_DUPLICATE"] * 2


@pytest.mark.parametrize(("limit", "compared"), [(1, 4), (2, 7), (16, 10)])
def test_a_document_is_compared_with_as_many_of_its_bucket_as_conf_says(run_dedup, document, limit, compared):
    # One shingle set, and so one bucket in every band; but five texts, of which none repeats another.
    documents = [document("春江潮水连海平" * repeats, id=str(repeats)) for repeats in range(4, 9)]
    _, kept, dropped, _, metrics = run_dedup([documents], {"dedup.max_comparisons": limit})
    assert metrics["candidate_pairs"] == metrics["near_duplicate_pairs"] == compared
    assert (kept, {row["kept_id"] for row in dropped}) == ([documents[0].id], {documents[0].id})


def test_empty_shards_are_passed_through(run_dedup, document):
    a = document("只有一篇", id="a")
    status, kept, dropped, _, _ = run_dedup([[], [a], []])
    assert (status, kept, dropped) == (0, [a.id], [])


@pytest.mark.parametrize("shards", [[], [[]]])
def test_nothing_to_compare_is_a_source_error(run_dedup, capsys, shards):
    assert run_dedup(shards)[0] == 2
    assert "dedup: SourceError: " in capsys.readouterr().err


def test_smoke_duplicates_name_a_document_that_is_kept(smoke_data):
    kept = {row["id"]: row for row in smoke_data.rows("dedup/documents")}
    order = {row["id"]: number for number, row in enumerate(smoke_data.rows("filter/documents"))}
    dropped = smoke_data.rows("dedup/dropped")
    assert {row["reason"] for row in dropped} == {"EXACT_DUPLICATE", "NEAR_DUPLICATE"}
    assert [row for row in dropped if row["kept_id"] not in kept or order[row["kept_id"]] >= order[row["id"]]] == []
    assert {row["id"] for row in smoke_data.rows("dedup/clusters")} == set(order)


def test_equal_ids_are_an_error_and_not_duplicates_of_themselves(run_dedup, document, capsys):
    a = document("同一篇文档给了两次", id="a")
    assert run_dedup([[a], [a]])[0] == 2
    assert "two documents have one id" in capsys.readouterr().err
