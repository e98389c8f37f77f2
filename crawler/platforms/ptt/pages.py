"""PTT on the web: an article with its pushes, a board, the question for one's age."""

import re

from crawler.addresses.urls import origin
from crawler.extraction.page_contents import Found, ThreadPage, View
from crawler.extraction.post_text import one_line
from crawler.platforms.ptt.addresses import article
from crawler.platforms.ptt.posts import MAIN, heads_of, posts_of
from pipeline.contract.drop import DropReason

GATE = ".over18-notice, .over18-button-container"
_TITLE = re.compile(r" - (?:看板|精華區) \S+ - |(?: - )?批踢踢實業坊$")


def read(view: View) -> Found:
    posts = tuple(posts_of(view))
    if posts:
        return ThreadPage(first_page(view.url) or view.url, 1, _title(view), posts)
    if view.html.css_first(GATE) is not None:
        return DropReason.LOGIN_WALL
    message = one_line(view.html.css_first(".bbs-screen.bbs-content")) or ""
    return DropReason.SOFT_404 if message.startswith("404") else DropReason.INDEX_PAGE


def _title(view: View) -> str | None:
    """As the article's head has it: an answer is `Re: …`."""
    main = view.html.css_first(MAIN)
    if main is not None and (title := heads_of(main).get("標題")):
        return title
    return _TITLE.split(one_line(view.html.css_first("title")) or "")[0].strip() or None


def first_page(url: str) -> str | None:
    """The article's own address, without parameters: all of it is on one page, and each answer to it on its own."""
    found = article(url)
    return f"{origin(url)}{found[0]}" if found else None
