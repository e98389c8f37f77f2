"""Conversion groups from Lua and wikitext: their rules, and time that grows with their length alone."""

import time

import pytest

from pipeline.wiki.variants.conversion_groups import group_name, lua_rules, wikitext_rules


def test_lua_tables_and_items_give_their_rules_and_comments_none():
    source = """-- rule = "注释"
    --[==[ rule = "长注释" ]==]
    local Item = require('Module:CGroup/core').Item
    return { name = 'IT', content = {
        { type = 'item', original = 'program', rule = 'zh-cn:程序;zh-tw:程式' },
        { rule = "zh-cn:\\"引号\\";zh-tw:「引號」" },
        { rule = [[zh-cn:软件;zh-tw:軟體]] },
        Item('mouse', 'zh-cn:鼠标;zh-tw:滑鼠'), Item(nil, 'zh-cn:打印;zh-tw:列印'),
        { rule = '' },
    } }"""
    assert lua_rules(source) == [
        "zh-cn:程序;zh-tw:程式",
        'zh-cn:"引号";zh-tw:「引號」',
        "zh-cn:软件;zh-tw:軟體",
        "zh-cn:鼠标;zh-tw:滑鼠",
        "zh-cn:打印;zh-tw:列印",
    ]


def test_a_string_without_end_costs_its_line():
    assert lua_rules("rule = 'zh-cn:甲\nrule = 'zh-cn:乙;zh-tw:丙'") == ["zh-cn:甲", "zh-cn:乙;zh-tw:丙"]


@pytest.mark.parametrize("opening", ["--[[\n", "[[", '\\"', "\\'", "{{CItem|", "-{H|", "<!--", "<noinclude>"])
def test_a_page_of_openings_without_end_is_read_in_a_moment(opening):
    """A search to the end from each of them would take hours."""
    started = time.monotonic()
    for rules in (lua_rules, wikitext_rules):
        rules(opening * 200_000)
    assert time.monotonic() - started < 20


def test_documentation_examples_in_wikitext_are_no_rules():
    source = (
        "<!-- -{H|zh-cn:注;zh-tw:註}- --><noinclude>-{H|zh-cn:例;zh-tw:範例}-</noinclude>"
        "-{H|zh-cn:程序;zh-tw:程式}- -{zh-cn:只此;zh-tw:只此處}- {{CItem|zh-cn:鼠标;zh-tw:滑鼠|mouse}}"
    )
    assert wikitext_rules(source) == ["zh-cn:程序;zh-tw:程式", "zh-cn:鼠标;zh-tw:滑鼠"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Module:CGroup/IT", "IT"),
        ("Template:CGroup-physics", "Physics"),
        ("模块:CGroup/Computer_science", "Computer science"),
        ("Module:CGroup/core", None),
        ("Module:CGroup/IT/doc", None),
        ("Template:NoteTA", None),
    ],
)
def test_a_group_is_told_by_its_title(title, name):
    assert group_name(title) == name
