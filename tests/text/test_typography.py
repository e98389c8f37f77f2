"""What is off by default: each switch with what it changes and what keeps its shape."""

import pytest

from pipeline.text.cleaner import Cleaner
from tests.text.normalise_conf import configuration

WRAPPED = (
    "老城区的电车线在上个月恢复了运营，第一班车早上六点\n从东门出发。沿线的居民说，他们已经等了整整三年了，\n"
    "今天终于又听见了铃声。"
)


@pytest.mark.parametrize(
    ("switch", "text", "rewritten"),
    [
        ({"join_lines": True}, WRAPPED, WRAPPED.replace("\n", "")),
        ({"join_lines": True}, "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。", None),
        ({"join_lines": True}, WRAPPED.replace("\n", "\n- "), None),
        ({"join_lines": True}, "姓名\t性别\t职务\n李明\t男\t站长\n王芳\t女\t调度", None),
        ({"join_lines": True}, WRAPPED + "\n\n下一段。", WRAPPED.replace("\n", "") + "\n\n下一段。"),
        ({"join_lines": True}, WRAPPED.replace("\n", "\n　　"), None),
        ({"chinese_punctuation": True}, "你好,世界!好吗?是:好;", "你好，世界！好吗？是：好；"),
        ({"chinese_punctuation": True}, "他来了(昨天).她走了.", "他来了（昨天）。她走了。"),
        ({"chinese_punctuation": True}, "安装(参看“完整的(重)构建”),好", "安装（参看“完整的（重）构建”），好"),
        ({"chinese_punctuation": True}, "在3.5版, 见 a.py,时间10:30,f(x)=1", None),
        (
            {"chinese_punctuation": True},
            "公式$设a:值,好$,网址http://a.cn/中,文",
            "公式$设a:值,好$,网址http://a.cn/中，文",
        ),
        ({"chinese_punctuation": True}, "    x = f('中,文')\n完", None),
        ({"quotes": "corner"}, "他说“看‘这’里”，it’s", "他说「看『这』里」，it’s"),
        ({"quotes": "corner"}, "He said “hi”", None),
        ({"quotes": "curly"}, "他说「看『这』里」", "他说“看‘这’里”"),
        ({"max_repeated_marks": 1}, "好！！！！真的吗？？后来。。。没了………", "好！真的吗？后来……没了……"),
        ({"max_repeated_marks": 3}, "好！！！！是！！", "好！！！是！！"),
        ({"max_repeated_marks": 1}, "什么？！好——是……", None),
        (
            {"latin_spaces": "add"},
            "学习Python3的第5章，見http://a.cn/中x",
            "学习 Python3 的第 5 章，見http://a.cn/中 x",
        ),
        ({"latin_spaces": "add"}, "学习 Python 的", None),
        ({"latin_spaces": "remove"}, "学习 Python 3 的", "学习Python 3的"),
        ({"latin_spaces": "remove"}, "`a 中 b`，C 和 D", "`a 中 b`，C和D"),
        ({"neutral_you": True}, "妳好，你也好", "你好，你也好"),
    ],
)
def test_a_switch_rewrites_and_is_off_by_default(switch, text, rewritten):
    once, _ = Cleaner(configuration(**switch)).clean(text)
    assert once == (text if rewritten is None else rewritten)
    assert Cleaner(configuration(**switch)).clean(once) == (once, [])
    assert Cleaner(configuration()).clean(text) == (text, [])
