"""Count how deep a page's elements stand in each other from its tags, before it is parsed.

lexbor's time grows with the square of what is open at once and of a tag's attributes, so both must be known before.
The rules are those of the HTML standard (13.2.5, 13.2.6) with one liberty: where they are in doubt, an element is
taken to be open. Elements that the parser adds by itself (tbody, tr) are not counted.
"""

import re
from collections import Counter
from dataclasses import dataclass

from crawler.html.known_safe import MANY_ROOTS, is_known_safe
from crawler.html.tag_syntax import (
    ATTRIBUTE,
    ATTRIBUTE_NAME,
    COMMENT,
    LETTERS,
    MANY_ATTRIBUTES,
    NAME,
    NO_RAW,
    RAW,
    SPACE,
)

_TAG = re.compile(
    r"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|[!?][^>]*+>|/[^a-zA-Z>][^>]*+>"
    rf"|(?P<end>/?)(?P<name>[a-zA-Z]{NAME})(?P<attributes>(?:[{SPACE}/]++|{ATTRIBUTE})*+)>?)"
)
_COMMENT = re.compile(COMMENT)
_IN_SCRIPT = re.compile(rf"<!--|-->|</?script(?=[{SPACE}/>])", LETTERS)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _names(
    "area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr"
)
_ROOTS = frozenset(("html", "head", "body"))
"""A second one is merged into the first."""
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[{SPACE}/>])", LETTERS) for name in RAW}
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
_MARKERS = _names("applet caption marquee object td template th")
"""What formatting opened in these ends with them."""
_TABLE = frozenset(("table", "template"))
_INTEGRATION = _names("annotation-xml desc foreignobject mi mn mo ms mtext title")
"""In these, inside a drawing or formula, HTML stands again."""
_SCOPE = _MARKERS | _INTEGRATION | _names("frameset html table")
_SPECIAL = _SCOPE | _names(
    "address article aside blockquote button center dd details dir div dl dt fieldset figcaption figure footer form"
    " frameset h1 h2 h3 h4 h5 h6 header hgroup iframe li listing main menu nav noembed noframes noscript ol p"
    " plaintext pre script search section select style summary tbody textarea tfoot thead tr ul xmp"
)
_CLOSES_P = _names(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup li listing main menu nav ol p plaintext pre search section summary table ul"
    " xmp"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th"))
_ROWS = frozenset(("tr",))
_GROUPS = _names("tbody thead tfoot caption colgroup")
_TABLE_PARTS = _CELLS | _ROWS | _GROUPS
_ITEM_BARRIERS = _SPECIAL - {"address", "div", "p"}
_CLOSED_BY_OWN = {
    "li": (frozenset(("li",)), _ITEM_BARRIERS),
    "dd": (frozenset(("dd", "dt")), _ITEM_BARRIERS),
    "dt": (frozenset(("dd", "dt")), _ITEM_BARRIERS),
    "button": (frozenset(("button",)), _SCOPE),
}
"""What a start tag closes first, and what hides it."""
_ON_TOP = {
    **dict.fromkeys(_HEADINGS, _HEADINGS),
    "option": frozenset(("option",)),
    "optgroup": frozenset(("option",)),
}
"""What a start tag closes if it is the innermost."""
_IN_OWN = {
    "optgroup": ("select", frozenset(("optgroup",))),
    **dict.fromkeys(("rb", "rt", "rtc", "rp"), ("ruby", _names("dd dt li optgroup option p rb rp rt"))),
}
"""The same inside an element of this name."""
_SVG_LEAVES = _names("animate animatetransform circle ellipse g image line path polygon polyline rect stop use")
_DRAWINGS = frozenset(("svg", "math"))
_BREAKS_OUT = _names(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta"
    " nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
"""What ends a drawing in which it stands."""
_NOTHING = frozenset[str]()
_P = frozenset(("p",))
_BUTTON_SCOPE = _SCOPE | {"button"}
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **{name: (frozenset((name,)), _SCOPE - {name}) for name in _SPECIAL - _INTEGRATION},
    **{name: (frozenset((name,)), _TABLE - {name}) for name in _TABLE_PARTS},
    **dict.fromkeys(_HEADINGS, (_HEADINGS, _SCOPE)),
    "table": (frozenset(("table",)), frozenset(("template",))),
    "template": (frozenset(("template",)), frozenset()),
    "p": (_P, _BUTTON_SCOPE),
    "li": (frozenset(("li",)), _SCOPE | {"ol", "ul"}),
}
"""What an end tag closes, and what hides it."""
_ALIKE = 3
"""So many formatting elements of one name and attributes are opened again (the standard's Noah's Ark clause)."""
LONG_TAG = 512
MAX_NAMES = 10_000
"""lexbor's time grows with the square of the names that it has not met before."""
MAX_OPTIONS = 10_000
"""lexbor's time grows with the square of a list's options."""
MAX_STEPS = 2_000_000
"""Pages of unclosed formatting take thousands."""


@dataclass(slots=True, eq=False)
class Open:
    """An element that is open, or formatting that text will open again."""

    name: str
    attributes: str
    """Of formatting."""
    again: bool
    """It is opened again after what it stands in has ended."""


class Nesting:
    """What is open while the tags of a page go by."""

    def __init__(self) -> None:
        self.stack: list[Open] = []
        self.open: Counter[str] = Counter()
        self.pending: list[Open] = []
        """Formatting that was closed with what it stood in."""
        self.alike: list[Counter[tuple[str, str]]] = [Counter()]
        """Formatting that is open or pending, since each marker."""
        self.steps = 0
        """What the parser reopens and looks through, about."""

    @property
    def depth(self) -> int:
        return len(self.stack) + len(self.pending)

    @property
    def drawn(self) -> bool:
        """Whether this may be a drawing or a formula, where other rules hold."""
        return self.open["svg"] > 0 or self.open["math"] > 0

    def start(self, name: str, attributes: str) -> None:
        if self.pending:
            self._reopen()
        if self.drawn and self._start_in_drawing(name, attributes):
            return
        if name in _VOID or name in _ROOTS or self._is_ignored(name):
            return
        self._close_before(name)
        self._push(name, attributes)

    def _start_in_drawing(self, name: str, attributes: str) -> bool:
        """False where the tag ends the drawing, and so is one of HTML."""
        if name in _BREAKS_OUT and not any(self.open[other] for other in _INTEGRATION):
            self._close(_DRAWINGS, _NOTHING)
        if not self.drawn:
            return False
        if not (attributes.endswith("/") and name in _SVG_LEAVES):
            self._push(name, attributes)
        return True

    def end(self, name: str) -> None:
        if self.pending:
            self._reopen()
        if name in _FORMATTING or name == "form":
            self._remove(name)
        elif self.stack and name == self.stack[-1].name:
            self._pop_to(len(self.stack) - 1)
        else:
            self._close(*_ENDS.get(name, (frozenset((name,)), _SPECIAL)))

    def _is_ignored(self, name: str) -> bool:
        if name in _TABLE_PARTS:
            return self.open["table"] == 0 and self.open["template"] == 0
        return name == "form" and self.open["form"] > 0 and self.open["template"] == 0

    def _close_before(self, name: str) -> None:
        """What a start tag ends."""
        if name in _CLOSES_P and self.open["p"]:
            self._close(_P, _BUTTON_SCOPE)
        if name in ("a", "nobr"):
            self._remove(name)
        elif name in _TABLE_PARTS:
            self._close_table_parts(name)
        elif name in _CLOSED_BY_OWN:
            self._close(*_CLOSED_BY_OWN[name])
            if name == "button":
                self._reopen()
        elif name in _IN_OWN:
            outer, closed = _IN_OWN[name]
            if self._is_in(outer):
                self._pop_all_on_top(closed)
        elif name in _ON_TOP:
            self._pop_top(_ON_TOP[name])

    def _close_table_parts(self, name: str) -> None:
        """A cell ends a cell, a row also a row, all else also a group of rows."""
        self._close(_CELLS, _TABLE)
        if name not in _CELLS:
            self._close(_ROWS, _TABLE)
        if name in _GROUPS:
            self._close(_GROUPS, _TABLE)

    def _push(self, name: str, attributes: str) -> None:
        formats = name in _FORMATTING
        self.stack.append(Open(name, attributes if formats else "", formats))
        self.open[name] += 1
        if formats:
            alike = self.alike[-1]
            alike[name, attributes] += 1
            if alike[name, attributes] > _ALIKE:
                self._forget_first(name, attributes)
        elif name in _MARKERS:
            self.alike.append(Counter())

    def _forget_first(self, name: str, attributes: str) -> None:
        """The outermost of those alike is not opened again."""
        first = None
        for each in reversed(self.stack):
            self.steps += 1
            if each.again and each.name == name and each.attributes == attributes:
                first = each
            elif each.name in _MARKERS:
                break
        if first is not None:
            first.again = False
            self.alike[-1][name, attributes] -= 1

    def _reopen(self) -> None:
        """Text, be it white space, stands between most tags."""
        self.steps += len(self.pending)
        self.stack += self.pending
        self.open.update(each.name for each in self.pending)
        self.pending.clear()

    def _close(self, names: frozenset[str], barriers: frozenset[str]) -> None:
        """Closes the innermost of these and all in it, unless a barrier stands before it."""
        for name in names:
            if self.open[name]:
                break
        else:
            return
        for place in range(len(self.stack) - 1, -1, -1):
            self.steps += 1
            name = self.stack[place].name
            if name in names:
                self._pop_to(place)
                return
            if name in barriers:
                return

    def _is_in(self, name: str) -> bool:
        if self.open[name]:
            for each in reversed(self.stack):
                self.steps += 1
                if each.name == name or each.name in _SCOPE:
                    return each.name == name
        return False

    def _pop_top(self, names: frozenset[str]) -> bool:
        found = bool(self.stack) and self.stack[-1].name in names
        if found:
            self._pop_to(len(self.stack) - 1)
        return found

    def _pop_all_on_top(self, names: frozenset[str]) -> None:
        while self._pop_top(names):
            pass

    def _pop_to(self, place: int) -> None:
        again: list[Open] = []
        for each in reversed(self.stack[place:]):
            self.open[each.name] -= 1
            if each.again:
                again.append(each)
            elif each.name in _MARKERS:
                again.clear()
                self.alike.pop()
        self.pending += reversed(again)
        del self.stack[place:]

    def _remove(self, name: str) -> None:
        """Of misnested elements the inner ones stay open."""
        if not self.open[name]:
            return
        for place in range(len(self.stack) - 1, -1, -1):
            self.steps += 1
            each = self.stack[place]
            if each.name == name:
                self.open[name] -= 1
                if each.again:
                    self.alike[-1][name, each.attributes] -= 1
                del self.stack[place]
                return
            if each.name in _MARKERS:
                return


def tamed(html: str, max_depth: int) -> str | None:
    """The HTML, tags of very many attributes without them; None if it is deeper, or more misnested, than allowed."""
    return html if is_known_safe(html) else _tamed(html, max_depth)


def _tamed(html: str, max_depth: int) -> str | None:
    tags = _Tags(html, max_depth)
    at = 0
    try:
        while found := _TAG.search(html, at):
            comment, cdata, end, name, attributes = found.groups()
            if name is None:
                at = tags.pass_by(found, comment, cdata)
            elif end:
                at = tags.end(found, name.lower(), attributes)
            else:
                at = tags.start(found, name.lower(), attributes)
    except _TooMuch:
        return None
    return "".join((*tags.pieces, html[tags.kept :])) if tags.pieces else html


class _TooMuch(Exception):
    """The page is deeper, more misnested or has more names or options than can be parsed in time."""


class _Tags:
    """Goes over a page's tags; each method returns where the next one is looked for."""

    def __init__(self, html: str, max_depth: int) -> None:
        self.html, self.max_depth = html, max_depth
        self.nesting, self.names = Nesting(), set[str]()
        self.pieces = list[str]()
        self.kept = 0
        """What stands before is in `pieces`, or cut out."""
        self.roots = self.options = 0

    def pass_by(self, found: re.Match[str], comment: str | None, cdata: str | None) -> int:
        """What is no tag."""
        if comment:
            return _comment_end(self.html, found.start())
        if cdata and self.nesting.drawn:
            return self._cut(found.start(), _after(self.html, "]]>", found.end()))
        return _after(self.html, ">", found.end()) if cdata else found.end()

    def end(self, found: re.Match[str], name: str, attributes: str) -> int:
        self.nesting.end(name)
        if _has_many(attributes):
            self._cut(*found.span("attributes"))
        return found.end()

    def start(self, found: re.Match[str], name: str, attributes: str) -> int:
        """_TooMuch where a bound is passed."""
        at = found.end()
        self.roots += name in _ROOTS
        if name in RAW and any(self.nesting.open[other] for other in NO_RAW):
            # Its end and all in it may be tags or text, and nobody reads it: out.
            return self._cut(found.start(), _after(self.html, ">", _raw_end(self.html, at, name)))
        if (name in _ROOTS and self.roots > MANY_ROOTS) or _has_many(attributes):
            self._cut(*found.span("attributes"))
        elif attributes:
            self.names.update(ATTRIBUTE_NAME.findall(attributes))
        self.names.add(name)
        self.nesting.start(name, attributes)
        self.options += name == "option"
        self._check()
        return _raw_end(self.html, at, name) if name in RAW else at

    def _cut(self, start: int, end: int) -> int:
        self.pieces.append(self.html[self.kept : start])
        self.kept = end
        return end

    def _check(self) -> None:
        nesting = self.nesting
        if (
            len(self.names) > MAX_NAMES
            or self.options > MAX_OPTIONS
            or nesting.depth > self.max_depth
            or nesting.steps > MAX_STEPS
        ):
            raise _TooMuch


def _has_many(attributes: str) -> bool:
    return len(attributes) > LONG_TAG and len(ATTRIBUTE_NAME.findall(attributes)) > MANY_ATTRIBUTES


def _after(html: str, mark: str, at: int) -> int:
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


def _comment_end(html: str, start: int) -> int:
    """A comment that does not end takes all the rest; <!--> is whole."""
    found = _COMMENT.match(html, start)
    return found.end() if found else len(html)


def _raw_end(html: str, at: int, name: str) -> int:
    """Where the end tag of a script, style … begins; a script in a comment in a script is text."""
    if name != "script":
        end = _RAW_ENDS[name].search(html, at)
        return end.start() if end else len(html)
    in_comment = in_inner = False
    while found := _IN_SCRIPT.search(html, at):
        at = found.end()
        mark = found.group().lower()
        if mark == "<!--" and not in_comment:
            in_comment, at = True, found.start() + 2
        elif mark == "-->":
            in_comment = in_inner = False
        elif mark == "<script":
            in_inner = in_comment
        elif mark == "</script":
            if not in_inner:
                return found.start()
            in_inner = False
    return len(html)
