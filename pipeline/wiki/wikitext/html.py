"""HTML in wikitext: its tags, the elements that a style hides, its character references."""

import re
from html.entities import html5

from pipeline.text.superscripts import subscript, superscript
from pipeline.wiki.control_marks import BLOCK, BREAK, CODE, CODE_END, escape
from pipeline.wiki.wikitext.links import apart

_INLINE = frozenset([
    "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "onlyinclude", "noinclude", "includeonly",
])  # fmt: skip
_BLOCKS = frozenset([
    "blockquote", "caption", "center", "col", "colgroup", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "li", "ol", "p", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "section",
])  # fmt: skip
ELEMENTS = _INLINE | _BLOCKS
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*|/[^<>]*)?)>")
_RP = re.compile(r"<rp\b[^<>]*>[^<>]*(?:</rp\s*>|(?=<))", re.IGNORECASE)
HIDDEN = re.compile(
    r"\bdisplay\s*:\s*none|\bvisibility\s*:\s*hidden|"
    r"\bclass\s*=\s*(?:\"[^\"<>]*|'[^'<>]*|)(?<![\w-])(?:mw-collapsed|collapsed|NavContent)(?![\w-])",
    re.IGNORECASE,
)
"""Attributes of what the page does not show when it is opened: hidden by its style, or shown only on a click."""
_HIDING_WORDS = ("display", "visibility", "collapsed", "NavContent")
_SUPERSCRIPT = re.compile(
    r"<(?P<name>su[bp])\b[^<>]{0,200}>(?P<content>(?:[^<]|<(?!/?su[bp]\b)[^<>]{0,60}>){0,80}?)</(?P=name)\s*>",
    re.IGNORECASE,
)
_MAX_SUPERSCRIPTS_IN_ONE_ANOTHER = 3
_INLINE_MARKS = re.compile(r"''+|<[^<>]*>")
_REFERENCE_LEFT = re.compile(r"</?ref(?:erences)?\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_hidden_elements(text: str) -> str:
    """Elements that are hidden when the page is opened go with all that is in them."""
    if not any(word in text for word in _HIDING_WORDS):
        return text
    pieces, position, depth, name = [], 0, 0, ""
    for match in _TAG.finditer(text):
        slash, tag, attributes = match.group(1), match.group(2).lower(), match.group(3)
        if depth:
            if tag == name and not attributes.endswith("/"):
                depth += -1 if slash else 1
                if depth == 0:
                    position = match.end()
        elif not slash and HIDDEN.search(attributes) and not attributes.endswith("/"):
            pieces.append(text[position : match.start()])
            position, depth, name = match.start(), 1, tag
    # One that is never closed hides nothing: too much would go with it.
    pieces.append(text[position:])
    return "".join(pieces)


def with_superscripts(text: str, unicode: bool) -> str:
    """`10<sup>23</sup>` to 10²³ (or 10^23), `H<sub>2</sub>O` to H₂O; other content loses its tags only."""
    if "<su" not in text and "<SU" not in text:
        return text

    def written(match: re.Match[str]) -> str:
        content = entities(_INLINE_MARKS.sub("", match["content"]))
        is_raised = match["name"].lower() == "sup"
        shown = superscript(content, unicode) if is_raised else subscript(content)
        return match["content"] if shown == content else shown

    for _ in range(_MAX_SUPERSCRIPTS_IN_ONE_ANOTHER):  # from the inside
        text, count = _SUPERSCRIPT.subn(written, text)
        if not count:
            break
    return text


def without_tags(text: str) -> str:
    """HTML that MediaWiki knows becomes what it does to text; anything else is text."""
    if "rp>" in text or "rp " in text:
        ruby = _RP.search(text)
        if ruby:
            text = _RP.sub("", text)
    text = _TAG.sub(_tag, text)
    return _REFERENCE_LEFT.sub("", text) if "<" in text else text


_REPLACED = {
    ("", "br"): BREAK,
    ("/", "br"): BREAK,
    ("", "code"): CODE,
    ("/", "code"): CODE_END,
    ("", "rt"): "（",
    ("/", "rt"): "）",
}
"""(slash, name) of a tag -> what stands in its place."""


def _tag(match: re.Match[str]) -> str:
    slash, name = match.group(1), match.group(2).lower()
    if (slash, name) in _REPLACED:
        return _REPLACED[slash, name]
    if name in _INLINE:
        return apart(match)
    if name in _BLOCKS:
        return BLOCK
    return "" if name in ("ref", "references") else match.group()


def entities(text: str) -> str:
    """HTML's character references; blanks that do not break become blanks, marks of direction go."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return text


def shown_entities(text: str) -> str:
    """The same in text that is still to be read: brackets and bars of references are no markup and are escaped."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: escape(_entity(match)), text)
    return text


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name[0] == "#":
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        # What XML 1.0 does not allow is no character: controls, surrogates, noncharacters.
        allowed = code in (9, 10) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
        return chr(code) if allowed and not 0x7F <= code < 0xA0 else ""
    return html5.get(name + ";", match.group())
