"""Extension tags that hold no wikitext: formulas, code and nowiki are set aside as literals, others show nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.text.script import converter
from pipeline.wiki.control_marks import CODE, CODE_END, LITERAL, LITERAL_END, NOT_MARKUP, escape
from pipeline.wiki.wikitext.html import entities
from pipeline.wiki.wikitext.preprocessor import Tag

FORMULAS = ("math", "chem", "ce")
_SILENT = [
    "ref", "references", "gallery", "timeline", "imagemap", "inputbox", "graph", "score", "categorytree",
    "charinsert", "hiero", "indicator", "mapframe", "maplink", "page-collection", "phonos",
    "quiz", "section", "templatedata", "templatestyles",
]  # fmt: skip
_NOWIKI = re.compile("</?nowiki>", re.IGNORECASE)
_TO = re.compile(r"\bto\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_CONVERTERS = {
    "zh-hans": "t2s", "zh-cn": "t2s", "zh-sg": "t2s", "zh-my": "t2s",
    "zh-hant": "s2t", "zh-tw": "s2tw", "zh-hk": "s2hk", "zh-mo": "s2hk",
}  # fmt: skip
"""Variant that <langconvert> names -> OpenCC's configuration."""
_INLINE = re.compile(r"\binline\b")


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that no later step may read as markup."""

    text: str
    has_rules: bool
    """Whether `-{…}-` in it are conversion rules, as in <pre>; not so in code and formulas."""


def _set_aside(literals: list[Literal], text: str, has_rules: bool = False) -> str:
    """The mark that stands for the text until the last step; nothing for an empty text."""
    if not text:
        return ""
    literals.append(Literal(text, has_rules))
    return f"{LITERAL}{len(literals) - 1}{LITERAL_END}"


def _formula(tag: Tag, literals: list[Literal]) -> str:
    source = entities(tag.inner.strip())
    return f" {_set_aside(literals, source)} " if source else " "


def _nowiki(tag: Tag, _literals: list[Literal]) -> str:
    """Its characters, none of them markup: they are converted like the text around them."""
    return NOT_MARKUP + escape(entities(tag.inner))


def _preformatted(tag: Tag, literals: list[Literal]) -> str:
    source = entities(_NOWIKI.sub("", tag.inner.strip("\n")))
    return f"\n\n{_set_aside(literals, source, has_rules=True)}\n\n"


def _code(tag: Tag, literals: list[Literal]) -> str:
    """Code is shown as it was typed, character references included."""
    if _INLINE.search(tag.attributes):
        return _set_aside(literals, tag.inner.strip())
    source = tag.inner.strip("\n").rstrip()
    return f"\n\n{_set_aside(literals, source)}\n\n"


def in_variant(text: str, attributes: str) -> str:
    """<langconvert to="zh-tw">: the text in the variant that the tag names, whatever the page's own is."""
    target = _TO.search(attributes)
    name = _CONVERTERS.get(target.group(1).lower()) if target else None
    return text if name is None else f"{CODE}{converter(name).convert(text)}{CODE_END}"


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
