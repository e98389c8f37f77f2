"""Tagged lines: running text as it was printed, cut into documents at titles."""

import pytest

from pipeline.contract.drop import DropReason
from pipeline.sources.records import Record, Rejected
from pipeline.sources.tagged import is_title, read_tagged, running_text, starts_document

BODY = "全县今年共修水渠四十二公里，受益农田一万多亩。"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("迈向/v  充满/v  希望/n  的/u  新/a  世纪/n", "迈向充满希望的新世纪"),
        ("[中央/n  人民/n  广播/vn  电台/n]nt  播音/v", "中央人民广播电台播音"),
        ("１９９７年/t  １２月/t  ３１日/t", "１９９７年１２月３１日"),
        ("用/p  Windows/nx  NT/nx  系统/n", "用Windows NT系统"),
        ("甲/n  /w  乙/n", "甲乙"),
        ("１/m  //w  ２/m  的/u  人/n", "１/２的人"),
        ("没有 标记 的 词", "没有标记的词"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_tags_and_brackets_go_and_words_are_joined(line, text):
    assert running_text(line) == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("青河新桥通车", True),
        ("国内首台小型风力水泵试验成功（附图片１张）", True),
        ("新桥通车了。", False),
        ("新桥通车了吗？", False),
        ("新桥通车；市民欢迎", False),
        ("（附图片１张）", False),
        ("——来自云岭县的报告", False),
        ("一、加快水利建设", False),
        ("第三章总则说明", False),
        ("问：今年收成如何", False),
        ("“我们一定能行”", False),
        ("本报记者王小明", False),
        ("新桥", False),
        ("春" * 32, True),
        ("春" * 33, False),
        ("参加会议的有（１２人）", False),
    ],
)
def test_what_looks_like_a_title(text, title):
    assert is_title(text, 32) is title


@pytest.mark.parametrize(
    ("before", "line", "after", "starts"),
    [
        (BODY, "青河新桥通车", BODY, False),
        ("水渠全线放水。（王小明）", "青河新桥通车", BODY, True),
        (BODY, "青河新桥通车", "本报青河５月６日电", True),
        (BODY, "青河新桥通车", "新华社记者李明", True),
        (BODY, "青河新桥通车", "两岸往来只要五分钟", True),
        (BODY, "国内首台小型风力水泵试验成功", BODY, True),
        (BODY, "青河新桥通车（附图片）", BODY, True),
        ("水渠全线放水。（王小明）", "新桥通车了。", "本报青河５月６日电", False),
        ("黄河叮嘱我", "青河新桥通车", "本报青河５月６日电", False),
        ("扼住疯狂（附图片１张）", "赵青山王小明", "本报青河５月６日电", False),
    ],
)
def test_a_title_opens_an_article_by_one_sign_of_three(before, line, after, starts):
    assert starts_document(before, line, after, 32) is starts


def test_lines_become_documents_at_titles():
    lines = [
        ("L1", "青河/ns  新/a  桥/n  通车/v"),
        ("L2", "两岸/n  往来/v  只/d  要/v  五/m  分钟/q"),
        ("L3", "本报/r  青河/ns  ５月/t  ６日/t  电/n  桥/n  通/v  了/u  。/w"),
        ("L4", ""),
        ("L5", "群众/n  很/d  高兴/a  。/w  （/w  王/nr  小明/nr  ）/w"),
        ("L6", "[云岭/ns  县/n]ns  修/v  水渠/n"),
        ("L7", "云岭/ns  县/n  修/v  了/u  水渠/n  。/w"),
    ]
    broken = ("L8", Rejected("L8", DropReason.BROKEN_ENCODING, "\ufffd"))
    first = ["青河新桥通车", "两岸往来只要五分钟", "本报青河５月６日电桥通了。", "群众很高兴。（王小明）"]
    second = ["云岭县修水渠", "云岭县修了水渠。"]
    assert list(read_tagged([*lines, broken], 32, 0)) == [
        Rejected("L4", DropReason.BLANK),
        Rejected("L8", DropReason.BROKEN_ENCODING, "\ufffd"),
        Record("L1", "\n".join(first), title=first[0], units=4, chars=sum(map(len, first))),
        Record("L6", "\n".join(second), title=second[0], units=2, chars=sum(map(len, second))),
    ]


def test_text_before_the_first_title_is_a_document_too():
    lines = [("L1", BODY), ("L2", "国内首台小型风力水泵试验成功"), ("L3", BODY)]
    assert [record.text for record in read_tagged(lines, 32, 0)] == [BODY, f"国内首台小型风力水泵试验成功\n{BODY}"]


def test_a_short_document_is_joined_by_the_next():
    lines = [("L1", "黄河叮嘱我。（李青）"), ("L2", "青河新桥通车"), ("L3", "本报青河５月６日电桥通了。")]
    assert [record.text for record in read_tagged(lines, 32, 0)] == [
        "黄河叮嘱我。（李青）",
        "青河新桥通车\n本报青河５月６日电桥通了。",
    ]
    assert [record.units for record in read_tagged(lines, 32, 50)] == [3]


def test_no_lines_give_no_document():
    assert list(read_tagged([], 32, 0)) == []
