"""Recognise by patterns alone the pages that any parser reads in bounded time, however deeply their elements nest.

Nearly all pages are recognised. For the others, and where the patterns are in doubt, `nesting`
counts the open elements.
"""

import re

from crawler.html.tag_syntax import ATTRIBUTE, COMMENT, LETTERS, MANY_ATTRIBUTES, NAME, NO_RAW, RAW, SPACE

MANY_ROOTS = 16
FEW_CHARS = 500_000
"""Beside scripts, styles and comments. lexbor takes 2 s for the 100,000 names of attributes that they may hold."""
FEW_TAGS = 10_000
FEW_OPEN = 3_000
FEW_FORMATTING = 100
_END = rf"(?=[{SPACE}/>])"
_MAY_OPEN = re.compile(rf"<(?!(?:a|br|hr|img|input|link|meta){_END})[a-z]", LETTERS)
"""Of links there is never more than one."""
_ROOT = re.compile(rf"<(?:html|head|body)[{SPACE}/]", LETTERS)
"""With attributes: lexbor merges those of all into one."""
_FORMATS = "b|big|code|em|font|i|s|small|strike|strong|tt|u"
_MAY_FORMAT = re.compile(rf"<(?:{_FORMATS}){_END}", LETTERS)
_FORMATS_WORDS = re.compile(
    rf"<({_FORMATS})(?:[{SPACE}]++[\w:-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^{SPACE}\"'<>=]++))?+)*+[{SPACE}]*+>"
    r"[^<]*+</\1>",
    LETTERS,
)
"""Formatting that ends before any other tag: it is never opened again."""
_ATTRIBUTES = rf"(?:[{SPACE}/]*+{ATTRIBUTE}){{0,{MANY_ATTRIBUTES}}}+[{SPACE}/]*+>"


def _tag(name: str) -> str:
    return rf"<{name}{_END}{_ATTRIBUTES}"


def _words(start: str, no_end: str) -> str:
    """Words that look like tags, up to an end tag or the end of the page."""
    return rf"{start}(?P<words>[^<]*+(?:<(?!{no_end})[^<]*+)*+)"


def _unit(name: str, inner: str, leaves: str = "") -> str:
    """An element with nothing in it but words, tags of some names, and elements that hold words alone."""
    held = "|".join((_tag(f"/?(?:{inner})"), *(rf"{_tag(leaf)}[^<]*+</{leaf}>" for leaf in leaves.split())))
    return rf"{_tag(name)}[^<]*+(?:(?:{held})[^<]*+)*+</{name}>"


_DRAWN = (
    "animate|circle|clippath|defs|ellipse|fe[a-z]+|filter|g|image|line|lineargradient|mask|path|pattern|polygon"
    "|polyline|radialgradient|rect|stop|symbol|text|tspan|use"
)
_WORDS = (
    f"(?P<words>{COMMENT})",
    _words(_tag("script"), f"/script{_END}|!--") + "(?!<!)",
    _words(_tag("script"), f"/?script{_END}") + "(?!<s)",  # a script in a comment in a script is words
    *(_words(_tag(name), f"/{name}{_END}") for name in sorted(RAW - {"script"})),
)
_UNITS = _unit("select", "option|optgroup"), _unit("svg", _DRAWN, "desc style title")
_NO_TAGS = "<[!?](?!--)[^>]*+>", "</(?![a-z])[^>]*+>", "<(?![a-z!?/])"


def _told(*others: str) -> str:
    """A tag that is known to be one, and has few attributes, or what is known to be none."""
    names = "|".join((*NO_RAW, "plaintext", *sorted(RAW), *others))
    return "|".join((rf"<(?!(?:{names}){_END})/?[a-z]{NAME}{_ATTRIBUTES}", *_NO_TAGS, *_UNITS))


def _page(others: str) -> re.Pattern[str]:
    whole = "|".join((_told(others), *(words.replace("?P<words>", "?:") for words in _WORDS)))
    return re.compile(rf"[^<]*+(?:(?:{whole})[^<]*+)*+", LETTERS)


_PAGES = _page("template"), _page("col(?:group)?")
"""After <template><col> the tags of scripts are ignored."""
_IN_PAGE = re.compile("|".join((_told(), *(words.replace("?P<words>", "") for words in _WORDS))), LETTERS)


def is_known_safe(html: str) -> bool:
    """Whether so little can be open at once, and no tag has so many attributes, that it is parsed in time."""
    tags = html.count("<")
    if tags > FEW_TAGS:
        return False
    formatting = len(_MAY_FORMAT.findall(html))
    return (
        (tags <= FEW_OPEN or len(_MAY_OPEN.findall(html)) <= FEW_OPEN)
        and (formatting <= FEW_FORMATTING or formatting - len(_FORMATS_WORDS.findall(html)) <= FEW_FORMATTING)
        and len(_ROOT.findall(html)) <= MANY_ROOTS
        and any(page.fullmatch(html) for page in _PAGES)
        and (len(html) <= FEW_CHARS or len(html) - _chars_of_words(html) <= FEW_CHARS)
    )


def _chars_of_words(html: str) -> int:
    return sum(each.end() - each.start(each.lastindex) for each in _IN_PAGE.finditer(html) if each.lastindex)
