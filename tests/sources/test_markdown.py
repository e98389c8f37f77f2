"""Markdown to running text: what a reader would read aloud stays, mark-up goes."""

import pytest

from pipeline.sources.markdown import markdown_text, markdown_title

PAGE = """---
title: 春游
tags: [游记, 春天]
---

# 西湖*春*游

三月的**西湖**，[苏堤](https://example.test/su "苏堤")上柳条刚绿。
第二行也在这一段。

- 断桥
- 雷峰塔
  1. 塔里有电梯
  2. 门票`40`元

| 地点 | 票价 |
|------|-----:|
| 灵隐寺 | 45 |

> 水光潋滟晴方好，
> 山色空蒙雨亦奇。

```python
print("不要")
```

![断桥残雪](https://example.test/a.png)

<div>不要</div>

~~删去~~的字与<b>粗体</b>&amp;结尾\\*。
"""


def test_a_whole_page():
    assert markdown_text(PAGE) == (
        "西湖春游\n\n"
        "三月的西湖，苏堤上柳条刚绿。\n第二行也在这一段。\n\n"
        "断桥\n雷峰塔\n\n塔里有电梯\n门票40元\n\n"
        "地点\n票价\n灵隐寺\n45\n\n"
        "水光潋滟晴方好，\n山色空蒙雨亦奇。\n\n"
        "断桥残雪\n\n"
        "删去的字与粗体&结尾*。"
    )
    assert markdown_title(PAGE) == "西湖春游"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("---\n---\n正文", "正文"),
        ("---\r\nkey: 值\r\n---\r\n正文\r\n", "正文"),
        ("---\ntitle: 只有头\n---", ""),
        # Two rules around a paragraph are no YAML head.
        ("---\n\n正文在两条线之间。\n\n---\n\n后文。", "正文在两条线之间。\n\n后文。"),
        ("---\n正文。\n\n---\n后文。", "正文。\n\n后文。"),
        ("3 * 4 * 5，a_b_c", "3 * 4 * 5，a_b_c"),
        ("“他说：**“好。”**”", "“他说：“好。””"),
        ("段落。\n\n    缩进的代码\n", "段落。"),
        ("", ""),
    ],
)
def test_small_pages(source, text):
    assert markdown_text(source) == text


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("# 标题 #\n正文", "标题"),
        ("标题\n====\n正文", "标题"),
        ("正文，没有标题。", None),
        ("```\n# 注释\n```\n\n## 真标题", "真标题"),
        ("#", None),
        ("#话题# 不是标题", None),
    ],
)
def test_the_first_heading_is_the_title(source, title):
    assert markdown_title(source) == title
