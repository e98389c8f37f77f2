"""A thread's posts in the PC template of Discuz! X and in its mobile ones: who wrote what, when, on which floor."""

import re
from collections.abc import Callable, Container, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Post, View
from crawler.extraction.post_text import classes, first_of, post_text, quote_of_another, skipping, writer_in
from crawler.html.render import Skip, text_of
from crawler.html.tree import TooComplex, parse
from crawler.platforms.discuz.post_sources import post_sources

_NAMES = (
    # notices: when it was edited, what must be bought, who may read it; noise against copying
    "pstatus jammer attach_nopermission locked tip aimg_tip tip_4 editinfo edit_status hide_reply posttip modact "
    # tools, and what others say of the post: ratings, comments; signatures, advertisements
    "a_pr a_pb a_p a_pt sign rate cm psth ratl tns plhin_ad pob po postactions signature bm_c_ad vt_ad pls "
    # attachments and pictures
    "pattl tattl attnm t_attach attach y_attach post_attlist img_one mag_viewthread "
    # polls, rewards, debates, goods; the head of a quote
    "pcht poll reward rwdbst activity debate trade_box viewsort quote_from"
)
_FURNITURE = frozenset(_NAMES.split())
_TAGS = frozenset(("ignore_js_op",))
_WRITER = (".authi a.xw1", ".pls .authi a", ".authi .z a", ".authi a")
_FLOORS = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
EDITED = re.compile(r"^(?:\[i=s\] ?)?本帖最[后後]由 .{1,40} [于於] .{6,30} (?:编辑|編輯)(?: ?\[/i\])?(?:\n|$)")
_ANSWER = re.compile(r"回[复覆復]")
_FROM = re.compile(r"^\D{0,4}[来來]自")
Attributes = dict[str, str | None]
Rule = Callable[[LexborNode, Attributes], bool]
MAX_MESSAGES = 20
"""In a post: its words, what a buyer may read for nothing, the goods of a seller."""
MAX_CLIMB = 40
"""Discuz puts a dozen elements between a post's box and its words."""


def posts_of(view: View, page: int) -> Iterator[Post]:
    """Posts in the order of the page, which is the thread's `page`-th.

    One is a box with a number, and all up to the next box is its own: words may stand beside their box (mobile=1),
    and what a buyer may read for nothing bears another post's number (X3.5).
    """
    stamps = {stamp.attributes.get("id"): stamp for stamp in reversed(view.html.css("[id^=authorposton]"))}
    posts = dict[str, Post]()
    is_thread = view.html.css_first("[id^=post_] .locked") is not None
    for key, source in post_sources(view.text):
        box = parse(source, view.config)
        messages = _messages(box)
        is_thread = is_thread or bool(messages)
        if posts and key != next(iter(posts)):
            posts.pop(key, None)  # a reply shown on top of the first page and again in its place
        stamp = stamps.get(f"authorposton{key}") or first_of(box, ".mtime", ".rela", ".authi em", ".posttime")
        created = _created(stamp, view.fetched) if stamp is not None else None
        posts.setdefault(key, _post(key, box, messages, created, opens=page == 1 and not posts))
    if is_thread:
        yield from posts.values()


def _post(key: str, box: LexborHTMLParser, messages: list[LexborNode], created: str | None, *, opens: bool) -> Post:
    """`opens`: whether it stands on top of the first page, where mobile pages show no floor."""
    floor = _floor(box)
    skip = not_own_words(first=floor == 1 or (floor is None and opens))
    pieces = (EDITED.sub("", post_text(message, skip)) for message in messages)
    return Post(key, floor, created, "\n".join(filter(None, pieces)), writer_in(box, *_WRITER))


def _messages(box: LexborHTMLParser) -> list[LexborNode]:
    """What holds a post's words."""
    found = box.css("[id^=postmessage_], .postmessage, .plc[id^=pid] .message")
    messages = {message.mem_id: message for message in found}  # one that matches twice is given twice
    if len(messages) > MAX_MESSAGES:
        raise TooComplex(f"{len(messages)} messages in one post")
    around = set[int]()
    for message in messages.values():
        outer = _holder(message, messages)
        if outer is not None and (message.text() or "").strip():
            around.add(outer.mem_id)  # beside the words it holds the options of a poll, the goods of a seller
    return [message for message in messages.values() if message.mem_id not in around]


