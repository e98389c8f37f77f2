"""Topics and questions of unknown engines: an opening text and replies of another shape, told by the address."""

import pytest

from crawler.extraction.page_contents import Article, ThreadPage
from crawler.platforms.reading import read
from crawler.warc.reader import Page
from tests.crawler.support.saved_pages import CONFIG, capture_of

OPENING = "请教@老船工 一件事：船底的旧漆是刮掉好，还是磨掉好？刮怕伤了木头，磨又怕磨不干净。"
REPLIES = ["收藏了，谢谢楼主！", "浏览别的帖子也有说刮的。", "666", "那就刮吧"]


def page(opening: str, replies: list[str], head: str = "<div class=who>{0}</div><i>2024-03-0{1} 12:00</i>") -> str:
    rows = "".join(
        f"<div class=comment>{head.format(name, at)}<p>{text}</p><span class=actions>回复 举报</span></div>"
        for at, (name, text) in enumerate(zip(["石头", "小美", "阿强", "竹筒"], replies, strict=False), start=1)
    )
    return f"<title>船漆怎么去</title><h1>船漆怎么去</h1><div class=op><p>{opening}</p></div><div>{rows}</div>"


def found(html: str, url: str):
    answer = Page(url, 200, {"content-type": "text/html; charset=utf-8"}, html.encode(), True)
    return read(capture_of({"url": url, "platform": "article"}), answer, CONFIG).found


@pytest.mark.parametrize("address", ["www.dukou.test/question/12", "bbs.dukou.test/a/12.html", "dukou.test/t/12"])
def test_replies_are_posts_without_names_and_short_ones_stay(address):
    thread = found(page(OPENING, REPLIES), f"http://{address}")
    assert isinstance(thread, ThreadPage)
    assert [post.text for post in thread.posts] == [OPENING.replace("@老船工", "@…"), *REPLIES]
    assert [post.created for post in thread.posts[1:]] == [f"2024-03-0{day}T12:00" for day in (1, 2, 3, 4)]


def test_buttons_are_no_part_of_a_reply_whatever_they_stand_in():
    html = page(OPENING, REPLIES).replace("<span class=actions>回复 举报</span>", "<div>回复 举报</div>")
    thread = found(html, "http://dukou.test/topic/12")
    assert [post.text for post in thread.posts[1:]] == REPLIES


def test_rows_of_buttons_are_no_replies_however_many_there_are():
    buttons = "".join(f"<div>{name}</div>" for name in ["回复", "举报", "分享", "收藏"] * 3)
    rows = "".join(f"<div class=reply><i>2024-03-0{day} 12:00</i>{buttons}</div>" for day in range(1, 8))
    thread = found(page(OPENING, REPLIES) + f"<div>{rows}</div>", "http://dukou.test/topic/12")
    assert [post.text for post in thread.posts[1:]] == REPLIES


def test_a_reply_to_a_reply_loses_the_names_of_both():
    thread = found(page(OPENING, ["小美 回复 石头：刮的时候手要轻。", *REPLIES]), "http://dukou.test/topic/12")
    assert thread.posts[1].text == "刮的时候手要轻。"


@pytest.mark.parametrize(
    "address", ["www.dukou.test/2024/03/a12.html", "news.dukou.test/topic/2024-03/01/c12.html", "dukou.test/tide/12"]
)
def test_what_other_addresses_show_is_an_article_and_comments_are_none_of_it(address):
    article = found(page(OPENING * 3, REPLIES), f"http://{address}")
    assert isinstance(article, Article)
    assert article.text == OPENING * 3


def test_a_long_text_with_a_few_comments_is_an_article_at_any_address():
    assert isinstance(found(page(OPENING * 30, REPLIES), "http://dukou.test/topic/12"), Article)
