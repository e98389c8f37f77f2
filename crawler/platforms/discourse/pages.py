"""Discourse: a topic as the JSON that /t/slug/12.json gives, or as the HTML that it shows to crawlers."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Found, Post, ThreadPage, View
from crawler.extraction.post_text import html_text, one_line, post_text, quote_of_another, skipping, writer_in
from crawler.html.tree import Bounds
from pipeline.contract.drop import DropReason

MARKS = ".crawler-post, meta#data-discourse-setup, meta[name=generator][content^=Discourse]"
_LEFT_OUT = """
    quote meta lightbox-wrapper onebox poll-info poll-buttons crawler-linkback-list post-likes footnote-ref
    footnote-backref
"""
_SKIP = skipping(frozenset(_LEFT_OUT.split()), frozenset(("aside",)), quote_of_another)
_TOPIC = re.compile(r"^(?P<base>.*?)/t/(?:[^/]*[^/\d][^/]*/)?(?P<id>\d+)(?:/\d+)?(?:\.json|/posts\.json)?$")
POSTS = (1, 2)
"""post_type of posts, and of those in the colour of the staff. 3 is a notice, 4 a whisper among the staff."""
NOTICE_CHARS = 200
_THIS, _YOURS = "(?:[此该該本]|这个|這個)", "(?:你的|您的|[此该該本]|这个|這個)?"
_TOPIC_WORD, _POST_WORD = "(?:主题|话题|主題|話題)", "(?:帖子|回复|貼文|回覆)"
_NOTICE = re.compile(
    rf"{_YOURS}{_POST_WORD}.{{0,4}}被社[群区區].{{0,10}}(?:隐藏|隱藏)。?"
    rf"|[（(](?:{_POST_WORD}|{_TOPIC_WORD}).{{0,4}}作者.{{0,4}}(?:删除|刪除|撤回).{{0,40}}[）)]"
    rf"|{_THIS}{_TOPIC_WORD}.{{0,30}}[被已后後將将](?:自动|自動)(?:关闭|關閉|打开|開啟|归档)。?(?:.{{0,12}}回[复覆]。?)?"
    rf"|{_THIS}{_TOPIC_WORD}[现現].{{0,2}}(?:打开|開啟|开放|開放)。?(?:.{{0,12}}回[复覆]。?)?"
    rf"|(?:\d+ ?|一)[个個則]{_POST_WORD}.{{0,6}}(?:拆分|分离|分割|合并|合併|移动|移動|移至).{{0,8}}{_TOPIC_WORD}"
    r"(?:[：:].*|。)?"
    r"|This topic (?:was automatically|is now|has been) (?:closed|opened|archived|pinned|unlisted).*"
    r"|\((?:post|topic) (?:deleted|withdrawn) by (?:its )?author.*\)"
    r"|This post was flagged by the community and is temporarily hidden\.?"
    r"|(?:A post was|\d+ posts were) (?:split|merged|moved) .{0,20}topic(?::.*|\.)?"
)
"""What the page for crawlers shows in place of a hidden or withdrawn post, or as a post of its own when a topic is
closed or split: nothing but the words tells it there, and sites have them as their translators wrote them."""


def read(view: View) -> Found:
    if view.tree is None:
        return _read_json(view)
    tree = view.html
    posts = tuple(_posts(view))
    if posts:
        number = re.search(r"[?&]page=(\d+)", view.url)
        title = tree.css_first("#topic-title h1 a, #topic-title h1, h1")
        return ThreadPage(first_page(view.url) or view.url, int(number[1]) if number else 1, one_line(title), posts)
    if tree.css_first(".login-page, #login-form, .page-not-found, .not-found-topics") is not None:
        return DropReason.SOFT_404
    return DropReason.INDEX_PAGE


def first_page(url: str) -> str | None:
    """http://host/t/12 of any address of the topic, without its title; None for other pages."""
    parts = urlsplit(url)
    found = _TOPIC.match(parts.path)
    return f"{parts.scheme}://{parts.netloc}{found['base']}/t/{found['id']}" if found else None


def _posts(view: View) -> Iterator[Post]:
    for box in view.html.css(".crawler-post"):
        content = box.css_first(".post")
        key = (box.attributes.get("id") or "").removeprefix("post_")
        if content is None or not key.isdecimal():
            continue
        stamp = box.css_first("time[datetime], meta[itemprop='datePublished']")
        said = (
            (stamp.attributes.get("datetime") or stamp.attributes.get("content") or "") if stamp is not None else ""
        )
        text = post_text(content, _SKIP)
        if len(text) <= NOTICE_CHARS and _NOTICE.fullmatch(text):
            text = ""
        yield Post(key, int(key), find(said), text, writer_in(box, "[itemprop=author] [itemprop=name]", ".creator a"))


def _read_json(view: View) -> Found:
    try:
        topic: Any = json.loads(view.text)
        rows = topic["post_stream"]["posts"]
        rows = [row for row in rows if row.get("post_type", 1) in POSTS and not row.get("action_code")]
        posts = tuple(_post(row, view.config) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return DropReason.INDEX_PAGE
    if not posts:
        return DropReason.NO_MAIN_TEXT
    title = topic.get("title")
    return ThreadPage(
        first_page(view.url) or view.url, posts[0].floor or 1, title if isinstance(title, str) else None, posts
    )


def _post(row: dict[str, Any], bounds: Bounds) -> Post:
    gone = any(row.get(name) for name in ("hidden", "cooked_hidden", "deleted_at", "user_deleted"))
    text = "" if gone else html_text(str(row["cooked"]), _SKIP, bounds)
    number = int(row["post_number"])
    name = row.get("username")
    return Post(
        str(number), number, find(str(row.get("created_at") or "")), text, name if isinstance(name, str) else None
    )
