"""Continued BPE: new merges follow the base's, and the vocabulary has exactly the size asked for."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import ConfigError
from pipeline.vocab.alphabet import to_token
from pipeline.vocab.assembly import Vocabulary
from pipeline.vocab.base import Base
from pipeline.vocab.extension import cut, extend
from pipeline.vocab.linebreaks import Marks
from pipeline.vocab.merging import learn_merges, spell
from pipeline.vocab.words import words_of

TEXTS = [
    "中国人民银行今天在北京宣布，中国人民生活水平提高了。",
    "酒店的服务很好，房间很干净，酒店的位置也很好。",
    "中国经济发展，人民生活改善。\nThe hotel is good, the hotel is clean.",
] * 3


def counted(config: Any, texts: list[str] = TEXTS) -> dict[str, int]:
    words = words_of(texts, Cutting.build(config), config.max_repeats)
    return {word: words[word] for word in sorted(words)}


def segmented(base: Base, config: Any, texts: list[str] = TEXTS) -> Segmentation:
    return segment(ENGINE, counted(config, texts), base)


@pytest.mark.parametrize("size", [300, 301, 302, 303, 304, 305, 320, 350])
def test_the_size_is_met_exactly(base: Base, tokenizer_config: Any, size: int) -> None:
    config = tokenizer_config(vocab_size=size, base_min_count=6)
    extension = extend(segmented(base, config), base, config, specials=5)
    vocabulary = Vocabulary.build(extension, [], config)
    tokenizer = vocabulary.tokenizer()
    assert len(vocabulary.tokens) == len(set(vocabulary.tokens)) == tokenizer.get_vocab_size() == size
    assert [tokenizer.id_to_token(id) for id in range(size)] == vocabulary.tokens
    text = "\n".join(TEXTS)
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_base_tokens_stay_if_the_text_uses_them_or_a_merge_needs_them(base: Base, tokenizer_config: Any) -> None:
    config = tokenizer_config(vocab_size=330, base_min_count=4)
    extension = extend(segmented(base, config), base, config, specials=5)
    made = {left + right for left, right in extension.merges}
    assert made == set(extension.new) | set(extension.kept[256:])
    assert {part for pair in extension.merges for part in pair} <= {*extension.kept, *extension.new}
    assert "Ġhotel" in extension.kept
    assert "Ġthe" not in {*extension.kept}  # three times
    assert to_token("中国") in extension.new


def test_the_whole_base_can_stay(base: Base, tokenizer_config: Any) -> None:
    config = tokenizer_config(vocab_size=50270, keep_base="all")
    extension = extend(segmented(base, config), base, config, specials=5)
    assert list(extension.kept) == base.tokens
    assert list(extension.merges[:50000]) == list(base.merges)
    assert len(extension.new) == 10


def test_without_new_merges_the_base_is_cut_to_what_is_used(base: Base, tokenizer_config: Any) -> None:
    extension = cut(base, {"Ġthe": 50, "Ġcat": 49}, tokenizer_config())
    assert extension.kept[256:] == ["Ġt", "he", "Ġthe"]
    assert extension.merges == [("Ġ", "t"), ("h", "e"), ("Ġt", "he")]


def test_a_vocabulary_that_the_text_cannot_teach_is_an_error_with_both_sizes(
    base: Base, tokenizer_config: Any
) -> None:
    with pytest.raises(ConfigError, match=r"vocab_size 4000 is more than the text can teach: it gives 3\d\d tokens"):
        extend_with(vocab_size=4000)


def test_a_vocabulary_without_room_for_new_tokens_is_an_error_with_both_sizes(
    base: Base, tokenizer_config: Any
) -> None:
    with pytest.raises(ConfigError, match="vocab_size 1000 leaves no room for new tokens: 50256 base tokens and 4"):
        extend_with(vocab_size=1000, keep_base="all")
    with pytest.raises(ConfigError, match=r"vocab_size 262 leaves no room for new tokens: 3\d\d base tokens and 4"):
        extend_with(vocab_size=262, base_min_count=1)
