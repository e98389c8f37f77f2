"""Unicode clean-up: each rule on its own, what must stay, and that a second clean-up finds nothing to do."""

import pytest

from pipeline.text.cleaning import (
    chinese_spaces,
    composed_pinyin,
    escapes,
    full_width,
    invisible,
    katakana,
    line_breaks,
    map_compatibility,
    map_private_use,
    map_radicals,
    small_and_vertical,
    spaces,
    trimmed_lines,
)
from pipeline.text.references import character_references


@pytest.mark.parametrize(
    ("rule", "text", "cleaned", "changed"),
    [
        (line_breaks, "一\r\n二\r三\x0b四\x0c五\x85六\u2028七\u2029八\n九", "一\n二\n三\n四\n五\n六\n七\n八\n九", 7),
        (escapes, "\x1b[31m错误\x1b[0m：\x1b[1;33m文件\x1b[K不存在", "错误：文件不存在", 4),
        (escapes, "\x1b]0;窗口标题\x07提示 \x1b(B好", "提示 好", 2),
        (escapes, r"打印 \x1b[31m 变红，[0m 复原", r"打印 \x1b[31m 变红，[0m 复原", 0),
        (invisible, "\ufeff春\u200b眠\u200e不\u202a觉\u202c\u00ad晓\x00\x1b", "春眠不觉晓", 8),
        (invisible, "图\ufffc片，\ufdd0非\ufffe字\U0001ffff符\U000e0041\U000e0001", "图片，非字符", 5),
        (invisible, "旗🏴\U000e0067\U000e0062\U000e007f", "旗🏴\U000e0067\U000e0062\U000e007f", 0),
        (invisible, "家\u200d庭", "家庭", 1),
        (invisible, "\u200d开头，末尾\u200c", "开头，末尾", 2),
        (invisible, "一\t二\n三", "一\t二\n三", 0),
        (spaces, "一\u00a0二\u2003三\u202f四　五", "一 二 三 四　五", 3),
        (spaces, "昵称\u3164空\u2800白\uffa0", "昵称 空 白 ", 3),
        (spaces, "⠓⠑\u2800⠺⠕，ㄱ\u3164", "⠓⠑\u2800⠺⠕，ㄱ\u3164", 0),
        (map_radicals, "⼀⼈⼭⽔，⻓城⻅证，⺠主⻁头，⻢⻋⻉⺮⻌", "一人山水，长城见证，民主虎头，马车贝𥫗辶", 13),
        (map_compatibility, "\uf900有此理，金\uf90a，\ufa19社，\U0002f81a", "豈有此理，金金，神社，冬", 4),
        (map_compatibility, "﨎﨏﨑﨓\ufa0c", "﨎﨏﨑﨓兀", 1),  # four are ideographs of their own
        (map_private_use, "\ue7c7\ue81e\ue816\ue78d", "\u1e3f\u9fb4\U00020087，", 4),
        (map_private_use, "第一章\ue5e5总则，\ue76c5，\ue863", "第一章　总则，€5，䶮", 3),
        (map_private_use, "陳\uecf3先生、香港人\uecd1書、真\uecd0！", "陳冚先生、香港人嘅書、真㗎！", 3),
        (map_private_use, "陈\uecf3先生、\ue601首页", "陈\uecf3先生、\ue601首页", 0),
        (map_private_use, "\uf0b7 项目一\n\uf0d8 项目二\n\uf0fc完成", "• 项目一\n➢ 项目二\n✓完成", 3),
        (map_private_use, "3\uf0b15，2\uf0b43，37\uf0b0", "3±5，2×3，37°", 3),
        (map_private_use, "\ue000\uf8ff", "\ue000\uf8ff", 0),
        (composed_pinyin, "nǐ ha\u030co，lu\u0308\u030c，e\u0301", "nǐ hǎo，lǚ，é", 3),
        (composed_pinyin, "か\u3099 \u1100\u1161 n\u0303 a\u0328 豈", "か\u3099 \u1100\u1161 n\u0303 a\u0328 豈", 0),
        (small_and_vertical, "好﹐對﹕是﹗﹙一﹚︰二", "好，對：是！（一）：二", 7),
        (small_and_vertical, "﹁中文﹂︽書︾︵註﹃甲﹄︶", "「中文」《書》（註『甲』）", 8),
        (small_and_vertical, "╯︿╰ (︶︹︺) ﹁_﹁ ╯﹏╰ ﹋", "╯︿╰ (︶︹︺) ﹁_﹁ ╯﹏╰ ﹋", 0),
        (katakana, "ｶﾀｶﾅとﾊﾞｽ､ﾍﾟﾝ｡｢東京ﾀﾜｰ｣", "カタカナとバス、ペン。「東京タワー」", 7),
        (katakana, "(ﾟДﾟ)ﾉ (･ω･) ヽ(ﾟ∀ﾟ)ﾉ", "(ﾟДﾟ)ﾉ (･ω･) ヽ(ﾟ∀ﾟ)ﾉ", 0),
        (full_width, "ＧＤＰ增长８．５％，ａｂｃ", "GDP增长8.5%，abc", 10),
        (full_width, "边为1-2-3．1-3-4．\n证毕．", "边为1-2-3．1-3-4．\n证毕．", 0),
        (full_width, "(http://a.cn/b)．2020 年", "(http://a.cn/b)．2020 年", 0),
        (full_width, "第１．总则", "第1．总则", 1),
        (full_width, "３∶２，５：４", "3∶2，5：4", 4),
        (full_width, "写信给ａ＠ｂ．ｃｏｍ，或ｗａｎｇ．li＠ｑｑ．com。", "写信给a@b.com，或wang.li@qq.com。", 13),
        (full_width, "见ｈｔｔｐ：／／ｗｗｗ．ａ．ｃｎ／ｂ？ｘ＝１，谢谢", "见http://www.a.cn/b?x=1，谢谢", 14),
        (full_width, "ｗｗｗ．ｓｉｎａ．ｃｏｍ．ｃｎ：新浪", "www.sina.com.cn：新浪", 13),
        (full_width, "Ｊ．Ｋ．罗琳＠现场，甲／乙", "J．K．罗琳＠现场，甲／乙", 2),
        (chinese_spaces, "中 文 字，目　　录", "中文字，目　　录", 2),
        (chinese_spaces, "请　勿　吸　烟", "请勿吸烟", 3),
        (chinese_spaces, "你 好 ， 世 界 ！ “ 好 ”", "你好，世界！“好”", 8),
        (chinese_spaces, "隔音情况 极差 很好", "隔音情况 极差 很好", 0),
        (chinese_spaces, "白日依山尽 黄河入海流", "白日依山尽 黄河入海流", 0),
        (chinese_spaces, "上联：春回大地 下联：福满人间", "上联：春回大地 下联：福满人间", 0),
        (chinese_spaces, "姓名\t年龄，甲\t乙\t丙", "姓名\t年龄，甲\t乙\t丙", 0),
        (chinese_spaces, "张 三，李　四", "张 三，李　四", 0),
        (chinese_spaces, "甲    乙    丙", "甲    乙    丙", 0),
        (chinese_spaces, "说明： 本品 ，安装 Python 。 完成", "说明：本品，安装 Python。完成", 4),
        (chinese_spaces, "哭了。        又说，（甲）      （乙）", "哭了。        又说，（甲）      （乙）", 0),
        (chinese_spaces, "《红楼梦》 《西游记》，　疑是", "《红楼梦》《西游记》，　疑是", 1),
        (chinese_spaces, "· 苹果\n· 香蕉", "· 苹果\n· 香蕉", 0),
        (chinese_spaces, "- 《论语》\n1. 【注】\n# （一）", "- 《论语》\n1. 【注】\n# （一）", 0),
        (chinese_spaces, "学习 Python 3.11 版本", "学习 Python 3.11 版本", 0),
        (chinese_spaces, "iPhone 和 iPad", "iPhone 和 iPad", 0),
        (chinese_spaces, "第一行 \n 第二行", "第一行 \n 第二行", 0),
        (chinese_spaces, "𠮷 野 家", "𠮷野家", 2),
        (chinese_spaces, "He said “hi” to me", "He said “hi” to me", 0),
        (trimmed_lines(1), "首行  \n\n\n\n　　次行　\n", "首行\n\n　　次行\n", 3),
        (trimmed_lines(0), "一\n\n\n二", "一\n二", 1),
        (trimmed_lines(2), "一\n\n\n二", "一\n\n\n二", 0),
    ],
)
def test_a_rule_alone(rule, text, cleaned, changed):
    found, count = rule(text)
    assert found == cleaned
    assert (count > 0) == (found != text)
    assert count == changed or rule in (escapes, small_and_vertical, katakana)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("阿&#183;Q 看&#x4E2D;&#X56FD;", "阿·Q 看中国"),
        ("第一章&nbsp;&nbsp;总则", "第一章  总则"),
        ("他说&ldquo;OK&rdquo;&mdash;&mdash;走了&hellip;&hellip;", "他说“OK”——走了……"),
        ("2008&#150;2012年，它&#146;s", "2008–2012年，它’s"),
        ("他说&quot;好&quot;，&lt;&lt;史记&gt;&gt;", '他说"好"，<<史记>>'),
        ("先生&amp;nbsp;您好，&amp;ldquo;请&amp;rdquo;", "先生 您好，“请”"),
        ("开头&nbsp你好", "开头 你好"),
        # In a text on programming they are what it speaks of.
        ("在 HTML 里用&nbsp;表示空格", "在 HTML 里用&nbsp;表示空格"),
        ("实体&lt;是小于号", "实体&lt;是小于号"),
        ("写作 &nbsp; 的空格", "写作 &nbsp; 的空格"),
        ("&lt;b&gt;中文&lt;/b&gt;", "&lt;b&gt;中文&lt;/b&gt;"),
        ("零&#x200b;宽&#8195;空&#x2028;行&#x200d;连", "零宽 空\n行连"),
        ("AT&amp;T 与 R&amp;D", "AT&amp;T 与 R&amp;D"),
        ("a=1&copy=2&reg=3", "a=1&copy=2&reg=3"),
        (
            "&amp; &#60;p&#62; &nbsp; &#xD800; &#x110000; &#; &#183",
            "&amp; &#60;p&#62; &nbsp; &#xD800; &#x110000; &#; &#183",
        ),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
    ],
)
def test_references_left_in_chinese_text(text, cleaned):
    found, changed = character_references(text)
    assert found == cleaned
    assert (changed > 0) == (found != text)
