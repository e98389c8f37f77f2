"""Join texts that a site shows on several pages: their addresses tell which pages belong together.

`a.html` and `a_2.html` (DedeCMS, Xinhua, People's Daily), `/slug/` and `/slug/2/` (WordPress), `?id=7` and
`?id=7&page=2`. Addresses only suggest it: pages are joined if they also bear one title and the first is among them.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from pipeline.text.folding import letters_only

_NUMBERED = re.compile(r"^(.*[^/_])_([1-9]\d?)(\.[a-z]{3,5})$", re.IGNORECASE)
_PORTAL = re.compile(r"^(.*/article-\d+-)([1-9]\d?)(\.html)$")
"""article-12-2.html: on portals the second number is always the page, on the first page too."""
_FOLDER = re.compile(r"^(.*?/[^/]*[^/\d][^/]*/)(?:page/)?([1-9]\d?)/?$")
_IN_PATH = ((_NUMBERED, r"\1\3"), (_FOLDER, r"\1"))
"""What the path of a page looks like, and that of the text's first page."""
_PARAMETERS = frozenset(("page", "paged", "pageno", "page_no", "pn", "pageindex", "curpage"))
MAX_DIGITS = 4
_PAGE_MARK = re.compile(
    r"[（(\[]\s*(第?\s*\d{1,3}\s*[页頁]?|第?\s*[一二三四五六七八九十]{1,3}\s*[页頁])(\s*/\s*\d+)?\s*[)）\]]\s*$|第\s*\d{1,3}\s*[页頁]\s*$"
)


def place(url: str) -> tuple[str, int]:
    """The address of the text's first page, and which page this one is, from 1."""
    parts = urlsplit(url)
    fields = parts.query.split("&")
    numbers = [number for field in fields if (number := _page_number(field)) is not None]
    if numbers:
        query = "&".join(field for field in fields if _page_number(field) is None)
        return urlunsplit(parts._replace(query=query)), max(1, numbers[0])
    found = _PORTAL.match(parts.path)
    if found:
        return urlunsplit(parts._replace(path=f"{found[1]}1{found[3]}", query="")), int(found[2])
    for form, first in () if parts.query else _IN_PATH:
        found = form.match(parts.path)
        if found and int(found[2]) > 1:
            return urlunsplit(parts._replace(path=found.expand(first))), int(found[2])
    return url, 1


def _page_number(field: str) -> int | None:
    """Of `page=2`; the field as it stands in the address, which need not be UTF-8."""
    name, _, value = field.partition("=")
    return int(value) if name.lower() in _PARAMETERS and value.isdecimal() and len(value) <= MAX_DIGITS else None


def title_key(title: str | None) -> str:
    """What the titles of a text's pages have in common: letters and characters, without `（2）`."""
    return letters_only(_PAGE_MARK.sub("", title or "")).casefold()


def join(texts: Sequence[str]) -> list[str]:
    """Each page's own lines: those that later pages repeat from the first, above and below their text, once only."""
    first = texts[0].split("\n")
    known = frozenset(first)
    out = [texts[0]]
    for text in texts[1:]:
        lines = text.split("\n")
        start, end = 0, len(lines)
        while start < end and lines[start] in known:
            start += 1
        while end > start and lines[end - 1] in known:
            end -= 1
        out.append("\n".join(lines[start:end]))
    return out
