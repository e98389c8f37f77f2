"""Longest match over several tables, against a slow and plain version of the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.script import converter
from pipeline.wiki.dictionaries import flat_rules, script_classes, source_tables
from pipeline.wiki.trie import Trie, replace

CLASSES = script_classes()
EMPTY = Trie()
WORDS = st.text("甲乙丙后後𨋢", min_size=1, max_size=3)
TABLES = st.dictionaries(WORDS, st.text("甲乙丁", max_size=4), max_size=6)


def plain(text, tables):
    """strtr: at each position the longest key of all tables, earlier tables first among equals."""
    out, position = [], 0
    while position < len(text):
        best = max(
            ((len(key), -order, value) for order, table in enumerate(tables) for key, value in table.items()
             if text.startswith(key, position)),
            default=None,
        )  # fmt: skip
        out.append(text[position] if best is None else best[2])
        position += 1 if best is None else best[0]
    return "".join(out)


@settings(deadline=None)  # the first call compiles
@given(st.text("甲乙丙丁后後𨋢", max_size=40), TABLES, TABLES, TABLES)
def test_the_longest_key_wins_and_among_equals_the_first_table(text, first, second, base):
    tries = Trie(first), Trie(second), Trie(base)
    assert replace(text, tries[0], tries[1], (tries[2], tries[2]), CLASSES, 1) == plain(text, [first, second, base])


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.tuples(st.booleans(), TABLES), max_size=8), st.text("甲乙丙后後", max_size=30))
def test_tables_grow_and_shrink(steps, text):
    trie, rules = Trie(), {}
    for adding, table in steps:
        if adding:
            trie.add(table)
            rules |= table
        else:
            trie.remove(table)
            rules = {key: value for key, value in rules.items() if key not in table}
    assert replace(text, trie, EMPTY, (EMPTY, EMPTY), CLASSES, 1) == plain(text, [rules])


def test_a_thousand_rules_added_one_by_one_all_hold():
    trie = Trie()
    for number in range(1000):
        trie.add({f"词{number}。": f"語{number}！"})
    text = "".join(f"词{number}。" for number in range(1000))
    assert replace(text, trie, EMPTY, (EMPTY, EMPTY), CLASSES, 1) == text.replace("词", "語").replace("。", "！")


def test_what_is_marked_raw_stays():
    rules = Trie({"后": "後"})
    assert replace("后\x05后a\x06后\x05后", rules, EMPTY, (EMPTY, EMPTY), CLASSES, 1) == "後\x05后a\x06後\x05後"


def test_an_empty_key_and_an_endless_value_are_refused():
    with pytest.raises(ValueError, match="match everywhere"):
        Trie({"": "x"})
    with pytest.raises(ValueError, match="1024"):
        Trie({"x": "x" * 2000})


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