def _holder(node: LexborNode, ids: Container[int]) -> LexborNode | None:
    """The closest ancestor of the node that is one of these elements."""
    holder = node.parent
    for _ in range(MAX_CLIMB):
        if holder is None or holder.mem_id in ids:
            return holder
        holder = holder.parent
    return None


def not_own_words(*, first: bool) -> Skip:
    """What of a post, the thread's first or a later one, its writer did not say: quotes, notices, furniture."""

    def skip(node: LexborNode, tag: str, attributes: Attributes) -> bool:
        if _is_quote(attributes):
            return not first or _is_of_another(node)
        rule = _RULES.get(tag)
        return rule is not None and rule(node, attributes)

    return skipping(_FURNITURE, _TAGS, skip)


def _is_quote(attributes: Attributes) -> bool:
    names = classes(attributes)
    return "quote" in names or ("grey" in names and "quote" in (attributes.get("id") or ""))


def _is_of_another(quote: LexborNode) -> bool:
    """In the first post a quote without a head is the author's own choice: a poem, a source. Without a blockquote it
    is a notice: that the author is banned, was warned."""
    inner = quote.css_first("blockquote")
    return inner is None or quote_of_another(inner, "blockquote", {})


def _stands_in(name: str, levels: int) -> Rule:
    """A rule: does the ancestor `levels` above an element have this class?"""

    def stands(node: LexborNode, attributes: Attributes) -> bool:  # noqa: ARG001
        above: LexborNode | None = node
        for _ in range(levels):
            above = above.parent if above is not None else None
        return above is not None and name in classes(above.attributes)

    return stands


def _copies_code(node: LexborNode, attributes: Attributes) -> bool:  # noqa: ARG001
    return "copycode" in (attributes.get("onclick") or "")


def _is_answer(node: LexborNode, attributes: Attributes) -> bool:  # noqa: ARG001
    """`回复 2# 某人`, the head of an answer without a quote."""
    link = node.css_first("a")
    if link is None or not re.search(r"findpost|redirect\.php|#pid\d", link.attributes.get("href") or ""):
        return False
    return _ANSWER.match((node.text() or "").strip()) is not None


_RULES: dict[str, Rule] = {
    "h2": _stands_in("message", 1),  # a reply's own title, on mobile pages inside its words
    "h4": _stands_in("showhide", 1),
    "h5": _stands_in("showhide", 1),
    "strong": _is_answer,
    "b": _is_answer,
    "p": _stands_in("blockcode", 2),  # 代码: of the oldest mobile pages
    "em": _copies_code,
}
"""By tag: what is no word of the writer's own."""


def _floor(holder: LexborHTMLParser) -> int | None:
    mark = first_of(holder, "[id^=postnum]", ".mtit .y", ".pi > strong", ".authi em", ".bm_user")
    text = "".join((mark.text() or "").split()) if mark is not None else ""
    text = _FROM.sub("", text)  # a reply on top of the first page: 来自 12#
    for name, number in _FLOORS.items():
        if text.startswith(name):
            return number
    found = re.match(r"(\d+)", text)
    return int(found[1]) if found else None


def _no_counts(node: LexborNode, tag: str, attributes: Attributes) -> bool:  # noqa: ARG001
    """Views and replies, buttons: beside the date of a mobile page."""
    return "y" in classes(attributes) or tag in ("em", "b", "a")


def _created(stamp: LexborNode, fetched: str | None) -> str | None:
    exact = stamp.css_first("span[title]")  # today's posts show 3小时前 and hold the time in the title
    said = (exact.attributes.get("title") or "") if exact is not None else ""
    plain = stamp.text() if stamp.tag == "em" else text_of(stamp, _no_counts)
    return find(said) or find(plain or "", fetched)
