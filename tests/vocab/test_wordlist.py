"""Word lists as people have them: odd lines are counted, wrong encodings are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import SourceError
from pipeline.vocab.base import Base
from pipeline.vocab.occurrences import Trie
from pipeline.vocab.wordlist import WordList, choose_words, jieba_list, read_lists, read_words


def test_odd_lines_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    lines = ["中国 30 ns", "人民", "", " \u3000 ", "中国 7", "酒店\t12", "服务 很多", "长" * 10000, "北京\r"]
    file.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode() + b"\n")
    assert read_words(file, max_chars=16) == WordList(
        {"中国": 30, "人民": 0, "酒店": 12, "北京": 0},
        {"blank": 2, "duplicate": 1, "malformed": 1, "too_long": 1},
    )


def test_gbk_is_refused_with_its_place_and_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes(b"abc\n" + "中国".encode("gbk"))
    with pytest.raises(SourceError, match=r"words\.txt: line 2: byte 4 is not UTF-8; .* iconv -f GB18030 -t UTF-8"):
        read_words(file, max_chars=16)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.txt: No such file or directory \(tokenizer\.word_files\)"):
        read_words(tmp_path / "none.txt", max_chars=16)


def test_words_rank_by_the_text_then_by_the_list(base: Base, tokenizer_config: Any) -> None:
    listed = WordList(
        {"北京": 0, "人民": 0, "中国": 5, "上海": 0, "the": 9, "的": 9, "<nl>": 9, "é中": 1, "éé": 9}, {}
    )
    seen = {"北京": 3, "人民": 4, "中国": 2, "上海": 1, "the": 9, "的": 9, "<nl>": 9, "é中": 2, "éé": 9}
    config = tokenizer_config(method="wordlist", max_words=3)
    assert choose_words(listed, seen, base, config) == WordList(
        {"人民": 0, "北京": 0, "中国": 5},
        {"one_token": 2, "rare": 1, "reserved": 2, "surplus": 1},
    )


def test_several_lists_are_one_and_the_first_frequency_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("中国\n北京 3\n", encoding="utf-8")
    second.write_text("北京 9\n中国 7\n上海 5\n\n", encoding="utf-8")
    assert read_lists([str(first), str(second)], max_chars=16) == WordList(
        {"中国": 7, "北京": 3, "上海": 5}, {"blank": 1, "duplicate": 2}
    )
    assert read_lists(["jieba", str(second)], max_chars=16).frequencies["北京"] == 34488


def test_words_are_counted_wherever_they_stand() -> None:
    words = ["中国", "中国人", "国人", "人民", "人", "T恤", "没有"]
    counts = np.zeros(len(words), np.int64)
    Trie.build(words).count(["中国人民中国", "人T恤", "中"], counts)
    assert counts.tolist() == [2, 1, 1, 1, 2, 1, 0]


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(st.text("中国人T𠮷", min_size=1, max_size=4), min_size=1, max_size=8, unique=True),
    texts=st.lists(st.text("中国人T𠮷", max_size=12), max_size=4),
)
def test_counting_all_words_at_once_is_counting_each(words: list[str], texts: list[str]) -> None:
    counts = np.zeros(len(words), np.int64)
    Trie.build(words).count(["", *texts], counts)
    assert counts.tolist() == [
        sum(text.startswith(word, start) for text in texts for start in range(len(text))) for word in words
    ]


def test_jiebas_list_is_found() -> None:
    listed = read_words(jieba_list(), max_chars=16)
    assert len(listed.frequencies) > 349_000
    assert listed.frequencies["的"] == 318825
