"""What Discourse shows in place of a post, and what only sounds like it."""

import pytest

from crawler.extraction.page_contents import ThreadPage
from crawler.platforms.reading import read
from crawler.warc.reader import Page
from tests.crawler.support.saved_pages import CONFIG, capture_of


def post(words: str) -> str:
    url = "http://cheng.example/t/topic/57"
    box = f"<div class='post' itemprop='text'><p>{words}</p></div>"
    page = f"<div id='post_1' class='topic-body crawler-post'>{box}</div>"
    body = f'<html><head><meta name="generator" content="Discourse 3.5"></head><body>{page}</body></html>'.encode()
    answer = Page(url, 200, {"content-type": "text/html"}, body, True)
    found = read(capture_of({"url": url, "platform": "discourse"}), answer, CONFIG).found
    assert isinstance(found, ThreadPage)
    return found.posts[0].text


@pytest.mark.parametrize(
    "notice",
    ["你的帖子已经被社群标记并被临时隐藏。", "該貼文已被社群標記，且暫時隱藏。", "（帖子已被作者删除）",
     "（话题被作者撤回，如无标记将在 24 小时后被自动删除）", "这个主题在 3 天后自动关闭。不再允许添加新回复。",
     "此话题在最后一个回复的 30 天后被自动关闭。不再允许新回复。", "本主题现在已打开。可以添加新的回复。",
     "一个帖子被合并到现有主题：石狮子", "5 個貼文被拆分到新話題：石獅子", "A post was split to a new topic: 石狮子",
     "This topic was automatically closed 3 days after the last reply. New replies are no longer allowed."],
)  # fmt: skip
def test_notices_are_no_posts(notice):
    assert post(notice) == ""


@pytest.mark.parametrize(
    "words",
    ["这个主题公园的闸门会自动关闭。", "帖子已被作者删除了吗？", "一个帖子被移动到新主题之后，链接还有效吗？",
     "我的帖子又被社区隐藏了，怎么申诉？", "此话题现在讨论得很热。"],
)  # fmt: skip
def test_posts_that_only_sound_like_notices_stay(words):
    assert post(words) == words
