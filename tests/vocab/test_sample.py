"""The sample: the same documents whatever the shards, never more characters than asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.ledger import Ledger
from pipeline.core.shards import list_shards, write_documents
from pipeline.vocab.sample import EVERYTHING, choose_sample
from tests.vocab.engines import ENGINE

TEXTS = [f"第{number}篇：" + "文" * (number % 7) for number in range(60)]


@pytest.fixture
def shards(tmp_path: Path, document: Any) -> Callable[[int], list[Path]]:
    def write(count: int) -> list[Path]:
        documents = [document(text, id=str(number)) for number, text in enumerate(TEXTS)]
        for shard in range(count):
            write_documents(tmp_path / str(count) / f"s-{shard:05d}.parquet", documents[shard::count])
        return list_shards([tmp_path / str(count)])

    return write


def drawn(paths: list[Path], max_chars: int | None) -> list[str]:
    sample = choose_sample(ENGINE, paths, max_chars)
    return sorted(text for path in paths for text in sample.texts(path, Ledger("tokenizer")))


def test_the_sample_does_not_depend_on_the_shards(shards: Callable[[int], list[Path]]) -> None:
    one, three = drawn(shards(1), 200), drawn(shards(3), 200)
    assert one == three
    assert 190 < sum(map(len, one)) <= 200
    assert one != sorted(TEXTS[: len(one)])


def test_a_larger_sample_holds_the_smaller_one(shards: Callable[[int], list[Path]]) -> None:
    assert set(drawn(shards(2), 100)) < set(drawn(shards(2), 300))


def test_enough_room_takes_everything(shards: Callable[[int], list[Path]]) -> None:
    whole = sum(map(len, TEXTS))
    assert choose_sample(ENGINE, shards(1), None) == choose_sample(ENGINE, shards(1), whole) == EVERYTHING
    assert len(drawn(shards(1), whole - 1)) == 59


def test_what_is_not_drawn_is_booked(shards: Callable[[int], list[Path]]) -> None:
    (path,) = shards(1)
    ledger = Ledger("tokenizer")
    texts = list(choose_sample(ENGINE, [path], 200).texts(path, ledger))
    tally = ledger.close()
    assert (tally.units_in, tally.used, dict(tally.dropped)) == (60, len(texts), {"NOT_SAMPLED": 60 - len(texts)})
