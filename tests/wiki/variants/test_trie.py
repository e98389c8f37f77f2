"""Longest match over several tables, against a slow and plain version of the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.script import evidence
from pipeline.wiki.variants.trie import Trie, replace

CLASSES = evidence()
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
