"""OpenCC's configurations as tables: they convert as OpenCC does, the source chosen sentence by sentence."""

import pytest

from pipeline.text.script import converter, evidence
from pipeline.wiki.variants.dictionaries import flat_rules, source_tables
from pipeline.wiki.variants.trie import Trie, replace

CLASSES = evidence()
EMPTY = Trie()


@pytest.mark.parametrize("name", ["t2s", "tw2s", "s2t", "s2tw", "s2hk", "t2tw", "t2hk"])
def test_a_flattened_configuration_converts_as_opencc_does(name):
    text = (
        "皇后在后面看着他的头发，发现了干燥的树干。他乾脆顯著地著作，着急的后来人里面有一只表。台湾的计算机软件与數據庫。"
        "裡面的麵條、鐘錶與鍾情，乾隆皇帝，於是乎，藉口，慰藉。這裏的線路與綫索。吃飯喫飯，裝著衣著，著名作家著書。"
    )
    table = Trie(flat_rules(name))
    assert replace(text, EMPTY, EMPTY, (table, table), CLASSES, 1) == converter(name).convert(text)


def test_the_source_is_chosen_sentence_by_sentence():
    tables = source_tables("t2s", "tw2s", False)
    # 著 in a Traditional sentence is 着; in a Simplified one it is a word of its own.
    text = "他看著窗外的風景。成绩显著，他很高兴。"
    assert replace(text, EMPTY, EMPTY, tables, CLASSES, 1) == "他看着窗外的风景。成绩显著，他很高兴。"


def test_simplified_words_in_a_traditional_sentence_become_traditional():
    tables = source_tables("s2tw", "t2tw", False)
    text = "這個國家的皇后住在後宮，她的头发很長，聽說過後來的歷史嗎？"
    assert (
        replace(text, EMPTY, EMPTY, tables, CLASSES, -1)
        == "這個國家的皇后住在後宮，她的頭髮很長，聽說過後來的歷史嗎？"
    )


def test_an_apostrophe_is_no_closing_quotation_mark():
    tables = source_tables("s2tw", "t2tw", True)
    text = "他说：“这是‘软件’。”It’s O’Brien’s."
    assert replace(text, EMPTY, EMPTY, tables, CLASSES, 1) == "他說：「這是『軟件』。」It’s O’Brien’s."
