"""How much of a text is Chinese: Han characters against the letters of other scripts."""

import re

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_OTHERS = re.compile("[\u3041-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9d\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
"""Kana and Hangul: Japanese and Korean texts have more of them than of Han characters."""
_WORD = re.compile("[A-Za-zÀ-ɏͰ-ӿ]+")
SAMPLE_CHARS = 20_000


def chinese_share(text: str) -> float:
    """Han characters less kana and Hangul, of all these and the words of Latin, Greek and Cyrillic letters."""
    sample = text[:SAMPLE_CHARS]
    han, others, words = (len(form.findall(sample)) for form in (_HAN, _OTHERS, _WORD))
    return max(0, han - others) / max(1, han + others + words)
