"""`-{…}-` as MediaWiki's LanguageConverter reads it, in every variant."""

import pytest

PROGRAMMER = "zh-cn:计算机程序员;zh-tw:電腦程式設計師"


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("zh-cn", "简"), ("zh-sg", "简"), ("zh-my", "简"), ("zh-hans", "简"),
        ("zh-tw", "繁"), ("zh-hk", "繁"), ("zh-mo", "繁"), ("zh-hant", "繁"), ("zh", "简"),
    ],
)  # fmt: skip
def test_a_choice_of_two_scripts(text, variant, expected):
    assert text("-{zh-hans:简;zh-hant:繁}-", variant=variant) == expected


@pytest.mark.parametrize(
    ("rule", "variant", "expected"),
    [
        ("zh-cn:大陆;zh-tw:臺灣", "zh-sg", "大陆"),  # zh-sg, zh-my, zh-hans, zh-cn
        ("zh-hans:简体;zh-my:大马", "zh-sg", "大马"),
        ("zh-hant:繁體;zh-tw:臺灣", "zh-hk", "繁體"),  # zh-hk, zh-mo, zh-hant, zh-tw
        ("zh-mo:澳門;zh-hant:繁體", "zh-hk", "澳門"),
        ("zh-hk:香港;zh-hant:繁體", "zh-tw", "繁體"),
        ("zh-hk:香港;zh-cn:大陆", "zh-tw", "香港"),
        ("zh-sg:新加坡;zh-hant:繁體", "zh-cn", "新加坡"),
        ("zh-hans:甲;zh-hant:乙;zh:丙", "zh", "丙"),
        ("zh-CN:大写;zh-Hant:標籤", "zh-cn", "大写"),
    ],
)
def test_a_missing_variant_falls_back_in_mediawikis_order(text, rule, variant, expected):
    assert text(f"-{{{rule}}}-", variant=variant) == expected


@pytest.mark.parametrize(
    ("source", "zh_cn", "zh_tw"),
    [
        ("这后面-{後面}-", "这后面後面", "這後面後面"),  # raw
        ("-{R|zh-cn:甲;zh-tw:乙}-", "zh-cn:甲;zh-tw:乙", "zh-cn:甲;zh-tw:乙"),
        ("-{N|zh-tw}-", "臺灣", "臺灣"),
        ("-{D|zh-cn:甲;zh-tw:乙}-", "大陆：甲；臺灣：乙；", "大陆：甲；臺灣：乙；"),
        ("-{A;D|zh-cn:甲;zh-tw:乙}-", "", ""),
        ("-{zh-hans;zh-hant|后来}-", "后来", "後來"),
        ("-{zh-tw|后来}-", "后来", "後來"),
        ("-{zh-hans:甲-{zh-cn:乙;zh-sg:丙}-;zh-hant:丁}-", "甲乙", "丁"),
        ("他說-{後", "他说-{后", "他說-{後"),  # unclosed: MediaWiki shows it
        ("-{zh-hk:港}-", "港", "港"),  # no fallback of zh-cn: MediaWiki shows an error, we the text
        ("-{zh-cn:a;b=>zh-tw:c}-", "a", "c"),
        ("无-{zh-cn:;zh-tw:有}-", "无", "無有"),
        ("无-{zh-hans:{{没有}};zh-hant:[[File:a.jpg]]}-。", "无。", "無。"),  # what stood in the choices is dropped
        ("无-{zh-hans:;zh-hant:;}--{A|zh-cn:{{没有}};zh-tw:{{没有}}}-。", "无。", "無。"),
        ("-{zh-hans:<nowiki>[[甲</nowiki>;zh-hant:<nowiki>乙{{</nowiki>}-", "[[甲", "乙{{"),
        ("-{A|zh-cn:<nowiki>C++</nowiki>;zh-tw:C加加}-，C加加", "C++，C++", "C加加，C加加"),
        ("-{H|zh-cn:程序;zh-tw:程式}--{zh;zh-hans;zh-hant|程式}-程式", "程式程序", "程式程式"),  # no region: no term
        ('前<langconvert from="zh-cn" to="zh-tw">后面</langconvert>', "前後面", "前後面"),
        ("-{zh-cn:分号；;zh-tw:分號；}-", "分号；", "分號；"),
        ("{甲}-{zh-cn:乙;zh-tw:丙}-", "{甲}乙", "{甲}丙"),
    ],
)
def test_what_a_rule_shows(text, source, zh_cn, zh_tw):
    assert text(source, variant="zh-cn") == zh_cn
    assert text(source, variant="zh-tw") == zh_tw


