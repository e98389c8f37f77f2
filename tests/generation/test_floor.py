"""The floor: one text that breaks each rule, a near miss that does not, and of copies the first stays."""

import pytest

from pipeline.contract.drop import DropReason
from pipeline.generation.answers import Answer
from pipeline.generation.floor import Rejection, rejections
from tests.generation.models import config

FOOD = "成都的小吃很多，火锅、串串和担担面都值得一试，晚上去锦里走走也不错。"
SEA = "我想去海边住几天，早上看日出，下午在沙滩上读一本早就想读的书。"


def answers(*texts: str, perplexity: float = 20.0) -> list[Answer]:
    return [Answer(number, 0, text, "end", 9, perplexity) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("bad", "good", "reason", "measured"),
    [
        ("很好。", "这家店很好，下次再来。", DropReason.TOO_SHORT, 3.0),
        ("去看海" * 6, "去看海，去看海，去哪里看海都好，山也好。", DropReason.REPETITIVE, 0.7857),
        ("very good and very cheap 很好", "iPhone 很好用，就是价格贵了一点", DropReason.NOT_CHINESE, 0.2857),
    ],
)
def test_a_text_below_the_floor_is_dropped_with_what_was_measured(
    bad: str, good: str, reason: DropReason, measured: float
) -> None:
    assert rejections(answers(bad, good), config().floor) == [Rejection(reason, measured), None]


def test_an_unlikely_text_is_dropped_unless_there_is_no_limit() -> None:
    floor = config(floor__max_perplexity=100.0).floor
    assert rejections(answers(FOOD, perplexity=100.5), floor) == [Rejection(DropReason.UNLIKELY, 100.5)]
    assert rejections(answers(FOOD, perplexity=100.0), floor) == [None]
    assert rejections(answers(FOOD, perplexity=1e9), config(floor__max_perplexity=None).floor) == [None]


def test_a_text_in_the_other_script_is_dropped_where_one_is_asked_for() -> None:
    both = answers("這裡的風景很漂亮，我們還會來。", "这里的风景很漂亮，我们还会来。")
    wrong = Rejection(DropReason.WRONG_SCRIPT, None)
    assert rejections(both, config(floor__script="hans").floor) == [wrong, None]
    assert rejections(both, config(floor__script="hant").floor) == [None, wrong]
    assert rejections(both, config(floor__script="keep").floor) == [None, None]


def test_of_copies_the_first_that_passes_stays_and_is_named() -> None:
    near = FOOD.replace("不错", "很好")
    found = rejections(answers("短", FOOD, SEA, near, FOOD.replace("，", ","), SEA), config().floor)
    assert found[:3] == [Rejection(DropReason.TOO_SHORT, 1.0), None, None]
    assert found[3] is not None and found[3].reason is DropReason.NEAR_DUPLICATE and found[3].kept == 1
    assert found[3].measured is not None and 0.8 <= found[3].measured < 1
    assert found[4:] == [Rejection(DropReason.EXACT_DUPLICATE, 1.0, 1), Rejection(DropReason.EXACT_DUPLICATE, 1.0, 2)]


def test_nothing_and_blank_texts_are_no_error() -> None:
    floor = config(floor__quality__min_chars=None, floor__quality__min_chinese=None).floor
    assert rejections([], floor) == []
    assert rejections(answers("", ""), floor) == [None, Rejection(DropReason.EXACT_DUPLICATE, 1.0, 0)]
