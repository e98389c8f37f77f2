"""Discuz!'s archiver, its plain pages for search engines: posts without numbers, boxes or quotes that show."""

import re
from collections.abc import Iterator

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import classes, masked
from crawler.html.render import blocks
from crawler.platforms.discuz.posts import EDITED

_QUOTED = re.compile(r".{1,40} (?:发表于|發表於) [\d\-/ :]{8,20}$|原帖由 .{1,40} (?:发表|發表)")
_NO_WORDS = re.compile(r"^本主[题題]需向作者支付 |^回[复覆復] \d{1,6}# .{1,40}$")
_HIDDEN = re.compile(r"\*{4} Hidden Message \*{4,5}|^\[\*\]")


def archived_posts(view: View, page: int) -> Iterator[Post]:
    """There are neither numbers nor boxes: a line with writer and date, then the words."""
    content = view.html.css_first("#content")
    if content is None:
        return
    posts: list[tuple[str, list[str]]] = []
    for block in blocks(content):
        if "author" in classes(block.element.attributes):
            posts.append((block.text, []))
        elif posts and block.element.tag != "h3" and "page" not in classes(block.element.attributes):
            posts[-1][1].append(block.text)
    for place, (stamp, lines) in enumerate(posts, start=1):
        yield Post(f"{page}-{place}", None, find(stamp, view.fetched), "\n".join(_own_lines(lines)))


def _own_lines(lines: list[str]) -> Iterator[str]:
    """Lines of the archiver without notices and quotes; how long a quote is it does not show, most are one line."""
    quoted = False
    for line in lines:
        head = _QUOTED.match(line) is not None
        own = _HIDDEN.sub("", line).strip()
        if own and not (head or quoted or EDITED.match(line) or _NO_WORDS.search(line)):
            yield masked(own)
        quoted = head
