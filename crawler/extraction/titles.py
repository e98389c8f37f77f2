"""A page's own title: its heading, what it tells to other sites, or <title> without the site's name."""

import re

from selectolax.lexbor import LexborHTMLParser

_SEPARATOR = re.compile(r"\s*(?:[|｜_–—»«·]|\s-{1,2}\s|(?<=[\u4e00-\u9fff])-{1,2}(?=\S))\s*")
_PLAIN = re.compile(r"\W+")
MIN_CHARS = 2
MAX_CHARS = 150
LOGO_SHARE = 0.5


def title_of(tree: LexborHTMLParser) -> str | None:
    """The heading that <title> or og:title contains, else og:title, else the longest part of <title>."""
    head = _text(tree, "head title, title")
    shared = _meta(tree, "meta[property='og:title'], meta[name='og:title'], meta[name='ArticleTitle']")
    known = _plain(f"{head or ''} {shared or ''}")
    headings = [heading for heading in _headings(tree) if _plain(heading) and _plain(heading) in known]
    site = _meta(tree, "meta[property='og:site_name']")
    told = _without_site(shared or head or "", site) or None
    if headings:
        longest = max(headings, key=len)
        # A logo or a section is in <title> too, but much shorter than what else stands there.
        if told is None or len(_plain(longest)) >= LOGO_SHARE * len(_plain(told)):
            return longest
    return told or next(iter(_headings(tree)), None)


def _headings(tree: LexborHTMLParser) -> list[str]:
    found = []
    for selector in ("h1", "h2", "h3", "[class*=title], [id*=title]"):
        for node in tree.css(selector)[:20]:
            text = " ".join((node.text() or "").split())
            if MIN_CHARS <= len(text) <= MAX_CHARS:
                found.append(text)
        if selector == "h1" and len(found) == 1:
            return found
    return found


def _without_site(title: str, site: str | None) -> str:
    parts = [part.strip() for part in _SEPARATOR.split(title) if part and part.strip()]
    if site:
        parts = [part for part in parts if part != site.strip()] or parts
    if not parts:
        return title.strip()
    # Section and site follow the title; a short first part may be a section, so the longest wins where it is clear.
    longest = max(parts, key=len)
    return longest if len(longest) > 2 * len(parts[0]) else parts[0]


def _plain(text: str) -> str:
    return _PLAIN.sub("", text)


def _text(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    text = " ".join((node.text() or "").split()) if node is not None else ""
    return text or None


def _meta(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    text = " ".join((node.attributes.get("content") or "").split()) if node is not None else ""
    return text or None
