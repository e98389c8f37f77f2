"""Texts on which clients must agree: 10,000 lines of the corpus, and strings that break tokenizers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

LINES = 10_000
MAX_CHARS = 2_000

HOSTILE = [
    "",
    " ",
    "\n",
    "\n\n",
    "\n\n\n\n第三段",
    "一行\r\n又一行\r\n\r\n隔了一行",
    "老式换行\r又一行",
    "\t缩进\t制表\t\t符",
    "　　段首空两格，　中间也空",
    "a  b   c    d     ",
    "行尾有空格   \n   行首有空格",
    "\n \n\t\n　\n",
    "字\n\n字\n字 \n 字",
    "<s>我想",
    "我想<s>吃饭<s>",
    "<s>",
    "<s><s>",
    "<pad><pad>补齐",
    "<nl>",
    "标签 <nl> 照字面",
    "一<nl><nl>二\n三<nl>\n",
    "<lit>",
    "<lit><nl><<lit>nl>",
    "<|endoftext|>",
    "前<|endoftext|>后",
    "< s >< / s ></s>",
    "<unk>[CLS][SEP]<|im_start|>user",
    "👨‍👩‍👧‍👦一家👍🏽🇨🇳🏳️‍🌈",
    "❤️☺️♾️",
    "𠮷野家、𪚥、㐂、\U00030000",
    "e\u0301 é \u0301\u0302",
    "\u0301",
    "が か\u3099",
    "葛\U000e0100城",
    "\u200b零宽\u200d连\ufeff字\u2060",
    "左\u202e右\u202c",
    "\x00",
    "零\x00字节\x01\x1b[0m\x7f",
    "\ufffd\ufffe\U0010ffff",
    "ㄅㄆㄇ 한국어 Ελληνικά русский العربية עברית ไทย हिन्दी",
    "don't we'll I'M HE'S they'VE",
    "2024年1月1日 3.14159 １２３ ①②③ 1,000,000",
    "ＡＢＣａｂｃ，。！？；：“”‘’（）【】《》",
    "——……··～～",
    "https://example.test/路径?查询=值&a=b#片段",
    "def f(x):\n    return x ** 2  # 平方\n",
    "哈" * 300,
    "!" * 200,
    "\n" * 50,
    " " * 50,
    "我想Ċ吃Ġ饭",
    "\u2028行分隔\u2029段分隔\x85下一行\x0b\x0c",
    "\xa0不断行空格\u2003全身空格",
]
"""Emoji, blanks and breaks of all kinds, marks that stand alone, special tokens and byte tokens spelled out."""

PROMPTS = [
    "我想",
    "中国",
    "今天天气很好，",
    "这本书",
    "在一个小村庄里，住着一位老人。他每天早上都到河边去，",
    "第一行\n第二行\n",
]
"""Of different lengths, for batches."""


def corpus_lines(data: Path) -> list[str]:
    """Up to 10,000 lines of data/split, of all parts in turn, blank ones and indents included."""
    files = sorted((data / "split").glob("*/*.parquet"))
    each = -(-LINES // max(1, len(files)))
    found: list[str] = []
    spare: list[str] = []
    for file in files:
        lines = list(_lines(file))
        found += lines[:each]
        spare += lines[each:]
    return (found + spare)[:LINES]


def _lines(file: Path) -> Iterator[str]:
    """The document's lines; each tenth document whole, with its line breaks."""
    for number, text in enumerate(pq.read_table(file, columns=["text"], partitioning=None)["text"].to_pylist()):
        if number % 10:
            yield from (line[:MAX_CHARS] for line in text.split("\n"))
        else:
            yield text[:MAX_CHARS]


def differing(texts: list[str], found: list[Any], expected: list[Any]) -> list[tuple[str, Any, Any]]:
    """The first few texts on which two lists differ."""
    rows = zip(texts, found, expected, strict=True)
    return [(text[:60], a, b) for text, a, b in rows if a != b][:5]
