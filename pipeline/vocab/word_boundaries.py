"""jieba's word boundaries: the words in which merges are learnt when conf asks them to stay inside.

Encoding has no dictionary. A merge learnt inside words also joins the same letters across a boundary of a later text.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from pipeline.text.characters import HAN_OF_WORDS

_TWO_HAN = re.compile(f"[{HAN_OF_WORDS}]{{2}}")


def inside_boundaries(words: Mapping[str, int]) -> Counter[str]:
    """Each word with two Chinese characters in a row cut at jieba's boundaries, the parts counted."""
    parts = Counter[str]()
    cut = _jieba().cut
    for word, count in words.items():
        if _TWO_HAN.search(word):
            for part in cut(word):
                parts[part] += count
        else:
            parts[word] += count
    return parts


@cache
def _jieba() -> Any:
    """jieba with its own dictionary, read without the cache file that it would leave among temporary files."""
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer
