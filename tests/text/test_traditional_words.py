"""Simplified to Traditional by words: phrases that OpenCC cuts wrongly, surnames, standards, and the lattice itself."""

import pytest

from pipeline.text.script import converter
from pipeline.text.traditional_phrases import ALONE, PHRASES
from pipeline.text.traditional_words import own_phrases, to_traditional
from pipeline.text.word_lattice import WordLattice, scores_of


@pytest.mark.parametrize(
    ("text", "want"),
    [
        # Words across the border of one of OpenCC's phrases
        ("指南针被发明以后", "指南針被發明以後"),
        ("被发送的邮件被发现了", "被發送的郵件被發現了"),
        ("包括发送与接收", "包括發送與接收"),
        ("展示了如何学习", "展示了如何學習"),
        ("学习了如何做", "學習了如何做"),
        ("参与制造和制定制度", "參與製造和制定制度"),
        ("这只是一只小猫，只有三只脚", "這只是一隻小貓，只有三隻腳"),
        # One character, several forms
        ("皇后在后面，头发和发展", "皇后在後面，頭髮和發展"),
        ("头发干了，不干净的干部干涉", "頭髮乾了，不乾淨的幹部干涉"),
        ("面条和面子，见面吃面包", "麵條和面子，見面吃麵包"),
        ("计划划船，规划比划", "計劃划船，規劃比劃"),
        ("黄山松很放松，五斗米与奋斗", "黃山松很放鬆，五斗米與奮鬥"),
        ("特征与长征，象征出征", "特徵與長征，象徵出征"),
        ("批准不准，标准准确", "批准不准，標準準確"),
        ("反复恢复复杂的答复", "反覆恢復複雜的答覆"),
        ("日历上的历史", "日曆上的歷史"),
        ("离家三公里，屋里有里约人哈里", "離家三公里，屋裡有里約人哈里"),
        ("他了解一目了然的事了", "他了解一目瞭然的事了"),
        ("谷歌在硅谷，稻谷在山谷", "谷歌在硅谷，稻穀在山谷"),
        ("小丑很丑", "小丑很醜"),
        ("一出戏演出了", "一齣戲演出了"),
        ("向导向往方向", "嚮導嚮往方向"),
        ("咸阳的咸菜", "咸陽的鹹菜"),
        # Surnames
        ("于先生对于余秋雨和范先生", "于先生對於余秋雨和范先生"),
        ("姜老师喝姜茶，叶女士看树叶", "姜老師喝薑茶，葉女士看樹葉"),
        ("沈阳的沈先生，周六的周先生", "瀋陽的沈先生，週六的周先生"),
        ("钟教授敲钟，姓于的多余", "鍾教授敲鐘，姓于的多餘"),
    ],
)
def test_words_decide_which_form_a_character_takes(text, want):
    assert to_traditional("s2tw")(text) == want


@pytest.mark.parametrize("standard", ["s2hk", "s2t"])
def test_phrases_of_ours_follow_the_standard(standard):
    own = own_phrases(standard)
    assert (own["屋里"], own["面条"]) == ("屋裏", "麪條")
    assert own_phrases("s2tw")["面条"] == "麵條"


def test_latin_spaces_and_marks_stay():
    text = "Git 2.0：\t“a < b”（x）\n\n　end 😀"
    assert to_traditional("s2tw")(text) == text


def test_every_phrase_has_its_character_and_one_reading():
    readings: dict[str, set[str]] = {}
    single = {character: str(converter("t2s").convert(character)) for character in "".join(PHRASES.values())}
    for character, words in PHRASES.items():
        for word in words.split():
            assert character in word
            readings.setdefault("".join(single[each] for each in word), set()).add(word)
    assert {source: forms for source, forms in readings.items() if len(forms) > 1} == {}
    assert all(len(character) == 1 for character in ALONE)


def test_the_likeliest_path_wins_over_the_longest_word_from_the_left():
    counts = {"甲": 10, "乙": 10, "丙": 10, "甲乙": 2, "乙丙": 100}
    scores = scores_of(counts)
    lattice = WordLattice(list(counts), list(scores.values()), ["甲", "乙", "丙", "ＡＢ", "ＢＣ"])
    assert lattice.convert("甲乙丙丁甲乙") == "甲ＢＣ丁ＡＢ"
    assert lattice.best_score(["甲乙丙", "丁"]).tolist() == [scores["甲"] + scores["乙丙"], float("-inf")]


def test_a_form_of_another_length_is_refused():
    with pytest.raises(ValueError, match="different lengths"):
        WordLattice(["甲"], [0.0], ["ＡＢ"])
