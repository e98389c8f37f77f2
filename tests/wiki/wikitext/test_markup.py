"""What a reader of the page sees: one claim a construct, mostly as MediaWiki renders it."""

import pytest


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # Links
        ("[[北京]]和[[上海市|上海]]", "北京和上海"),
        ("[[文渊阁#历史|阁的历史]]", "阁的历史"),
        ("[[:Category:宫殿]]", "Category:宫殿"),
        ("甲[[Category:宫殿]][[分类:北京|文]][[en:Forbidden City]]乙", "甲乙"),
        ("甲[[File:a.jpg|thumb|说明[[链接]]和''斜体''，[http://a.b 外]]]乙", "甲乙"),
        ("甲[[文件:a.jpg|缩略图|[[甲|乙]]]]乙", "甲乙"),
        ("[http://a.b 文字][https://c.d]", "文字"),
        ("见 http://a.b/c 。", "见 http://a.b/c 。"),
        ("[[甲|乙[[丙]]丁]]", "乙丙丁"),
        ("[[未闭合 的链接", "[[未闭合 的链接"),
        ("[注]不是链接", "[注]不是链接"),
        ("[[%E5%8C%97%E4%BA%AC]]，[[100%]]，[[%E5]]", "北京，100%，%E5"),
        ("[[http://a.b 官网]]，[[http://a.b]]，[[http://a.b 网站]", "官网，，网站"),
        ("[http://a.b 甲[乙]丙]", "甲[乙丙]"),  # MediaWiki ends the link at the first bracket
        ("[HTTP://a.b 甲][tel:1 乙][ssh://c 丙]", "甲乙丙"),
        ("[http://a.b<br>甲]", "甲"),
        ("[http://a.b [http://c.d 乙]", "[http://a.b 乙"),
        # Quotes
        ("'''粗体'''、''斜体''和'''''两者'''''", "粗体、斜体和两者"),
        ("'''未闭合\n下一行", "未闭合下一行"),
        ("it''s ''''四个''''", "its '四个'"),
        ("l''''amour''' x", "l'amour x"),
        ("''甲''<ref>注</ref>''乙''", "甲乙"),
        ("'''甲'''{{没有}}'''乙'''", "甲乙"),
        ("''甲''[[File:a.jpg]]''乙''[http://a.b]''丙''<b>''丁''</b>", "甲乙丙丁"),
        # Headings, lists, paragraphs
        ("引\n== 标题 ==\n文", "引\n\n标题\n\n文"),
        ("== 空标题 ==\n=== 也空 ===\n== 有 ==\n文", "有\n\n文"),
        ("第一段\n接着写\n\n第二段", "第一段接着写\n\n第二段"),
        ("first line\nsecond line", "first line second line"),
        ("中文\nEnglish", "中文English"),
        ("* 甲\n** 乙\n# 丙\n:缩进\n:: 更深", "甲\n乙\n丙\n缩进\n更深"),
        (";术语:定义\n;见 http://a.b", "术语\n定义\n见 http://a.b"),
        (";[[甲|乙:丙]]:丁", "乙:丙\n丁"),
        (";[http://a.b 甲:乙]:丙", "甲:乙\n丙"),
        (";<b>甲:乙</b>\n;''丙:丁'':戊", "甲:乙\n丙:丁\n戊"),
        (";http://a.b:80 甲:乙\n*;http://a.b: 丙", "http://a.b:80 甲\n乙\nhttp://a.b\n丙"),
        ("[[#节]]\n\n''*甲''\n\n[[甲|#乙]]", "#节\n\n*甲\n\n#乙"),
        ("甲\n<b> 乙</b>", "甲乙"),
        ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
        ("甲\n----\n乙", "甲\n\n乙"),
        (" 预排\n 文本", "预排\n文本"),
        ("<poem>\n床前明月光\n  疑是地上霜\n</poem>", "床前明月光\n疑是地上霜"),
        ("<poem>甲\n:乙\n* 丙\n----\n丁</poem>", "甲\n乙\n丙\n\n丁"),
        ("<pre><nowiki>''甲''</nowiki></pre>", "''甲''"),
        ("<blockquote>引文</blockquote>后文", "引文\n\n后文"),
        # Tags, entities, hidden things
        ("H<sub>2</sub>O 和 x<sup>2</sup>", "H₂O 和 x²"),
        ("&lt;b&gt;&amp;nbsp;&mdash;&#25991;&#x6E0A;&nbsp;&unknown;", "<b>&nbsp;—文渊 &unknown;"),
        ("<ruby><rb>漢</rb><rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>", "汉（hàn）"),
        ("<ruby>字<rt>zì</rt></ruby>", "字（zì）"),
        ("见<span style=\"display:none\">隐</span><span style='color:red'>红</span>", "见红"),
        ("<ref name=a>{{cite|甲}}</ref>甲<ref name=a/>。<references/>", "甲。"),
        ("甲<ref>未闭合", "甲未闭合"),
        ("甲<!-- 注 -->乙__NOTOC__丙__目錄__", "甲乙丙"),
        ("a < b，<foo>不是标签", "a < b，<foo>不是标签"),
        ("<gallery>\nA.jpg|图\n</gallery>甲", "甲"),
        ("<nowiki>''不斜''[[甲]]</nowiki>", "''不斜''[[甲]]"),
        ("<nowiki>後-{甲}-</nowiki>", "后-{甲}-"),
        ("<code>後 = a</code>後", "後 = a后"),
        ("<math>\\frac{{1}}{2}</math>是一半", "\\frac{{1}}{2} 是一半"),
        ("代码：<syntaxhighlight lang=python>\nfor 後 in x:\n    pass\n</syntaxhighlight>",
         "代码：\n\nfor 後 in x:\n    pass"),
        # Tables
        ("前\n{| class=x\n|-\n! 头\n| 甲 || 乙\n{|\n|内\n|}\n|}\n后", "前\n\n后"),
        ("前\n{|\n| 未闭合的表\n== 标题 ==\n后文不能丢", "前\n\n标题\n\n后文不能丢"),
        ("前<table><tr><td>甲<table><tr><td>乙</td></tr></table></td></tr></table>后", "前\n\n后"),
        ("前\n<table><tr><td>未闭合的表\n== 标题 ==\n后文不能丢", "前\n\n标题\n\n后文不能丢"),
        # What dropped templates leave behind
        ("文渊阁（{{没有|x}}，{{lang-en|Hall}}，{{没有}}）在北京（{{没有}}）", "文渊阁（英语：Hall）在北京"),
    ],
)  # fmt: skip
def test_the_text_of(text, source, expected):
    assert text(source, tables="drop") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # Characters that the rendered page shows, though markup is made of them
        ("差集记作A-{a}，其中a属于A，结果里没有a。", "差集记作A-{a}，其中a属于A，结果里没有a。"),
        ("幂集的幂集是{∅, {∅}}，共两个元素", "幂集的幂集是{∅, {∅}}，共两个元素"),
        ("{{1, 2}, {3}}是集合的集合", "{{1, 2}, {3}}是集合的集合"),
        ("读出a[b[0]]，m[[1,2],[3,4]]，x = [[]]", "读出a[b[0]]，m[[1,2],[3,4]]，x = [[]]"),
        ("读出<code>a[b[0]]</code>以后，再看<code>m[i][j[k]]</code>", "读出a[b[0]]以后，再看m[i][j[k]]"),
        ("<code><nowiki>{{ msg }}</nowiki></code>和<code>&amp;nbsp;</code>", "{{ msg }}和&nbsp;"),
        ("脚注写&lt;ref&gt;，表格写&#123;&#124;，链接写&#91;&#91;甲&#93;&#93;",
         "脚注写<ref>，表格写{|，链接写[[甲]]"),
        ("转换写-&#123;zh-cn:甲;zh-tw:乙&#125;-", "转换写-{zh-cn:甲;zh-tw:乙}-"),
        ('写<syntaxhighlight lang="bash" inline>if [[ -f a.txt ]]; then</syntaxhighlight>。',
         "写if [[ -f a.txt ]]; then。"),
        ("{{<nowiki/>甲}}和[<nowiki/>[乙]]", "{{甲}}和[[乙]]"),
        ("<nowiki>* 不是列表</nowiki>\n\n<nowiki/># 也不是", "* 不是列表\n\n# 也不是"),
        ("<nowiki>&lt;br&gt;</nowiki>", "<br>"),
        ("<pre>\nif -{a}\n\n\n    [[ b ]] && {{ c }}\n</pre>", "if -{a}\n\n\n    [[ b ]] && {{ c }}"),
        ("<syntaxhighlight>\nx = &lt;y&gt;\n\n\n    {{1, 2}}\n</syntaxhighlight>", "x = &lt;y&gt;\n\n\n    {{1, 2}}"),
        ("代码：\n def f():\n     return  {}\n完", "代码：\ndef f():\n    return {}\n完"),
        # Near misses: links, templates and rules are read in the same places
        ("读出[[数组|a[b]]]的值", "读出a[b]的值"),
        ("{{nobr|{甲}}}和-{zh-cn:{乙};zh-tw:{丙}}-", "{甲}和{乙}"),
        ("<code>[[甲|乙]]{{nobr|丙}}</code>", "乙丙"),
        # Superscripts and subscripts
        ("太阳重2×10<sup>30</sup>千克，2<sup>10</sup>等于1024，误差10<sup>−6</sup>",
         "太阳重2×10³⁰千克，2¹⁰等于1024，误差10⁻⁶"),
        ("{{val|1.9885|e=30|u=kg}}，{{val|1.602|(12)|e=-19}}，3{{e|8}}", "1.9885×10³⁰ kg，1.602(12)×10⁻¹⁹，3×10⁸"),
        ("CO<sub>2</sub>、{{chem|S|O|4|2-}}、Ca<sup>2+</sup>、x<sub>''n''+1</sub>", "CO₂、SO₄²⁻、Ca²⁺、xₙ₊₁"),
        ("第20<sup>th</sup>届，注<sup>[1]</sup>，甲<sup>乙</sup>", "第20th届，注[1]，甲乙"),
        # Hidden until a click, or by a style; what can be folded but is open stays
        ('甲<div class="mw-collapsible mw-collapsed">隐<div>内</div></div>乙', "甲乙"),
        ('甲<div class="NavFrame"><div class="NavHead">头</div><div class=NavContent>隐</div></div>乙',
         "甲\n\n头\n\n乙"),
        ('甲<span style="visibility:hidden">隐</span><span class="collapsed-not">显</span>乙', "甲显乙"),
        ('甲<div class="mw-collapsible">显</div>乙', "甲\n\n显\n\n乙"),
        ('{| class="wikitable mw-collapsed"\n|隐\n|}乙', "乙"),
        # Rows of a table that a dropped template opens, or closes
        ("引\n{{没有头}}\n|-\n| 1 || 标题一\n{{没有}}\n|-\n! 2\n| 标题二\n|}\n后文",
         "引\n\n1 | 标题一\n2 | 标题二\n\n后文"),
        ("引\n{{没有头}}\n| 1 || 标题一\n|}", "引\n\n1 | 标题一"),
        ("引\n|-\n| 1 || 标题一\n{{没有尾}}\n\n== 节 ==\n后文", "引\n\n1 | 标题一\n\n节\n\n后文"),
        ("{{没有}}\n|}\n后文", "后文"),
        ("|x|是绝对值\n|y|也是", "|x|是绝对值|y|也是"),
    ],
)  # fmt: skip
def test_what_the_page_shows_stays(text, source, expected):
    assert text(source, tables="text") == expected


