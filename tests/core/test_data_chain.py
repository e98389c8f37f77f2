"""corpus … split over the smoke corpus: every unit accounted for, the same bytes at any worker count."""

import hashlib
from itertools import pairwise

CHAIN = ("corpus", "normalise", "filter", "dedup", "split")


def digests(run):
    """Relative path -> sha256 of every output file."""
    files = [path for name in CHAIN for path in sorted((run.folder / name).rglob("*")) if path.is_file()]
    files += [run.folder / f"{name}.json" for name in CHAIN]
    return {path.relative_to(run.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_leaves_a_stage_enters_the_next(smoke_data):
    metrics = smoke_data.metrics
    for before, after in pairwise(CHAIN):
        assert metrics[before]["out"] == metrics[after]["in"]
        assert metrics[before]["characters"]["out"] == metrics[after]["characters"]["in"]


def test_every_ledger_balances_and_agrees_with_the_files(smoke_data):
    for name in CHAIN:
        ledger = smoke_data.metrics[name]
        characters = ledger["characters"]
        assert ledger["in"] == ledger["used"] + sum(ledger["dropped"].values())
        assert ledger["used"] == ledger["parts"]
        assert characters["in"] == (
            characters["out"]
            + sum(characters["dropped"].values())
            + sum(characters["removed"].values())
            - sum(characters["added"].values())
        )
        places = [f"split/{part}" for part in ("train", "validation", "test", "task")]
        places = places if name == "split" else [f"{name}/documents"]
        rows = [row for place in places for row in smoke_data.rows(place)]
        assert len(rows) == ledger["out"]
        assert sum(len(row["text"]) for row in rows) == characters["out"]
        if name == "corpus":
            assert sum(row["parts"] for row in rows) == ledger["used"]


def test_dropped_rows_are_the_ledger_row_by_row(smoke_data):
    for name in ("corpus", "normalise", "filter", "dedup"):
        reasons = [row["reason"] for row in smoke_data.rows(f"{name}/dropped")]
        counted = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
        assert counted == smoke_data.metrics[name]["dropped"]


def test_an_id_has_one_fate(smoke_data):
    dropped = [row["id"] for name in CHAIN[:-1] for row in smoke_data.rows(f"{name}/dropped")]
    kept = [row["id"] for part in ("train", "validation", "test", "task") for row in smoke_data.rows(f"split/{part}")]
    assert len(dropped) + len(kept) == len({*dropped, *kept})
    assert {row["id"] for row in smoke_data.rows("corpus/documents")} <= {*dropped, *kept}


def test_shard_names_and_row_order_stay(smoke_data):
    for before, after in pairwise(CHAIN[:-1]):
        shards = sorted((smoke_data.folder / before / "documents").iterdir())
        assert [path.name for path in sorted((smoke_data.folder / after / "documents").iterdir())] == [
            path.name for path in shards
        ]
        kept = [row["id"] for row in smoke_data.rows(f"{after}/documents")]
        staying = set(kept)
        assert kept == [row["id"] for row in smoke_data.rows(f"{before}/documents") if row["id"] in staying]


def test_one_and_two_workers_write_the_same_bytes(smoke_data, smoke_data_two_workers):
    one, two = digests(smoke_data), digests(smoke_data_two_workers)
    assert len(one) > 50
    assert one == two


def test_the_corpus_has_several_shards(smoke_data):
    names = sorted(path.name for path in (smoke_data.folder / "dedup" / "documents").iterdir())
    assert "articles-00001.parquet" in names and "reviews-00005.parquet" in names


def test_no_scratch_is_published(smoke_data):
    assert sorted(path.name for path in (smoke_data.folder / "dedup").iterdir()) == [
        "clusters",
        "documents",
        "dropped",
    ]
    assert sorted(path.name for path in smoke_data.folder.iterdir() if path.name.startswith(".")) == []
