"""Continued BPE: new merges follow the base's, and the vocabulary has exactly the size asked for."""

from dataclasses import replace
from typing import Any

import pytest
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import BPE

from pipeline.core.errors import ConfigError
from pipeline.text.script import converter
from pipeline.vocab.alphabet import begins_character, is_fragment, to_bytes, to_token
from pipeline.vocab.assembly import Vocabulary
from pipeline.vocab.base import Base
from pipeline.vocab.cutting import Cutting
from pipeline.vocab.extension import Extension, cut, extend
from pipeline.vocab.segmentation import segment
from pipeline.vocab.traditional import joining_merges
from pipeline.vocab.word_boundaries import inside_boundaries
from pipeline.vocab.words import words_of
from tests.vocab.engines import ENGINE

TEXTS = [
    "中国人民银行今天在北京宣布，中国人民生活水平提高了。",
    "酒店的服务很好，房间很干净，酒店的位置也很好。",
    "中国经济发展，人民生活改善。\nThe hotel is good, the hotel is clean.",
] * 3


def extended(base: Base, config: Any, texts: list[str] = TEXTS) -> Extension:
    words = words_of(texts, Cutting.build(config), config.max_repeats)
    return extend(segment(ENGINE, {word: words[word] for word in sorted(words)}, base), base, config)


def new_texts(extension: Extension) -> list[str]:
    return [to_bytes(token).decode() for token in extension.new if not is_fragment(token)]


