"""Word lists as people have them: odd lines are counted, wrong encodings are refused."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import SourceError
from pipeline.vocab.base import Base
from pipeline.vocab.wordlist import WordList, choose_words, jieba_list, read_words


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
    with pytest.raises(SourceError, match=r"words\.txt: byte 4 is not UTF-8; .* iconv -f GB18030 -t UTF-8"):
        read_words(file, max_chars=16)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.txt: No such file or directory \(tokenizer\.word_file\)"):
        read_words(tmp_path / "none.txt", max_chars=16)


def test_words_rank_by_the_list_then_by_the_text(base: Base, tokenizer_config: Any) -> None:
    listed = WordList(
        {"北京": 0, "人民": 0, "中国": 5, "上海": 0, "the": 9, "的": 9, "<nl>": 9, "é中": 1, "éé": 9}, {}
    )
    seen = {"北京": 3, "人民": 4, "中国": 2, "上海": 1, "the": 9, "的": 9, "<nl>": 9, "é中": 2, "éé": 9}
    config = tokenizer_config(method="wordlist", vocab_size=None, max_words=3)
    assert choose_words(listed, seen, base, config) == WordList(
        {"中国": 5, "é中": 1, "人民": 0},
        {"one_token": 2, "rare": 1, "reserved": 2, "surplus": 1},
    )


def test_jiebas_list_is_found() -> None:
    listed = read_words(jieba_list(), max_chars=16)
    assert len(listed.frequencies) > 349_000
    assert listed.frequencies["的"] == 318825
