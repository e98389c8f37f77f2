"""A topic's posts: of the JSON, and of the HTML that crawlers are shown."""

import re
from collections.abc import Iterator
from typing import Any

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import html_text, post_text, quote_of_another, skipping, writer_in
from crawler.html.tree import Bounds

_LEFT_OUT = """
    quote meta lightbox-wrapper onebox poll-info poll-buttons crawler-linkback-list post-likes footnote-ref
    footnote-backref
"""
_SKIP = skipping(frozenset(_LEFT_OUT.split()), frozenset(("aside",)), quote_of_another)
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


def posts_of(view: View) -> Iterator[Post]:
    """Of the page for crawlers."""
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


def posts_in(topic: Any, bounds: Bounds) -> tuple[Post, ...]:
    """Of the API's answer; KeyError, TypeError, AttributeError or ValueError if it has another shape."""
    rows = topic["post_stream"]["posts"]
    rows = [row for row in rows if row.get("post_type", 1) in POSTS and not row.get("action_code")]
    return tuple(_post(row, bounds) for row in rows)


def _post(row: dict[str, Any], bounds: Bounds) -> Post:
    gone = any(row.get(name) for name in ("hidden", "cooked_hidden", "deleted_at", "user_deleted"))
    text = "" if gone else html_text(str(row["cooked"]), _SKIP, bounds)
    number = int(row["post_number"])
    name = row.get("username")
    return Post(
        str(number), number, find(str(row.get("created_at") or "")), text, name if isinstance(name, str) else None
    )
