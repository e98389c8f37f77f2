"""What goes from the lines of a text, and what only looks like it."""

import pytest

from crawler.extraction.authors import without_credits
from crawler.extraction.main_content import main_blocks
from crawler.extraction.post_text import masked
from crawler.html.render import blocks
from crawler.html.tree import parse
from tests.crawler.support.saved_pages import CONFIG

PARAGRAPHS = [
    "立春过后，船家把倒扣了一冬的船翻过来，先用清水冲，再拿竹刷一寸一寸地刷。",
    "船底的旧漆要刮干净，刮下来的漆皮卷着，落在沙地上，风一吹就不见了。",
    "刷桐油要挑晴天，第一遍薄，第二遍匀，第三遍等前一遍干透了才动手。",
    "油干了以后，木头的颜色深了一层，手摸上去像摸着一块旧玉。",
    "下水那天要放一挂鞭炮，孩子们捂着耳朵，眼睛却都盯着船头。",
    "船在水里吃住了劲，船家才直起腰来，说，又是一年。",
    "对岸的人看见了，也把自家的船推下去，河面上一时热闹起来。",
    "到了傍晚，两边的船都回来了，系在柳树底下，挨得很近。",
    "夜里水涨了一点，船身轻轻地碰，咯噔咯噔，像在说话。",
    "老人说，船和人一样，闲久了要坏，常走动才好。",
]


def text_of(body: str) -> str:
    tree = parse(f"<html><body><div class='content'>{body}</div></body></html>", CONFIG)
    return "\n".join(block.text for block in main_blocks(blocks(tree.body)))


def amid(html: str) -> str:
    """The HTML between the paragraphs of a text."""
    paragraphs = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    return text_of("".join((*paragraphs[:5], html, *paragraphs[5:])))


@pytest.mark.parametrize(
    "line",
    [
        "收藏旧船的人都知道，木头最怕干。",
        "浏览水面，一只鸟也没有。",
        "长按船板，听里面有没有空声。",
        "未经许可下网的，要罚一斗米。",
        "时间：立春后第三日",
        "来源：上游的两条小溪",
        "下一章说的是怎么补帆。",
        "编辑：这一段写得太短了吧？",
        "责任编辑这个行当，先要会看船。",
        "相关文章里提过这座渡口。",
        "请备齐【桐油】，还有【竹刷】【麻丝】【灰刀】，缺一样都做不成。",
    ],
)
def test_a_line_amid_the_text_stays_though_it_begins_like_furniture(line):
    assert line in amid(f"<p>{line}</p>").split("\n")


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>桐油三斤</li><li>麻丝半斤</li><li>石灰两碗</li><li>竹刷一把</li></ul>",
        "<div>春水满<br>柳丝长<br>渡船小<br>客心凉</div>",
        "<table><tr><td>2019</td><td>1200</td></tr><tr><td>2020</td><td>1350</td></tr></table>",
        "<pre>cat a | sort | uniq -c | head\n127.0.0.1:8080\n打印(1)</pre>",
        "<ul><li><a href='http://s.test/1'>《渡口志》第三卷下册</a><p>讲的是船的来历，图画得细。</p></li>"
        "<li><a href='http://s.test/2'>《桐油谱》光绪刻本一册</a><p>讲的是怎么熬油，火候写得准。</p></li>"
        "<li><a href='http://s.test/3'>《竹器图说》石印本两册</a><p>讲的是竹器，从篮子讲到鱼篓。</p></li></ul>",
    ],
    ids=["list", "verse", "table", "code", "books"],
)
def test_lists_verse_tables_and_code_amid_the_text_stay(html):
    shown = parse(f"<html><body>{html}</body></html>", CONFIG)
    assert "\n".join(block.text for block in blocks(shown.body)) in amid(html)


@pytest.mark.parametrize(
    "label", ["点赞", "收藏 12", "举报", "查看更多", "分享到微信", "3人点赞", "00:00/03:15", "[ 打印 ]"]
)
def test_a_button_is_no_text(label):
    assert label not in amid(f"<div>{label}</div>").split("\n")


def test_what_follows_the_end_goes_if_there_was_more_before():
    after = "<p>另一条河上的人家今年没有修船，他们的船去年冬天叫冰挤坏了。</p>"
    whole = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    for end in ("责任编辑：林山", "相关阅读", "网友评论"):
        assert text_of(f"{whole}<h3>{end}</h3>{after}").split("\n") == PARAGRAPHS
    assert PARAGRAPHS[-1] in text_of(f"<p>{PARAGRAPHS[0]}</p><h3>相关阅读</h3>{whole}")
    assert text_of(f"{whole}<h3>相关阅读</h3>{whole}{whole}").count(PARAGRAPHS[-1]) == 3


def test_what_follows_the_uploader_s_notice_goes_however_much_it_is():
    whole = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    assert text_of(f"{whole}<p>以上内容为老船工上传发布</p>{whole}{whole}").split("\n") == PARAGRAPHS


VALUES = ["画质", "高清", "倍速", "音量"]


def test_a_row_of_values_goes_after_the_text_and_stays_amid_it():
    whole = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    rows = [f"<div>{value}</div>" for value in VALUES]
    assert text_of(whole + "".join(rows)).split("\n") == PARAGRAPHS
    assert text_of(whole + "".join(rows[:3])).split("\n") == PARAGRAPHS + VALUES[:3]
    assert amid("".join(rows)).split("\n") == PARAGRAPHS[:5] + VALUES + PARAGRAPHS[5:]


def test_an_interview_keeps_its_questions_and_loses_its_credits():
    said = ["记者：那后来呢？", "船家：后来就不摆渡了。", "记者：船还在吗？", PARAGRAPHS[0], "记者 林山 文/图"]
    tree = parse("<html><body>" + "".join(f"<p>{line}</p>" for line in said) + "</body></html>", CONFIG)
    assert [block.text for block in without_credits(blocks(tree.body))] == said[:-1]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("谢谢@老船工 提醒", "谢谢@… 提醒"),
        ("多谢@laoli", "多谢@…"),
        ("＠老船工 在吗", "@… 在吗"),
        ("回复@老船工：对", "回复@…：对"),
        ("写信到 chuan@dukou.test 就行", "写信到 chuan@dukou.test 就行"),
    ],
)
def test_names_are_masked_wherever_they_stand(line, shown):
    assert masked(line) == shown
