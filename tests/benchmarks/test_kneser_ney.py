"""The n-gram baselines: true distributions, over the same events as the model's figures."""

import numpy as np
import pytest

from pipeline.benchmarks.baselines import Baselines, whole_texts
from pipeline.benchmarks.kneser_ney import KneserNey, discounts
from pipeline.benchmarks.ngrams import SCALAR_VALUES, Alphabet, NgramTables

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


def test_the_limit_takes_whole_texts() -> None:
    assert whole_texts(iter(["一二三", "四五", "六"]), 4) == ["一二三", "四五"]
