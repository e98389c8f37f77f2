"""The n-gram baselines: true distributions, over the same events as the model's figures."""

import numpy as np
import pytest

from pipeline.benchmarks.baselines import Baselines, whole_texts
from pipeline.benchmarks.kneser_ney import KneserNey, discounts
from pipeline.benchmarks.ngrams import SCALAR_VALUES, Alphabet, NgramTables
from pipeline.benchmarks.seeded_draw import Draw, drawn
from pipeline.contract.document import Document, document_id

FALLBACK = (0.5, 1.0, 1.5)
TEXTS = ["春眠不觉晓", "处处闻啼鸟", "夜来风雨声", "花落知多少", "春风春雨", "处处春"]


def probability(model: KneserNey, before: str, then: str | None) -> float:
    """Of a character, or of the end (None), after the start of a document."""
    stream = model.tables.alphabet.stream([before + (then or "")])
    place = len(before) + 1
    return float(model.probabilities(stream.ids, model.tables.locate(stream.ids))[place])


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("before", ["", "春", "春风春", "处处", "声", "甲", "春甲", "甲春", "\n"])
def test_probabilities_of_all_characters_and_the_end_sum_to_one(order: int, before: str) -> None:
    alphabet = Alphabet(TEXTS)
    model = KneserNey(NgramTables(alphabet, TEXTS, 5), order, FALLBACK)
    known = sum(probability(model, before, chr(point)) for point in alphabet.characters)
    unseen = probability(model, before, "甲") * (SCALAR_VALUES - len(alphabet.characters))
    assert known + unseen + probability(model, before, None) == pytest.approx(1, abs=1e-12)


def test_bigram_by_hand() -> None:
    # 甲乙 and 甲丙: events 甲 乙 END 甲 丙 END. Contexts before 甲: 1 (START), 乙: 1, 丙: 1, END: 2.
    model = KneserNey(NgramTables(Alphabet(["甲乙", "甲丙"]), ["甲乙", "甲丙"], 2), 2, FALLBACK)
    uniform = 1 / 5  # END, UNKNOWN and three characters
    lowest = (1 - 0.5) / 5 + (3 * 0.5 + 1.0) / 5 * uniform
    assert probability(model, "甲", "乙") == pytest.approx((1 - 0.5) / 2 + (2 * 0.5) / 2 * lowest)


def test_an_ngram_does_not_reach_over_the_start_of_a_document() -> None:
    tables = NgramTables(Alphabet(["甲", "乙"]), ["甲", "乙"], 3)
    # START 0, END 1, then by code point: 乙 3, 甲 4
    bigrams = [divmod(int(key), tables.alphabet.size) for key in tables.tables[1].keys]
    assert bigrams == [(0, 3), (0, 4), (3, 1), (4, 1)]
    assert tables.tables[2].counts.tolist() == [1, 1]


def test_discounts_are_those_of_the_counts_of_counts() -> None:
    counts = np.array([1] * 40 + [2] * 15 + [3] * 8 + [4] * 5 + [9])
    share = 40 / 70
    expected = (1 - 2 * share * 15 / 40, 2 - 3 * share * 8 / 15, 3 - 4 * share * 5 / 8)
    assert discounts(counts, FALLBACK) == pytest.approx(expected)
    assert discounts(np.array([1, 1, 2]), FALLBACK) == FALLBACK


def test_longer_contexts_help_on_text_that_repeats() -> None:
    baselines = Baselines(["床前明月光，疑是地上霜。举头望明月，低头思故乡。"] * 5 + TEXTS, FALLBACK)
    bits = {name: float(values.sum()) for name, values in baselines.score(["举头望明月，低头思故乡。"]).bits.items()}
    assert list(bits) == ["uniform", "unigram", "bigram", "kneser_ney_3", "kneser_ney_5"]
    assert bits["uniform"] > bits["unigram"] > bits["bigram"] > bits["kneser_ney_3"] > bits["kneser_ney_5"]


def test_bits_belong_to_their_document_and_uniform_counts_one_end_each() -> None:
    baselines = Baselines(["甲乙", "丙"], FALLBACK)
    scores = baselines.score(["甲", "乙丙甲", "丁"])
    event = np.log2(5)  # three characters, END, UNKNOWN
    assert scores.bits["uniform"] == pytest.approx([2 * event, 4 * event, 2 * event + np.log2(SCALAR_VALUES - 3)])
    assert scores.unseen == 1


def test_characters_beyond_the_basic_plane_are_one_event() -> None:
    scores = Baselines(["𠮷野家", "😀"], FALLBACK).score(["𠮷😀"])
    assert scores.bits["uniform"] == pytest.approx([3 * np.log2(6)])
    assert scores.unseen == 0


def documents(source: str, count: int) -> list[Document]:
    return [
        Document(document_id(source, str(n)), source, "u", None, f"{source}{n:03d}", None, "x", "a", "und", None, 1)
        for n in range(count)
    ]


def test_the_limit_takes_whole_texts_in_the_order_of_the_draw() -> None:
    train = documents("报", 20)
    order = [document.text for document in drawn(train, 42)]
    assert whole_texts(iter(train), 10, 42) == whole_texts(reversed(train), 10, 42) == order[:3]
    assert whole_texts(train, 12, 42) == order[:3] and whole_texts(train, 13, 42) == order[:4]
    assert whole_texts(train, 10, 43) != order[:3]


def test_the_limit_leaves_no_source_out() -> None:
    train = [*documents("报", 300), *documents("评", 300)]
    taken = whole_texts(train, 400, 42)
    assert len(taken) == 100
    assert 30 < sum(text.startswith("评") for text in taken) < 70


def test_within_the_limit_all_texts_are_taken_and_counted_as_before() -> None:
    train = [*documents("报", 30), *documents("评", 30)]
    texts = [document.text for document in train]
    taken = whole_texts(train, 240, 42)
    assert taken != texts and sorted(taken) == sorted(texts)
    ours, before = Baselines(taken, FALLBACK), Baselines(texts, FALLBACK)
    for name, bits in ours.score(["报评001"]).bits.items():
        assert bits.tolist() == before.score(["报评001"]).bits[name].tolist()


def test_a_draw_holds_no_more_than_it_gives() -> None:
    draw = Draw[str](42, 10)
    for document in documents("报", 200):
        draw.add(document.id, document.text, 4)
        assert len(draw.items()) <= 3
    assert Draw[str](42, 0).items() == []
