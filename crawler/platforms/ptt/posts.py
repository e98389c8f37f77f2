"""An article and its pushes, all in one element: text, coloured spans and links, a <div> for each push.

What the writer adds later stands between the pushes as text: a post of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import day_of, find, from_epoch
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import classes, one_line, writer_in
from crawler.platforms.ptt import lines
from crawler.platforms.ptt.addresses import article

MAIN = "#main-content.bbs-content"
_TEXT = frozenset(("a", "span"))
"""Elements with the article's own words; all others are heads, pushes, pictures and notices."""
_CTIME = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}:\d{2}:\d{2}) +(\d{4})")
"""Sat Mar  9 21:15:00 2024"""
_PUSHED = re.compile(r"(\d{2})/(\d{2})((?: +\d{2}:\d{2})?)\s*$")
"""03/09 21:15, on old pages 03/09; an IP address may stand before it."""
_MONTH = 31


def posts_of(view: View) -> Iterator[Post]:
    """In the page's order, from the article on; a post's number is its place."""
    main = view.html.css_first(MAIN)
    if main is not None:
        for place, post in enumerate(_posts_in(view, main), start=1):
            yield replace(post, key=str(place), floor=place)


def heads_of(main: LexborNode) -> dict[str, str]:
    """作者, 標題, 時間: what stands above the article."""
    found: dict[str, str] = {}
    for head in _children(main):
        if "article-metaline" in classes(head.attributes):
            tag, value = (one_line(head.css_first(f".article-meta-{part}")) for part in ("tag", "value"))
            if tag and value:
                found.setdefault(tag, value)
    return found


def _posts_in(view: View, main: LexborNode) -> Iterator[Post]:
    heads = heads_of(main)
    writer, created = _name(heads.get("作者")), _created(view, heads.get("時間"))
    last = day_of(created) if created else None
    pieces = _pieces(main)
    text, push = next(pieces)
    yield Post("", None, created, lines.said_in(text), writer)
    while push is not None:
        post = _push(push, last, view.fetched)
        last = post.created[:10] if post.created else last
        yield post
        text, push = next(pieces)
        for _ in range(lines.deleted_in(text)):
            yield Post("", None, None, "")
        if added := lines.added_in(text):
            yield Post("", None, None, added, writer)


def _pieces(main: LexborNode) -> Iterator[tuple[str, LexborNode | None]]:
    """Each push with the text above it, and the text below the last."""
    said: list[str] = []
    for node in _children(main):
        if node.is_text_node:
            said.append(node.text_content or "")
        elif node.tag in _TEXT:
            said.append(node.text() or "")
        elif "push" in classes(node.attributes) and node.css_first(".push-tag") is not None:
            yield "".join(said), node
            said.clear()
    yield "".join(said), None


def _children(main: LexborNode) -> Iterator[LexborNode]:
    node = main.first_child
    while node is not None:
        yield node
        node = node.next


def _push(box: LexborNode, last: str | None, fetched: str | None) -> Post:
    content, stamp = box.css_first(".push-content"), box.css_first(".push-ipdatetime")
    said = (content.text() or "").strip().removeprefix(":") if content is not None else ""
    pushed = _pushed(stamp.text() or "", last, fetched) if stamp is not None else None
    return Post("", None, pushed, lines.one(said), writer_in(box, ".push-userid"))


def _created(view: View, said: str | None) -> str | None:
    """As the page says it, else by the article's own name."""
    found = find(_CTIME.sub(r"\1 \2, \4 \3", said), view.fetched) if said else None
    named = article(view.url)
    return found or (find(from_epoch(int(named["seconds"])) or "", view.fetched) if named else None)


def _pushed(said: str, last: str | None, fetched: str | None) -> str | None:
    """A push says no year: it is that of the one before, or the next where that would lie more than a month back."""
    found = _PUSHED.search(said)
    if found is None or last is None:
        return None
    year, month, day = map(int, last.split("-"))
    back = (month - int(found[1])) * _MONTH + day - int(found[2])
    return find(f"{year + (back > _MONTH)}-{found[1]}-{found[2]}{found[3]}", fetched)


def _name(said: str | None) -> str | None:
    """someone01 (路人) is someone01 below the article."""
    return said.partition(" (")[0].strip() or None if said else None
