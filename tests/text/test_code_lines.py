"""Lines of code are told from indented prose, lists and verse."""

import pytest

from pipeline.text.code_lines import code_spans


def code_of(text: str) -> list[str]:
    return [text[start:end] for start, end in code_spans(text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("先看：\n    if x:\n        y = 1\n完", ["    if x:\n        y = 1"]),
        ("先看：\ndef f(x):\n\n\n    return x\n完", ["def f(x):\n\n\n    return x"]),
        ("配置：\n\tserver {\n\t\tlisten 80;\n\t}\n完", ["\tserver {\n\t\tlisten 80;\n\t}"]),
        (
            "命令：\n    $ sudo apt update\n    # 中文注释 在这里\n完",
            ["    $ sudo apt update\n    # 中文注释 在这里"],
        ),
        ("围栏：\n```\n中 文 ，\n\n\n输出\n```\n完", ["```\n中 文 ，\n\n\n输出\n```"]),
        ("围栏未完：\n~~~sh\nls  \n", ["~~~sh\nls  \n"]),
        ("#include <stdio.h>\nint main() {\nreturn 0;\n}\n完", ["#include <stdio.h>\nint main() {\nreturn 0;\n}"]),
        ("    print('你 好')\n说明", ["    print('你 好')"]),
        # Near misses
        ("    床前明月光，\n    疑是地上霜。", []),
        ("    “好！”他说。\n    - 列表一\n    1. 第一项\n    (1) 中文说明在这里", []),
        ("  Shall I compare thee to a summer's day?\n  Thou art more lovely", []),
        ("他用 x = 1 表示。\n见 a.py。\n好；", []),
        ("价格：\n    ￥100\n    一百元;", []),
        ("标题:\n正文。\n说明:", []),
        ("import 的用法\n见下文。", []),
    ],
)
def test_lines_of_code(text, code):
    assert code_of(text) == code
