"""Each quality rule at the default thresholds: a text that breaks it, and a near miss that does not."""

from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from pipeline.contract.drop import DropReason
from pipeline.core.config import load_section
from pipeline.quality.features import features
from pipeline.quality.rules import RULES, broken_rule
from pipeline.schema.filter import FilterConfig, Thresholds

CHINESE = Path(__file__).resolve().parents[2] / "conf" / "filter" / "chinese.yaml"
CONFIG = load_section(OmegaConf.create({"filter": OmegaConf.load(CHINESE)}), "filter", FilterConfig)
ARTICLE, REVIEW = CONFIG.default, CONFIG.kinds["review"]
PLAIN = "清晨的巷子里有人推着车慢慢走过檐下还在滴水远处传来几声鸟叫卖豆腐的老人今天又来了"  # 40 characters


def various(length: int) -> str:
    """So many ideographs in no order: no rule on shares or repetition is broken."""
    return "".join(map(chr, np.random.default_rng(1).integers(0x4E00, 0x9FA5, length)))


CASES = [
    (ARTICLE, DropReason.TOO_SHORT, PLAIN[:19], PLAIN[:20], 19),
    (REVIEW, DropReason.TOO_SHORT, "还可以", "还可以吧", 3),
    (ARTICLE, DropReason.TOO_LONG, various(200001), various(200000), 200001),
    (REVIEW, DropReason.TOO_LONG, various(20001), various(20000), 20001),
    (ARTICLE, DropReason.TOO_MANY_SYMBOLS, PLAIN + "★😀→＋￥", PLAIN + "★😀→￥", 5 / 45),
    (REVIEW, DropReason.TOO_MANY_SYMBOLS, "好看😀😀😀", "服务太好了👍👍👍👍", 3 / 5),
    (ARTICLE, DropReason.GARBLED, PLAIN + "\ufffd", "“锟斤拷”" + PLAIN, 1 / 41),
    (REVIEW, DropReason.GARBLED, "房间很好，锟斤拷锟斤拷", "茶很烫烫嘴", 6 / 11),
    (
        ARTICLE,
        DropReason.TOO_MUCH_PUNCTUATION,
        PLAIN[:20] + "……——。。、、！！？？：：",
        PLAIN[:20] + "……——。。、、！！？",
        14 / 34,
    ),
    (REVIEW, DropReason.TOO_MUCH_PUNCTUATION, "好好！？。", "好好的！？。", 3 / 5),
    (ARTICLE, DropReason.TOO_MANY_DIGITS, PLAIN[:20] + "12345678901234", PLAIN[:20] + "1234567890123", 14 / 34),
    (REVIEW, DropReason.TOO_MANY_DIGITS, "分数１００", "３月１２日入住。", 3 / 5),
    (ARTICLE, DropReason.NOT_CHINESE, "你好 one two three four", "你好吗呀 one two three four", 1 / 3),
    (REVIEW, DropReason.NOT_CHINESE, "好 very good", "很好 very good", 1 / 3),
    (ARTICLE, DropReason.NOT_CHINESE, "ラーメンをたべましたとてもおいしい麺", "ラーメン" + PLAIN[:20], 0),
    (ARTICLE, DropReason.REPETITIVE, PLAIN * 3, PLAIN + PLAIN, 76 / 116),
    (REVIEW, DropReason.REPETITIVE, "好" * 7, "好" * 6 + "的，真不错", 2 / 3),
]


@pytest.mark.parametrize(("thresholds", "reason", "broken", "near_miss", "measured"), CASES)
def test_a_rule_and_its_near_miss(thresholds, reason, broken, near_miss, measured):
    pad = Thresholds(1, None, *[getattr(thresholds, name) for name in list(Thresholds.__dataclass_fields__)[2:]])
    limits = thresholds if reason in (DropReason.TOO_SHORT, DropReason.TOO_LONG) else pad
    assert broken_rule(features(broken), limits) == (reason, pytest.approx(measured))
    assert broken_rule(features(near_miss), limits) is None


def test_every_rule_has_a_case():
    assert {rule.reason for rule in RULES} == {reason for _, reason, *_ in CASES}


def test_a_null_threshold_switches_its_rule_off():
    off = Thresholds(*[None] * 8)
    assert broken_rule(features(""), off) is None
    assert broken_rule(features("哈" * 100 + "12345★★★★★。。。。。"), off) is None


def test_the_first_broken_rule_is_named():
    assert broken_rule(features("1"), ARTICLE) == (DropReason.TOO_SHORT, 1.0)
    assert broken_rule(features("12345678901234567890"), ARTICLE) == (DropReason.TOO_MANY_DIGITS, 1.0)


def test_an_empty_text_is_too_short():
    assert broken_rule(features(""), REVIEW) == (DropReason.TOO_SHORT, 0.0)


@pytest.mark.parametrize(
    "text",
    ["1260582亿元的投资带动了全县的水利建设和公路改造", "第１届运动会于１９９８年５月６日在海宁屯开幕并举行了仪式"],
)
def test_numbers_of_ordinary_news_stay(text):
    assert broken_rule(features(text), ARTICLE) is None