def test_raised_numbers_can_have_a_caret(text):
    assert text("10<sup>23</sup>个H<sub>2</sub>O", superscripts="caret") == "10^23个H₂O"


def test_a_table_that_is_a_box_is_no_text(text):
    boxes = ("navbox", "infobox vcard", "ambox ambox-notice", "wikitable toc")
    assert [text(f'{{| class="{box}"\n| 甲\n|}}\n乙', tables="text") for box in boxes] == ["乙"] * 4
    assert text('<table class="navbox"><tr><td>甲</td></tr></table>乙', tables="text") == "乙"
    assert text('{| class="wikitable sortable"\n| 甲\n|}\n乙', tables="text") == "甲\n\n乙"


def test_another_language_reads_references_in_nowiki_too(text):
    assert text("<nowiki>&lt;a&gt;{{b}}</nowiki>", language="ja") == "<a>{{b}}"


def test_tables_as_text_are_lines_of_cells(text):
    source = (
        '{| class="wikitable"\n|+ 大小\n! 名 !! style="x" | 数\n|-\n| 甲 || align=right | 1\n|-\n| 乙\n续行\n| 2\n|}'
    )
    assert text(source, tables="text") == "大小\n名 | 数\n甲 | 1\n乙\n续行 | 2"
    html = "<table><tr><th>名</th><th>数</th></tr><tr><td>甲</td><td>1</td></tr></table>"
    assert text(html, tables="text") == "名 | 数\n甲 | 1"
    lists = "{|\n|\n* 甲\n* 乙\n|\n== 丙 ==\n----\n丁\n|}"
    assert text(lists, tables="text") == "甲\n乙 | 丙\n\n丁"
    nested = "<table><tr><td>\n{|\n|甲\n|}\n</td><td>乙\n* 丙</td></tr></table>丁"
    assert text(nested, tables="text") == "甲 | 乙 丙\n\n丁"
    assert text('{| style="display:none"\n|甲\n|}\n乙', tables="text") == "乙"


def test_formulas_can_be_dropped(text):
    assert text("能量<math>E=mc^2</math>守恒", math="drop") == "能量 守恒"


END = "正文\n== 歷史 ==\n史\n== 參考文獻 ==\n书\n=== 中文 ===\n书二\n== 後記 ==\n记\n==外部链接==\n* 链"


def test_end_sections_go_with_what_is_below_them_and_what_follows_stays(text):
    assert text(END) == "正文\n\n历史\n\n史\n\n后记\n\n记"


def test_end_sections_can_stay(text):
    assert text(END, end_sections=[]).endswith("外部链接\n\n链")


def test_a_page_rule_in_an_end_section_is_no_text(text):
    assert text("滑鼠\n== 参见 ==\n-{A|zh-cn:鼠标;zh-tw:滑鼠}-甲") == "滑鼠"


def test_quotation_marks_follow_the_script(text):
    assert text("他說「好『的』」", variant="zh-cn") == "他说“好‘的’”"
    assert text("他说“好‘的’”", variant="zh-tw") == "他說「好『的』」"
    assert text("他說「好」", variant="zh-cn", quotes=False) == "他说「好」"
