"""Turn formulas into TeX between dollar signs by what pages keep of their source: MathML, KaTeX, MathJax, images."""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

_DISPLAY = re.compile(r"^\{\\(?:display|text)style(?![a-zA-Z])\s*(.*)\}$", re.DOTALL)
_IMAGES = re.compile(r"(?<!\S)(?:mwe-math-fallback-image\S*|tex|latex|mathtex|wp-katex-eq)(?!\S)")
_SOURCES = re.compile(r"(?<!\S)mwe-math-fallback-source\S*")
_SHOWN = frozenset(("katex-html", "MathJax", "MathJax_Preview", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML"))
"""What a browser draws, glyph by glyph, beside the source."""
_SPACE = re.compile(r"\s+")


def formula(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> str | None:
    """`$E=mc^2$` of an element that is a formula; empty for one whose source stands beside it; None of all others."""
    if tag in _BY_TAG:
        return _BY_TAG[tag](node, attributes)
    names = attributes.get("class") or ""
    if "ath" not in names and "katex" not in names:  # most classes, told quickly
        return None
    return _shown(node, names)


def _shown(node: LexborNode, names: str) -> str | None:
    """Of an element by its class: a wiki's source of an image, or what a script has drawn."""
    if _SOURCES.search(names):
        return _dollars((node.text() or "").strip().removeprefix("$").removesuffix("$"))
    return "" if not _SHOWN.isdisjoint(names.split()) else None


def _mathml(node: LexborNode, attributes: dict[str, str | None]) -> str:
    source = node.css_first("annotation[encoding='application/x-tex']")
    tex = (source.text() if source is not None else None) or attributes.get("alttext")
    return _dollars(tex or "".join((node.text() or "").split()))


def _script(node: LexborNode, attributes: dict[str, str | None]) -> str | None:
    is_tex = (attributes.get("type") or "").startswith("math/tex")
    return _dollars(node.text() or "") if is_tex else None


def _image(node: LexborNode, attributes: dict[str, str | None]) -> str | None:  # noqa: ARG001
    is_formula = _IMAGES.search(attributes.get("class") or "") is not None
    return _dollars(attributes.get("alt") or "") if is_formula else None


def _dollars(tex: str) -> str:
    tex = _SPACE.sub(" ", tex).strip()
    display = _DISPLAY.match(tex)
    tex = display[1].strip() if display else tex
    return f"${tex}$" if tex else ""


_BY_TAG: dict[str, Callable[[LexborNode, dict[str, str | None]], str | None]] = {
    "math": _mathml,
    "script": _script,
    "img": _image,
}
