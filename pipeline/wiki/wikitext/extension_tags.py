"""Extension tags that hold no wikitext: formulas, code and nowiki are set aside as literals, others show nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.wiki.control_marks import LITERAL, LITERAL_END
from pipeline.wiki.wikitext.preprocessor import Tag

FORMULAS = ("math", "chem", "ce")
_SILENT = [
    "ref", "references", "gallery", "timeline", "imagemap", "inputbox", "graph", "score", "categorytree",
    "charinsert", "hiero", "indicator", "langconvert", "mapframe", "maplink", "page-collection", "phonos",
    "quiz", "section", "templatedata", "templatestyles",
]  # fmt: skip
_NOWIKI = re.compile("</?nowiki>", re.IGNORECASE)
_INLINE = re.compile(r"\binline\b")


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that no later step may read as markup."""

    text: str
    convert: bool
    """Whether the variant's dictionaries apply (nowiki), or not (code)."""


def _set_aside(literals: list[Literal], text: str, convert: bool = False) -> str:
    """The mark that stands for the text until the last step."""
    literals.append(Literal(text, convert))
    return f"{LITERAL}{len(literals) - 1}{LITERAL_END}"


def _formula(tag: Tag, literals: list[Literal]) -> str:
    source = tag.inner.strip()
    return f" {_set_aside(literals, source)} " if source else " "


def _nowiki(tag: Tag, literals: list[Literal]) -> str:
    return _set_aside(literals, tag.inner, convert=True)


def _preformatted(tag: Tag, literals: list[Literal]) -> str:
    source = _NOWIKI.sub("", tag.inner.strip("\n"))
    return f"\n\n{_set_aside(literals, source)}\n\n"


def _code(tag: Tag, literals: list[Literal]) -> str:
    if _INLINE.search(tag.attributes):
        return _set_aside(literals, tag.inner)
    source = tag.inner.strip("\n")
    return f"\n\n{_set_aside(literals, source)}\n\n"


def _nothing(_tag: Tag, _literals: list[Literal]) -> str:
    return ""


TEXTS: dict[str, Callable[[Tag, list[Literal]], str]] = {
    **dict.fromkeys(FORMULAS, _formula),
    "nowiki": _nowiki,
    "pre": _preformatted,
    **dict.fromkeys(("syntaxhighlight", "source"), _code),
    **dict.fromkeys(_SILENT, _nothing),
}
"""Name -> what stands in place of the tag; literals are added to those of the page."""
