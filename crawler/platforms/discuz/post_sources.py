"""A page's HTML cut into the HTML of its posts, so that what one post leaves open holds no other.

Discuz! makes tags of BBCode one by one: `[quote][table][tr][td]甲[/quote]乙` gives end tags crosswise or none, and an
HTML5 parser puts all later posts into this one, or their parts before its table.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

_START = re.compile(r"""<([a-z]+)\b[^<>]*?\sid\s*=\s*["']?(post_|pid|postmessage_)(\d+)(?=["'\s/>])""", re.IGNORECASE)
_WORDS = re.compile(
    r"""<[a-z]+\b[^<>]*?\s(?:id\s*=\s*["']?postmessage_\d|class\s*=\s*["']?(?:post)?message(?=["'\s>]))""",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"""<[a-z]+\b[^<>]*?\s(?:id\s*=\s*["']?(?:comment|ratelog|post_rate_div)_\d"""
    r"""|class\s*=\s*["']?(?:plc[ ]plm|po|pob|sign|psth|threadlist_foot)(?=["'\s>]))""",
    re.IGNORECASE,
)
_PIECE = re.compile(r"<(/?)([a-z]\w*+)[^<>]*+>|<[^<>]*+>?|[^<]+", re.IGNORECASE)
_QUOTE_IN_QUOTE = re.compile(
    r"(<blockquote>\[quote\](?:(?!</?blockquote).)*)</blockquote></div>((?:(?!\[/?quote\]|<blockquote).)*)\[/quote\]",
    re.DOTALL,
)
"""`[quote][quote]甲[/quote]乙[/quote]`: Discuz! ends the outer one with the first end."""
_CELLS = frozenset(("td", "th", "tr", "tbody"))
_NESTING = _CELLS | {"blockquote", "dd", "div", "dl", "dt", "form", "h2", "h3", "h4", "ol", "script", "table", "ul"}
_OF_TEMPLATE = re.compile(
    r"""\s(?:class|id)\s*=\s*["']?(?!aimg|blockcode|code_|jammer|l["']|litype|locked|pstatus|quote|showhide|t_table|zoom)""",
    re.IGNORECASE,
)
"""A tag that no BBCode gives: behind the words, the options of a poll, the parties of a debate."""
MAX_OPEN = 60
"""So many elements up what an end tag may end is looked for."""


def post_sources(html: str) -> Iterator[tuple[str, str]]:
    """Number and HTML of each post, from where its box begins to its foot or the next box; of its words where the
    page has no boxes."""
    starts = list(_START.finditer(html))
    if any(start[2] != "postmessage_" for start in starts):
        starts = [start for start in starts if start[2] != "postmessage_"]  # words may bear another post's number
    boxes = starts[:1]
    for before, start in pairwise(starts):
        if (start[2], start[3]) != ("pid", before[3]) or before[2] == "pid":  # the table that the box holds
            boxes.append(start)
    ends = [*(start.start() for start in boxes[1:]), len(html)]
    for start, end in zip(boxes, ends, strict=False):
        table = "<table>" if start[1].lower() in _CELLS else ""
        yield start[3], table + _evened(html[start.start() : end], is_last=end == len(html))


def _evened(source: str, *, is_last: bool) -> str:
    """A post up to its foot: what its words open ends in them, and no end tag in them ends what they did not open."""
    words = _WORDS.search(source)
    if words is None:
        return source
    foot = _FOOT.search(source, words.end())
    if foot is not None:
        source = source[: foot.start()]
    elif is_last:
        return source  # with the foot of the page
    source = _QUOTE_IN_QUOTE.sub(r"\1\2</blockquote></div>", source)
    read = _Words(source[: words.end()])
    for piece in _PIECE.finditer(source, words.end()):
        tag, name = piece[0], (piece[2] or "").lower()
        if not tag.startswith("<"):
            read.add_text(tag)
        elif read.may_have_ended and _OF_TEMPLATE.search(tag):
            return read.html + source[piece.start() :]
        elif name not in _NESTING:
            read.said.append(tag)
        elif piece[1]:
            read.add_end(tag, name)
        else:
            read.add_start(tag, name)
    return read.html


class _Words:
    """A post's words with their tags, as far as they are read."""

    def __init__(self, head: str) -> None:
        self.said = [head]
        self.opened = list[str]()
        self.ends = list[int]()
        """Where in `said` end tags stand of what the words did not open: of the box, unless the words go on."""

    @property
    def may_have_ended(self) -> bool:
        return bool(self.ends) and not self.opened

    @property
    def html(self) -> str:
        return "".join(self.said)

    def add_text(self, text: str) -> None:
        if self.may_have_ended and text.strip():  # the words go on: they had not ended
            for at in self.ends:
                self.said[at] = ""
            self.ends.clear()
        self.said.append(text)

    def add_start(self, tag: str, name: str) -> None:
        self.said.append(tag)
        self.opened.append(name)

    def add_end(self, tag: str, name: str) -> None:
        """Ends what stands open in the element too; left out if it would end what stands around a quote."""
        inner = _inner(self.opened, name)
        if inner is not None:
            self.said.append("".join(f"</{each}>" for each in reversed(self.opened[inner + 1 :])) + tag)
            del self.opened[inner:]
        elif not self.opened:
            self.ends.append(len(self.said))
            self.said.append(tag)


def _inner(opened: list[str], name: str) -> int | None:
    """Which of the open elements the end tag ends; nothing but its own ends a quote."""
    for at in range(len(opened) - 1, max(-1, len(opened) - 1 - MAX_OPEN), -1):
        if opened[at] == name:
            return at
        if opened[at] == "blockquote":
            return None
    return None