def by_merges_alone(extension: Extension) -> Tokenizer:
    """A loader that knows vocab and merges and nothing else: no word is looked up whole."""
    ids = {token: id for id, token in enumerate([*extension.kept, *extension.new])}
    tokenizer = Tokenizer(BPE(ids, list(extension.merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return tokenizer


def test_the_most_frequent_pair_is_merged_first(base: Base, tokenizer_config: Any) -> None:
    texts = ["中国人民", "中国"] * 4 + ["中国", "人民"] * 3
    extension = extended(base, tokenizer_config(vocab_size=270, base_min_count=4), texts)
    assert new_texts(extension) == ["国", "中国", "民", "人民", "中国人民"]


def test_tokens_too_long_are_passed_over_and_the_size_is_met(base: Base, tokenizer_config: Any) -> None:
    for size in (320, 335):
        extension = extended(base, tokenizer_config(vocab_size=size, max_token_chars=2))
        assert len(extension) == size - 3
        assert {len(text) for text in new_texts(extension)} == {1, 2}
    assert extension.refused["too_long"] > 0


@pytest.mark.parametrize("traditional", [False, True])
def test_only_beginnings_of_characters_are_fragments(base: Base, tokenizer_config: Any, traditional: bool) -> None:
    texts = [*TEXTS, *["经济发展，选择转变，请认为，开启众选"] * 6]
    extension = extended(base, tokenizer_config(vocab_size=400, traditional=traditional), texts)
    fragments = [to_bytes(token) for token in extension.new if is_fragment(token)]
    assert len(fragments) > 10
    assert [raw for raw in fragments if not begins_character(raw)] == []


@pytest.mark.parametrize("changes", [{}, {"traditional": True}, {"boundaries": "jieba"}], ids=str)
def test_every_new_token_is_reached_by_merges_alone(
    base: Base, tokenizer_config: Any, changes: dict[str, Any]
) -> None:
    extension = extended(base, tokenizer_config(vocab_size=350, **changes))
    tokenizer = by_merges_alone(extension)
    whole = [to_bytes(token).decode() for token in extension.new if not is_fragment(token)]
    assert [tokenizer.encode(text).tokens for text in whole] == [[to_token(text)] for text in whole]
    bare = Tokenizer(BPE(tokenizer.get_vocab(), list(extension.merges)))  # takes bytes as they are written
    fragments = [token for token in extension.new if is_fragment(token)]
    assert [bare.encode(token).tokens for token in fragments] == [[token] for token in fragments]


def test_a_line_break_is_never_part_of_a_longer_token(base: Base, tokenizer_config: Any) -> None:
    """A poem's indents follow line breaks so often that a pair of both would be learnt first."""
    texts = ["白日依山尽\n\n\u3000\u3000黄河入海流\n\n\n"] * 9
    extension = extended(base.with_plain_line_breaks(), tokenizer_config(vocab_size=275, base_min_count=4), texts)
    assert extension.refused["line_break"] > 0
    assert [token for token in [*extension.kept, *extension.new] if "Ċ" in token] == ["Ċ"]


def test_traditional_forms_of_new_tokens_are_tokens(base: Base, tokenizer_config: Any) -> None:
    plain = extended(base, tokenizer_config(vocab_size=360))
    both = extended(base, tokenizer_config(vocab_size=360, traditional=True))
    assert len(plain) == len(both) == 357
    assert "中國" not in new_texts(plain)
    learnt = set(new_texts(both))
    for name in ("s2t", "s2tw"):
        assert {converter(name).convert(text) for text in learnt} <= learnt | set(base.ids) | {*map(chr, range(256))}
    assert {"国", "國", "中国", "中國"} <= learnt


def test_merges_stay_inside_jiebas_words(base: Base, tokenizer_config: Any) -> None:
    config = tokenizer_config(vocab_size=340, boundaries="jieba")
    words = words_of(TEXTS, Cutting.build(config), None)
    cut_words = inside_boundaries(words)
    assert {"酒店", "的", "服务", "很", "好"} <= set(cut_words)
    assert sum(len(word) * count for word, count in words.items()) == sum(
        len(word) * count for word, count in cut_words.items()
    )
    inside = extend(segment(ENGINE, dict(sorted(cut_words.items())), base), base, config)
    free = extended(base, replace(config))
    assert [text for text in new_texts(free) if text in ("酒店的", "很好", "中国人民")]
    assert [text for text in new_texts(inside) if not any(text in word for word in cut_words)] == []


def test_digits_and_punctuation_merge_as_conf_says(base: Base, tokenizer_config: Any) -> None:
    texts = ["2024年，但是2024年，但是。”他说，但是，“2024”。”"] * 9
    found = {
        name: new_texts(extended(base, tokenizer_config(vocab_size=279, base_min_count=999, **changes), texts))
        for name, changes in {
            "default": {},
            "single": {"digits": "single"},
            "apart": {"punctuation": "apart"},
            "joined": {"punctuation": "joined"},
        }.items()
    }
    marks, digits = set("，。“”"), set("0123456789")
    mixed = {
        name: [text for text in texts if set(text) & marks and set(text) - marks] for name, texts in found.items()
    }
    assert mixed["default"] == mixed["single"] == mixed["apart"] == []
    assert "，但是" in mixed["joined"]
    assert [text for text in found["single"] if len(digits & set(text)) > 1] == []
    assert "。”" in found["default"] and "。”" not in found["apart"]


@pytest.mark.parametrize("size", [300, 301, 302, 303, 304, 305, 320, 350])
def test_the_size_is_met_exactly(base: Base, tokenizer_config: Any, size: int) -> None:
    config = tokenizer_config(vocab_size=size, base_min_count=6)
    extension = extended(base, config)
    vocabulary = Vocabulary.build(extension, [], config)
    tokenizer = vocabulary.tokenizer()
    assert len(vocabulary.tokens) == len(set(vocabulary.tokens)) == tokenizer.get_vocab_size() == size
    assert [tokenizer.id_to_token(id) for id in range(size)] == vocabulary.tokens
    text = "\n".join(TEXTS)
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_base_tokens_stay_if_the_text_uses_them_or_a_merge_needs_them(base: Base, tokenizer_config: Any) -> None:
    config = tokenizer_config(vocab_size=330, base_min_count=4)
    extension = extended(base, config)
    made = {left + right for left, right in extension.merges}
    assert made == set(extension.new) | set(extension.kept[256:])
    assert {part for pair in extension.merges for part in pair} <= {*extension.kept, *extension.new}
    assert "Ġhotel" in extension.kept
    assert "Ġthe" not in {*extension.kept}  # three times
    assert to_token("中国") in extension.new


def test_the_whole_base_can_stay(base: Base, tokenizer_config: Any) -> None:
    config = tokenizer_config(vocab_size=50270, keep_base="all")
    extension = extended(base, config)
    assert list(extension.kept) == base.tokens
    assert list(extension.merges[:50000]) == list(base.merges)
    assert len(extension.new) == 50270 - 3 - 50256


def test_without_new_merges_the_base_is_cut_to_what_is_used(base: Base, tokenizer_config: Any) -> None:
    extension = cut(base, {"Ġthe": 50, "Ġcat": 49}, tokenizer_config())
    assert extension.kept[256:] == ["Ġt", "he", "Ġthe"]
    assert extension.merges == [("Ġ", "t"), ("h", "e"), ("Ġt", "he")]


def test_a_vocabulary_that_the_text_cannot_teach_is_an_error_with_both_sizes(
    base: Base, tokenizer_config: Any
) -> None:
    with pytest.raises(ConfigError, match=r"vocab_size 4000 is more than the text can teach: it gives 3\d\d tokens"):
        extended(base, tokenizer_config(vocab_size=4000))


def test_a_vocabulary_without_room_for_new_tokens_is_an_error_with_both_sizes(
    base: Base, tokenizer_config: Any
) -> None:
    with pytest.raises(ConfigError, match="vocab_size 1000 leaves no room for new tokens: 50256 base tokens and 3"):
        extended(base, tokenizer_config(vocab_size=1000, keep_base="all"))
    with pytest.raises(ConfigError, match=r"vocab_size 262 leaves no room for new tokens: 3\d\d base tokens and 3"):
        extended(base, tokenizer_config(vocab_size=262, base_min_count=1))


def test_characters_are_joined_before_words(base: Base) -> None:
    tokenizer = by_merges_alone(Extension(base.tokens, [], base.merges, {}))
    assert tokenizer.encode("轉變").tokens == ["è", "½", "ī", "è", "®", "Ĭ"]
    joined = ["".join(pair) for pair in joining_merges([to_token("轉變"), to_token("轉變轉")], tokenizer)]
    assert [to_bytes(token) for token in joined] == [
        *[b"\xe8\xbd", "轉".encode(), b"\xe8\xae", "變".encode(), "轉變".encode()],
        "轉變轉".encode(),
    ]
