"""What no merge crosses, by conf, when a text is encoded as when merges are learnt."""

from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import BPE

from pipeline.vocab.cutting import Cutting
from pipeline.vocab.words import words_of

TEXT = "他说：“好。”——真的？！2024年 3.5%，但是……\n\n\nok"
CUTS = {
    (): [*["他说", "：“", "好", "。”——", "真的", "？！", "2024", "年", " 3", ".", "5", "%，", "但是", "……"], "ok"],
    ("single", "runs"): [
        *["他说", "：“", "好", "。”——", "真的", "？！", *"2024", "年", " 3", ".", "5", "%，", "但是", "……"],
        "ok",
    ],
    ("grouped", "apart"): [
        *["他说", "：", "“", "好", "。", "”", "——", "真的", "？", "！", "2024", "年", " 3", ".", "5", "%", "，"],
        *["但是", "……", "ok"],
    ],
    ("grouped", "joined"): [
        *["他说：“好。”——真的？！", "2024", "年", " 3", ".", "5", "%", "，但是……"],
        "ok",
    ],
}


@pytest.mark.parametrize("options", CUTS, ids=str)
def test_a_text_is_cut_as_conf_says(tokenizer_config: Any, options: tuple[str, ...]) -> None:
    config = tokenizer_config(**dict(zip(("digits", "punctuation"), options, strict=False)))
    frame = Tokenizer(BPE())
    cutting = Cutting.build(config)
    cutting.install(frame)
    words = [word for word, _ in cutting.words().pre_tokenize_str(frame.normalizer.normalize_str(TEXT))]
    assert words == [*CUTS[options][:-1], "<nl><nl>", "<nl>", "ok"]


def test_marks_and_line_breaks_are_no_words(tokenizer_config: Any) -> None:
    assert words_of(["好\n<nl>好\n\n"], Cutting.build(tokenizer_config()), None) == {"好": 2, "<": 1, ">": 1, "nl": 1}


def test_a_single_text_counts_a_word_so_often_and_no_more(tokenizer_config: Any) -> None:
    texts = ["广告，广告，广告，广告，广告，广告", "广告"]
    cutting = Cutting.build(tokenizer_config())
    assert words_of(texts, cutting, 4) == {"广告": 5, "，": 4}
    assert words_of(texts, cutting, None) == {"广告": 7, "，": 5}