@pytest.mark.parametrize(
    "note", [f"-{{H|{PROGRAMMER}}}-", f"{{{{NoteTA|1={PROGRAMMER}}}}}", f"{{{{noteTA|{PROGRAMMER}}}}}"]
)
def test_a_rule_for_the_whole_page_is_hidden_and_applies(text, note):
    source = note + "他是電腦程式設計師，她是计算机程序员。"
    assert text(source, variant="zh-cn") == "他是计算机程序员，她是计算机程序员。"
    assert text(source, variant="zh-tw") == "他是電腦程式設計師，她是電腦程式設計師。"
    assert text(source, variant="zh") == "他是電腦程式設計師，她是计算机程序员。"


def test_flag_a_shows_its_choice_and_applies_from_there_on(text):
    source = "軟體與-{A|zh-cn:软件;zh-tw:軟體}-，軟體"
    assert text(source, variant="zh-cn") == "软体与软件，软件"


def test_a_page_rule_goes_before_a_dictionary_entry_of_the_same_length(text):
    assert text("-{H|zh-cn:头髮;zh-tw:頭髮}-頭髮", variant="zh-cn") == "头髮"


def test_a_longer_dictionary_entry_goes_before_a_page_rule(text):
    # OpenCC knows 慰藉; the rule for 藉 alone must not cut into it.
    assert text("-{H|藉=>zh-cn:借;}-藉故，慰藉", variant="zh-cn") == "借故，慰藉"


def test_a_one_way_rule_goes_one_way(text):
    source = "-{H|巨集=>zh-cn:宏;}-巨集和宏"
    assert text(source, variant="zh-cn") == "宏和宏"
    assert text(source, variant="zh-tw") == "巨集和宏"


def test_a_rule_can_be_taken_back(text):
    source = "-{H|zh-cn:程序;zh-tw:程式}-程式，-{-|zh-cn:程序;zh-tw:程式}-程式"
    assert text(source, variant="zh-cn") == "程序，程式"


def test_a_rule_of_a_group_can_be_taken_back(text):
    group = {"Template:CGroup/IT": "-{H|zh-cn:程序;zh-tw:程式}-"}
    source = "{{NoteTA|G1=IT}}程式，-{-|zh-cn:程序;zh-tw:程式}-程式"
    assert text(source, pages=group) == "程序，程式"


def test_flag_t_sets_the_title_alone(article):
    source = "-{T|zh-cn:标题甲;zh-tw:標題乙}-正文標題乙"
    assert (article(source).title, article(source).text) == ("标题甲", "正文标题乙")
    assert article(source, variant="zh-tw").title == "標題乙"


def test_a_title_has_no_marks_of_ours(article):
    assert article("-{T|zh-cn:<nowiki>C++[[1]]</nowiki>;zh-tw:乙}-").title == "C++[[1]]"
    assert article("-{T|zh-cn:x<sup>2</sup>与<code>后</code>;zh-tw:乙}-").title == "x²与后"
    assert article("-{T|zh-cn:{{没有}};zh-tw:{{没有}}}-", title="甲後").title == "甲后"


@pytest.mark.parametrize(
    ("source", "title", "expected"),
    [
        ("{{DISPLAYTITLE:iPhone}}", "IPhone", "iPhone"),
        ("{{DISPLAYTITLE:''紅樓夢''}}", "紅樓夢", "红楼梦"),
        ("{{DISPLAYTITLE:甲_(乙)}}", "甲 (乙)", "甲_(乙)"),
        ("{{DISPLAYTITLE:别的名字}}", "紅樓夢", "红楼梦"),  # MediaWiki refuses another title
        ("-{T|zh-cn:石头记;zh-tw:石頭記}-{{DISPLAYTITLE:紅樓夢}}", "紅樓夢", "红楼梦"),
        ("__NOTC__後", "後宮", "後宮"),
        ("__NOTITLECONVERT__-{T|zh-cn:甲;zh-tw:乙}-", "後宮", "後宮"),
        ("__NOTOC__後", "後宮", "后宫"),
    ],
)
def test_the_page_sets_its_title(article, source, title, expected):
    assert article(source, title=title).title == expected


