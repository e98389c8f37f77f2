"""What no merge crosses, by conf, when a text is encoded as when merges are learnt."""

from typing import Any

import pytest

from pipeline.vocab.alphabet import to_bytes
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
    cutting = Cutting.build(config)
    words = [*CUTS[options][:-1], "\n\n", "\n", "ok"]
    assert list(cutting.words(TEXT)) == words
    # And the same in tokenizer.json, where a space is written Ġ.
    encoded = [to_bytes(word).decode() for word, _ in cutting.pre_tokenizer().pre_tokenize_str(TEXT)]
    assert encoded == words


def test_nl_is_no_word_and_parts_what_stands_beside_it(tokenizer_config: Any) -> None:
    found = words_of(["好\n<nl>好\n\n ，<nl>。<"], Cutting.build(tokenizer_config()), None)
    assert found == {"好": 2, "\n": 1, "\n\n": 1, " ，": 1, "。<": 1}


def test_a_single_text_counts_a_word_so_often_and_no_more(tokenizer_config: Any) -> None:
    texts = ["广告，广告，广告，广告，广告，广告", "广告"]
    cutting = Cutting.build(tokenizer_config())
    assert words_of(texts, cutting, 4) == {"广告": 5, "，": 4}
    assert words_of(texts, cutting, None) == {"广告": 7, "，": 5}
