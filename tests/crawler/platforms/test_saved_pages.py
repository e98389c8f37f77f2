"""Saved pages and what their page objects read in them: tests/crawler/platforms/pages/<kind>/<case>/."""

import json
from pathlib import Path

import pytest
import yaml

from crawler.extraction.page import Article, ThreadPage
from crawler.platforms.page_objects import thread_of
from crawler.platforms.reading import read
from crawler.warc.format import Capture
from crawler.warc.reader import Page
from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig

ROOT = Path(__file__).parents[3]
PAGES = Path(__file__).parent / "pages"
CASES = sorted(path.parent for path in PAGES.glob("*/*/expected.json"))
CONFIG = ExtractConfig(**yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8")))


def capture_of(expected: dict) -> Capture:
    nothing = dict.fromkeys(Capture.__slots__)
    url, role = expected["url"], expected.get("role", "page")
    given = {"url": url, "final_url": url, "site": "site", "platform": expected["platform"], "role": role}
    return Capture(**{**nothing, **given, "status": 200, "time": "2024-03-10T08:00:00Z"})


def page_of(case: Path, url: str) -> Page:
    saved = next(path for path in (case / "page.html", case / "page.json") if path.exists())
    return Page(url, 200, {"content-type": "text/html"}, saved.read_bytes(), True)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}-{case.name}" for case in CASES])
def test_a_saved_page_gives_what_is_expected(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    reading = read(capture_of(expected), page_of(case, expected["url"]), CONFIG)
    found = reading.found
    assert reading.kind == expected["kind"]
    if isinstance(found, DropReason):
        assert found.name == expected.get("reason")
    elif isinstance(found, Article):
        told = {"title": found.title, "created": found.created, "text": found.text}
        assert told == {key: expected.get(key) for key in told}
    else:
        assert isinstance(found, ThreadPage)
        posts = [[post.key, post.floor, post.created, post.text] for post in found.posts]
        told = {"thread": found.thread, "number": found.number, "title": found.title, "posts": posts}
        assert told == {key: expected.get(key) for key in told}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}-{case.name}" for case in CASES])
def test_an_address_alone_tells_the_thread_that_its_page_tells(case):
    """Pages are grouped by it before any is read: two groups that say they are one thread would be one too many."""
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    if "thread" in expected:
        for platform in (expected["kind"], "article"):
            assert (thread_of(platform, expected["url"]) or expected["url"]) == expected["thread"]


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("article/forum", ["竹筒", "北窗", "竹筒", "阿满"]),
        ("discourse/crawler", ["lin_hai", "shi", "shi"]),
        ("discourse/json", ["alan", "bea", "spam"]),
        ("discuz/x35-bought", ["补锅匠", "算账先生", "路过的"]),
        ("discuz/x35-crosswise", ["砌灶的", "泥瓦匠", "算砖的", "捡柴人", "老灶王", "和泥的", "砌灶的"]),
        ("discuz/x35-touch-poll", ["钟表匠", "钟表匠", "磨镜子的"]),
        ("flarum/json", ["陆 羽·竟陵"]),
        ("nodebb/harmony", ["陈 大 河"]),
        ("nodebb/newest_json", ["陈 大 河"]),
        ("phpbb/prosilver", ["松風", "流水"]),
        ("phpbb/subsilver2", ["擺輪", "擺輪"]),
        ("xiuno/thread", ["云脚", "井水"]),
    ],
)
def test_writers_are_told_beside_their_posts_and_not_in_them(case, names):
    expected = json.loads((PAGES / case / "expected.json").read_text(encoding="utf-8"))
    found = read(capture_of(expected), page_of(PAGES / case, expected["url"]), CONFIG).found
    assert isinstance(found, ThreadPage)
    assert [post.author for post in found.posts][: len(names)] == names


def test_every_kind_has_a_saved_page():
    kinds = {path.parent.name for path in (ROOT / "crawler/platforms").glob("*/pages.py")} | {"article", "blog"}
    assert {case.parent.name for case in CASES} == kinds, (
        "a kind without tests/crawler/platforms/pages/<kind>/<case>/"
    )


@pytest.mark.parametrize(
    "notice",
    ["你的帖子已经被社群标记并被临时隐藏。", "該貼文已被社群標記，且暫時隱藏。", "（帖子已被作者删除）",
     "（话题被作者撤回，如无标记将在 24 小时后被自动删除）", "这个主题在 3 天后自动关闭。不再允许添加新回复。",
     "此话题在最后一个回复的 30 天后被自动关闭。不再允许新回复。", "本主题现在已打开。可以添加新的回复。",
     "一个帖子被合并到现有主题：石狮子", "5 個貼文被拆分到新話題：石獅子", "A post was split to a new topic: 石狮子",
     "This topic was automatically closed 3 days after the last reply. New replies are no longer allowed."],
)  # fmt: skip
def test_discourse_notices_are_no_posts(notice):
    assert discourse_post(notice) == ""


@pytest.mark.parametrize(
    "words",
    ["这个主题公园的闸门会自动关闭。", "帖子已被作者删除了吗？", "一个帖子被移动到新主题之后，链接还有效吗？",
     "我的帖子又被社区隐藏了，怎么申诉？", "此话题现在讨论得很热。"],
)  # fmt: skip
def test_posts_that_only_sound_like_discourse_notices_stay(words):
    assert discourse_post(words) == words


def discourse_post(words: str) -> str:
    url = "http://cheng.example/t/topic/57"
    post = f"<div class='post' itemprop='text'><p>{words}</p></div>"
    page = f"<div id='post_1' class='topic-body crawler-post'>{post}</div>"
    body = f'<html><head><meta name="generator" content="Discourse 3.5"></head><body>{page}</body></html>'.encode()
    page_read = Page(url, 200, {"content-type": "text/html"}, body, True)
    found = read(capture_of({"url": url, "platform": "discourse"}), page_read, CONFIG).found
    assert isinstance(found, ThreadPage)
    return found.posts[0].text
