"""Templates: from conf, from the dump, dropped and counted; parser functions; bounds."""

import pytest


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{lang|en|Forbidden City}}", "Forbidden City"),
        ("{{lang-en|Forbidden City}}", "英语：Forbidden City"),
        ("{{lang-ja|東京}}", "日语：東京"),
        ("{{lang|ja|遊戲王}}", "遊戲王"),
        ("{{lang|zh|遊戲王}}", "游戏王"),
        ("{{le|卡爾|Carl}}", "卡尔"),
        ("{{le|卡爾|Carl|卡尔先生}}", "卡尔先生"),
        ("{{link-ja|外村彰|外村彰}}", "外村彰"),
        ("{{tsl|en|Interix}}", "Interix"),
        ("{{tsl|en|Interix|间界}}", "间界"),
        ("{{convert|100|km|mi}}", "100公里（62英里）"),
        ("{{convert|3196|m|ft}}", "3,196米（10,490英尺）"),
        ("{{convert|-1|C|F}}", "−1°C（30°F）"),
        ("{{convert|5|龙|虎}}", "5 龙"),
        ("{{val|1.602|e=-19|u=C}}", "1.602×10⁻¹⁹ C"),
        ("{{nobr|不可 分}}", "不可 分"),
        ("{{ruby|漢|hàn}}", "汉（hàn）"),
        ("{{僻字|龘|三龙}}", "龘"),
        ("{{color|red|红字}}", "红字"),
        ("{{Nobr\n| 1 = 参数名带空白\n}}", "参数名带空白"),
        ("{{模板:nobr|全名}}", "全名"),
    ],
)
def test_a_template_of_conf_gives_its_text(text, source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{#if: |是|否}}", "否"),
        ("{{#if:有|是|否}}", "是"),
        ("{{#若:有|是|否}}", "是"),
        ("{{#ifeq:01|1|相等|不等}}", "相等"),
        ("{{#ifeq:甲|乙|相等|不等}}", "不等"),
        ("{{#switch:乙|甲|乙=对|#default=错}}", "对"),
        ("{{#switch:丙|甲=错|默认}}", "默认"),
        ("{{#switch:丙|甲=错|#default=其他}}", "其他"),
        ("{{#switch:丙|#default|甲=其他|乙=错}}", "其他"),
        ("{{#switch:丙|甲=错|#DEFAULT=其他}}", "其他"),
        ("{{#switch:丙|#default=错|甲=错|}}", ""),
        ("{{#switch:丙|甲=错|乙{{=}}丁}}", "乙=丁"),
        ("{{#ifeq:1_000|1000|相等|不等}}{{#ifeq:nan|nan|相等|不等}}", "不等相等"),
        ("{{#expr: (1+2)*3 round 0}}", "9"),
        ("{{#expr: 10/4}}", "2.5"),
        ("{{#ifexpr: 3 > 2|大|小}}", "大"),
        ("甲{{#expr:1/0}}乙{{#ifexpr:丙|大|小}}", "甲乙"),
        ("{{#expr:1e15}} {{#expr:0.00001}} {{#expr:6.02e23*2}}", "1.0E+15 1.0E-5 1.204E+24"),
        ("{{#expr:1 &lt; 2}}{{#expr:１}}", "1"),
        ('{{#iferror:<strong class="a error">甲</strong>|出错}}{{#iferror:class="error"|出错|正常}}', "出错正常"),
        ("{{#iferror:{{#expr:1/0}}|出错|正常}}", "出错"),
        ("{{formatnum:1234567.25}}", "1,234,567.25"),
        ("{{formatnum:-1234}} {{formatnum:12345%}} {{formatnum:.1234}}", "−1,234 12,345% .1234"),
        ("{{lc:ABC}}{{uc:abc}}{{ucfirst:abc}}", "abcABCAbc"),
        ("{{padleft:7|3}}", "007"),
        ("{{padleft:7|3|}}{{padleft:7|3x}}", "7007"),
        ("{{#titleparts:a_b/c/d|-1}} {{#titleparts:a/b/c|1|-1}}", "A b/c c"),
        ("{{urlencode:a b/c}} {{urlencode:a b|PATH}}", "a+b%2Fc a%20b"),
        ("{{gender:|甲|乙}}{{#ifexist:|有|无}}", "甲无"),
        ("{{PAGENAME}}", "测试"),
        ("{{DEFAULTSORT:拼音}}甲", "甲"),
        ("甲{{!}}乙{{=}}", "甲|乙="),
        ("{{#language:ja}}", "日语"),
        ("甲{{#tag:ref|注}}乙", "甲乙"),
    ],
)
def test_a_parser_function_gives_its_text(text, source, expected):
    assert text(source) == expected


def test_a_template_of_the_dump_is_expanded_with_arguments_and_defaults(text):
    pages = {
        "Template:年号": "{{{1}}}{{{2|元}}}年<noinclude>说明 {| 表 |}</noinclude>",
        "Template:清朝": "清{{年号|{{{1}}}|{{{2}}}}}",
    }
    assert text("{{年号|康熙}}，{{清朝|康熙|22}}", pages=pages) == "康熙元年，清康熙22年"


def test_a_template_is_found_under_its_title_in_the_other_script_and_through_redirects(text):
    pages = {"Template:年号": "{{{1}}}年", "Template:Nh": "#重定向 [[Template:年号]]"}
    assert text("{{年號|康熙}}{{nh|乾隆}}", pages=pages) == "康熙年乾隆年"


def test_a_template_that_is_no_running_text_is_dropped_and_counted(article):
    pages = {"Template:表": "{|\n|{{{1}}}\n|}", "Template:框": "<div>{{{1}}}</div>", "Template:码": "{{#invoke:A|b}}"}
    read = article("正{{表|1}}{{框|2}}{{码}}{{表|3}}{{没有}}文{{main|别处}}", pages=pages)
    assert read.text == "正文"
    assert read.dropped == {"表": 2, "框": 1, "码": 1, "没有": 1, "Main": 1}


def test_what_needs_lua_or_a_clock_is_counted_by_name(article):
    read = article("{{#invoke:日期|今天}}{{CURRENTYEAR}}{{#time:Y}}甲")
    assert (read.text, read.dropped) == ("甲", {"#invoke:日期": 1, "CURRENTYEAR": 1, "#time": 1})


def test_a_template_that_calls_itself_ends(article):
    read = article("{{环}}", pages={"Template:环": "甲{{环}}乙"})
    assert (read.text, read.dropped) == ("甲乙", {"环": 1})


def test_a_template_as_its_own_argument_is_no_loop(text):
    assert text("{{双|{{双|甲}}}}", pages={"Template:双": "{{{1}}}{{{1}}}"}) == "甲甲甲甲"


def test_what_a_page_can_grow_to_is_bounded(article):
    pages = {"Template:十": "{{{1}}}" * 10}
    read = article("{{十|" * 12 + "甲" + "}}" * 12, pages=pages, max_expanded_chars=10_000)
    assert len(read.text) < 100_000
    assert read.dropped["(too large)"] > 0


def test_a_list_in_a_template_begins_a_line(text):
    assert text("人物：{{单}}", pages={"Template:单": "* 甲\n* 乙"}) == "人物：\n甲\n乙"
