"""Find what is Japanese or Korean in a text, so that it is neither converted nor counted as Chinese.

Evidence are kana, hangul and the characters of Japan's reform of 1946 that no Chinese text writes (戯 沢 桜 円). It
reaches over the clause in which it stands among ideographs, not over a reading in brackets: 是上奈木（かみなぎ）学园
is Chinese, 上奈木は is not.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.text.characters import CharClass, class_table

SHINJITAI = (
    "図団囲圏壱売変奨実対専帰庁広廃弐弾従徳応恵悪戦戯戻払抜択拝拠拡挙掲揺摂撃斉暁桜栄検楽様権歓歯歴気沢浄渋済満滝"
    "瀬焼猟獣畑県砕稲穂穏竜粛経継続絵総縁縄縦繊聴脳臓荘薬蔵覚覧観訳読譲賛転軽辺込逓遅郷酔醸釈鉄銭錬関闘陥険隠隷雑"
    "霊顕駅駆騒験髪鶏齢労営厳剰児円仏伝価働匂"
)
"""Without forms that Chinese texts have, too: 国 学 会 (Simplified), 説 悦 (Hong Kong), 黒 歩 毎 (old prints)."""
_KANA_AND_HANGUL = (
    (0x3041, 0x3097),
    (0x30A1, 0x30FB),
    (0x31F0, 0x3200),
    (0xFF66, 0xFF6F),
    (0xFF71, 0xFF9E),
    (0x1100, 0x1200),
    (0x3131, 0x318F),
    (0xAC00, 0xD7A4),
)
_SENTENCE_ENDS = "。！？!?\n"
_CLAUSE_ENDS = '，、；：,;:()（）「」『』《》〈〉【】［］[]“”‘’"…—|/／\t'
SHARE = 6
"""A clause with ideographs is of another language if one in SHARE of its letters is evidence: 一般会計総額は."""
NEAR = 3
"""In a clause with less evidence, so many characters on either side of it are left alone."""


@cache
def _tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """By code point: evidence of another language, end of a sentence, end of a clause; shape [0x110000] each."""
    foreign, sentence, clause = (np.zeros(0x110000, np.bool_) for _ in range(3))
    for low, high in _KANA_AND_HANGUL:
        foreign[low:high] = True
    foreign[[ord(character) for character in SHINJITAI]] = True
    sentence[[ord(character) for character in _SENTENCE_ENDS]] = True
    clause[[ord(character) for character in _SENTENCE_ENDS + _CLAUSE_ENDS]] = True
    return foreign, sentence, clause


def in_other_language(points: NDArray[np.uint32]) -> NDArray[np.bool_] | None:
    """Which code points belong to Japanese or Korean, shape [characters]; None if none does."""
    foreign, sentence, clause = _tables()
    found = foreign[points]
    if not found.any():
        return None
    han = class_table()[points] == CharClass.CHINESE
    clauses = np.cumsum(clause[points])
    letters = np.bincount(clauses, weights=found | han)
    marks = np.bincount(clauses, weights=found)
    among_han = (np.bincount(clauses, weights=han) > 0) & (marks * SHARE >= letters) & (marks > 0)
    result: NDArray[np.bool_] = among_han[clauses] | found
    sentences = np.cumsum(sentence[points])
    whole = np.bincount(sentences, weights=han & among_han[clauses]) * 2 > np.bincount(sentences, weights=han)
    result |= whole[sentences]
    for place in np.flatnonzero(found & ~among_han[clauses]).tolist():
        near = slice(max(0, place - NEAR), place + NEAR + 1)
        result[near] |= clauses[near] == clauses[place]
    return result
