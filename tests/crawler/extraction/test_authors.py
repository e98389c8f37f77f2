"""Who wrote an article: asked for or not, named in a byline, by the page or as its editor."""

import pytest

from tests.crawler.support.metadata import TEXT, article

TITLE = "<title>无钉书架做法_松下网</title>"
H1 = "<h1>无钉书架做法</h1>"
LD = '<script type="application/ld+json">{"@type":"Article","author":%s}</script>'


def author(above: str = "", below: str = "", head: str = "", text: str = TEXT) -> str | None:
    return article(H1 + above, below, TITLE + head, text, authors=True).author


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("作者：林松下 来源：松下日报", "林松下"),
        ("2024-03-05 14:20 来源：松下日报作者：林松下", "林松下"),
        ("作者： 林松下、周木 时间：2024-03-05", "林松下、周木"),
        ("时间：2024-03-05 作者：松下客 浏览：272", "松下客"),
        ("文/松下日报记者林松下", "林松下"),
        ("文丨林松下 编辑丨周木", "林松下"),
        ("撰文：林 松 周小木", "林松、周小木"),
        ("本报记者 林松下 周木", "林松下、周木"),
        ("□ 本报记者 林松下", "林松下"),
        ("松下日报见习记者 林松下 北京报道", "林松下"),
        ("发表于2024-03-05 14:20| 阅读 30| 作者林松下", "林松下"),
        ("(责任编辑：周木_NF1024)", "周木"),
        ("责编：周木、林松下", "周木、林松下"),
        ("作者：佚名", None),
        ("作者最新文章", None),
        ("记者：这么看你平时也很关注木工？", None),
        ("记者从松下书屋获悉，书架还在。", None),
        ("来源：松下日报", None),
    ],
)
def test_names_in_bylines(byline, name):
    assert author(f"<div>{byline}</div>") == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta name="author" content="林松下">', "林松下"),
        ('<meta name="author" content="松下网">', None),
        ('<meta name="author" content="104363">', None),
        ('<meta name="author" content="name, email@a.example">', None),
        ('<meta name="author" content="Songxia! Team and UI Team">', None),
        (LD % '{"@type":"Person","name":"林松下"}', "林松下"),
        (LD % '[{"name":"林松下"},"周木"]', "林松下、周木"),
    ],
)
def test_names_that_the_page_tells_machines(head, name):
    assert author(head=head) == name


def test_the_writer_goes_before_what_the_page_tells_and_that_before_the_editor():
    head, editor = '<meta name="author" content="周木">', "<p>责任编辑：陈编</p>"
    assert author("<div>作者：林松下</div>", editor, head) == "林松下"
    assert author("", editor, head) == "周木"
    assert author("", editor) == "陈编"


def test_a_reporter_named_in_the_lead():
    assert (
        author(text="<p>松下日报讯（记者 林松下）书架做好了，邻居都来看，说这样的手艺少见了。</p>" + TEXT) == "林松下"
    )


def test_names_are_not_looked_for_unless_asked_and_never_stand_in_the_text():
    found = article(f"{H1}<div>作者：林松下 来源：松下日报</div>", head=TITLE)
    assert found.author is None
    assert "林松下" not in found.text


@pytest.mark.parametrize(
    "credit",
    [
        "本文来源：松下日报 作者：林松下 责任编辑：NF001",
        "（文/林松下）",
        "编辑|周木",
        "作者 林松下 周小木",
        "本报记者 林松下",
        "□ 松下日报记者 林松下 周木 山中报道",
        "2024-03-05 14:20",
    ],
)
def test_credits_before_and_after_the_text_are_no_part_of_it(credit):
    assert article(H1, head=TITLE, text=f"<p>{credit}</p>{TEXT}<p>{credit}</p>").text == article(H1, head=TITLE).text


@pytest.mark.parametrize(
    "line",
    [
        "记者从松下书屋获悉，书架还在。",
        "作者不喜欢钉子，只用麻绳。",
        "文/武两路都走过的木匠，如今只刨木板。",
        "编辑部的书架也是这样做的。",
    ],
)
def test_sentences_about_writers_stay(line):
    assert line in article(H1, head=TITLE, text=f"<p>{line}</p>{TEXT}<p>{line}</p>").text.split("\n")