def test_flags_t_and_h_set_both(article):
    read = article("-{T;H|zh-cn:滑动鼠标;zh-tw:滑鼠}-滑鼠")
    assert (read.title, read.text) == ("滑动鼠标", "滑动鼠标")


def test_the_title_is_converted_by_the_pages_rules(article):
    assert article("-{H|zh-cn:鼠标;zh-tw:滑鼠}-正文", title="滑鼠與電腦").title == "鼠标与电脑"


def test_regional_terms_do_not_apply_to_a_script_without_region(text):
    source = "-{H|zh-cn:软件;zh-tw:軟體;}-軟體"
    assert text(source, variant="zh-hans") == "软体"


def test_rules_in_what_is_left_out_stay_in_force(text):
    hidden = [
        "{{Infobox|名=-{A|zh-cn:鼠标;zh-tw:滑鼠}-}}",
        "{|\n|-{H|zh-cn:鼠标;zh-tw:滑鼠}-\n|}",
        "<table><tr><td>-{A|zh-cn:鼠标;zh-tw:滑鼠}-</td></tr></table>",
        "[[File:a.jpg|thumb|-{A|zh-cn:鼠标;zh-tw:滑鼠}-]]",
        "[[File:a.jpg|thumb|-{A|zh-cn:鼠标;zh-tw:滑鼠}-[[甲]]]]",
    ]
    for source in hidden:
        for tables in ("drop", "text"):
            assert text(f"{source}\n滑鼠", tables=tables).split()[-1] == "鼠标"


def test_a_choice_stands_in_links_lists_headings_and_template_arguments(text):
    source = (
        "== -{zh-cn:标题;zh-tw:標題}- ==\n* [[流控制|-{zh-tw:串流控制; zh-cn:流控制;}-]]\n"
        ";-{zh-cn:甲;zh-tw:乙}-:定義\n{{nobr|-{A|zh-cn:程序;zh-tw:程式}-}}"
    )
    assert text(source) == "标题\n\n流控制\n甲\n定义\n程序"


def test_a_group_comes_from_lua_or_from_wikitext_and_the_pages_own_rules_go_before_it(text):
    lua = """-- { rule = 'zh-cn:错;zh-tw:程式' }
    local function Item(o, r) return { type = 'item', original = o, rule = r } end
    return { name = 'IT', content = {
      { type = 'text', text = [=[ rule = 'zh-cn:错;zh-tw:檔案' ]=] },
      Item('program', 'zh-cn:程序; zh-tw:程式;'),
      { type = 'item', original = "file", rule = "zh-cn:文件; zh-tw:檔案;" },
    } }"""
    pages = {"Module:CGroup/IT": lua, "Template:CGroup/物理": "-{H|zh-cn:激光;zh-tw:雷射}-"}
    source = "{{NoteTA|G1=IT|G2=物理|1=zh-cn:档案文件;zh-tw:檔案}}程式、檔案、雷射"
    assert text(source, pages=pages) == "程序、档案文件、激光"


def test_a_group_that_the_dump_lacks_is_told(article):
    assert article("{{NoteTA|G1=沒有}}甲").missing_groups == ["沒有"]


def test_another_language_has_no_variants(text):
    assert text("後 -{a}- 后A-{b}", language="ja") == "後 a 后A-{b}"


def test_a_page_that_forbids_conversion_stays_as_it_was_written(article):
    read = article("__NOCC__後-{zh-cn:甲;zh-tw:乙}-，<nowiki>裡</nowiki>", title="後宮")
    assert (read.text, read.title, read.converted) == ("後甲，裡", "後宮", False)


def test_a_rule_for_a_character_that_is_none_does_nothing(text):
    group = {"Template:CGroup/IT": "-{H|&#1;=>zh-cn:错;}--{H|&quot;程式&quot;=>zh-cn:“程序”;}-"}
    source = '{{NoteTA|G1=IT}}-{H|&amp;#1;=>zh-cn:错;}-"程式"'
    assert text(source, pages=group) == "“程序”"
