"""A topic's posts in prosilver, subsilver2 and phpBB 2's subSilver: in boxes, or in rows of a table."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import classes, post_text, skipping, writer_in

_WRITER = (".author .username", ".author .username-coloured", ".author strong")
_NAMES = (
    "signature notice attachbox inline-attachment rules reported post-buttons quotetitle codetitle attachtitle "
    "attachcontent genmed gensmall responsive-hide author postdetails edited codebox-head"
)
_FURNITURE = frozenset(_NAMES.split())
_POSTED = re.compile(r"(?:发表于|發表於|发表时间|發表時間|Posted)\s*[:：]")
_UNCITED = re.compile(r"\s*(?:引用|引言|引文|quote)\s*[:：]?\s*", re.IGNORECASE)
"""The head of a quote that names nobody."""
_SIGNATURE = re.compile(r"(?:^|\n)_{17}(?:\n|$)")
"""phpBB 2's line before a signature, in the same element as the text."""
ROW_LEVELS = 12
"""So far above a post's anchor its row or table is looked for."""


def posts_of(view: View) -> Iterator[Post]:
    """Without floors, which stand in the page's address."""
    boxes = view.html.css("div.post[id^=p]")
    for box in boxes:
        key = (box.attributes.get("id") or "").lstrip("p")
        if key.isdecimal():
            yield Post(key, None, _created(view, box), _own_words(box), writer_in(box, *_WRITER))
    if not boxes:
        yield from _posts_in_tables(view)


def _own_words(box: LexborNode) -> str:
    """Empty for a post that is deleted, or hidden as an ignored member's is."""
    content = box.css_first(".content, .postbody .entry-content")
    hidden = "deleted" in classes(box.attributes) or box.css_first(".postbody .ignore") is not None
    return "" if content is None or hidden else _text(content)


def _created(view: View, box: LexborNode) -> str | None:
    line, exact = box.css_first("p.author, .author"), box.css_first(".author time[datetime]")
    said = ((exact or line).text() or "").rpartition("»")[2] if line is not None else ""
    in_utc = (exact.attributes.get("datetime") or "") if exact is not None else ""
    return find(said) or find(in_utc) or find(said, view.fetched)  # the page shows the board's own time


def _posts_in_tables(view: View) -> Iterator[Post]:
    """An anchor with the post's number stands in the same row of a table (phpBB 2) or in the same table."""
    seen = set()  # a writer's own anchors in the text are no posts
    for anchor in view.html.css("a[name]"):
        key = (anchor.attributes.get("name") or "").removeprefix("p")
        holder = _holder_of(anchor) if key.isdecimal() else None
        if holder is None:
            continue
        body = holder.css_first(".postbody")
        if body is not None and body.mem_id in seen:
            continue
        if body is not None:
            seen.add(body.mem_id)
        text = _words_of(body) if body is not None else ""
        yield Post(
            key, None, _date_in(view, holder, anchor), text, writer_in(holder, ".name b", ".postauthor", ".name")
        )


def _holder_of(anchor: LexborNode) -> LexborNode | None:
    """The innermost row or table around the anchor that holds a text too, or the table without one."""
    node = anchor.parent
    for _ in range(ROW_LEVELS):
        if node is None or node.tag == "table" or (node.tag == "tr" and node.css_first(".postbody") is not None):
            return node
        node = node.parent
    return None


def _date_in(view: View, holder: LexborNode, anchor: LexborNode) -> str | None:
    """The first date outside the cells that tell of the writer: when he registered."""
    stamps = ".postdetails, .gensmall, .date"
    cells = [*holder.css("td.profile"), *filter(None, [_cell_of(anchor)])]
    of_writer = {node.mem_id for cell in cells for node in cell.css(stamps)}
    said = (_POSTED.split(node.text() or "")[-1] for node in holder.css(stamps) if node.mem_id not in of_writer)
    return next(filter(None, (find(text, view.fetched) for text in said)), None)


def _cell_of(anchor: LexborNode) -> LexborNode | None:
    node = anchor.parent
    while node is not None and node.tag != "td":
        node = node.parent
    return node


def _words_of(body: LexborNode) -> str:
    if body.tag == "div":
        return _text(body)
    cell = body.parent if body.parent is not None and body.parent.tag == "td" else body
    return _SIGNATURE.split(_text(cell))[0].strip()  # quotes in tables cut the element into several


def _text(content: LexborNode) -> str:
    return post_text(content, skipping(_FURNITURE, frozenset(), _not_said))


def _not_said(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    """Quotes of a named member; heads of code."""
    names = classes(attributes)
    if tag == "blockquote":
        return "uncited" not in names or node.css_first("cite") is not None
    if "quotecontent" in names:
        return not _UNCITED.fullmatch(_text_before(node))
    if tag == "table" and node.css_first("td.quote") is not None:
        head = node.css_first(".genmed")
        return head is not None and not _UNCITED.fullmatch(head.text() or "")
    return tag in ("p", "dt") and node.parent is not None and "codebox" in classes(node.parent.attributes)


def _text_before(node: LexborNode) -> str:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return (before.text() or "") if before is not None else ""
