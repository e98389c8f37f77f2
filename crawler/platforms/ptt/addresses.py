"""PTT on the web: /bbs/Board/M.1528204397.A.1B2.html is an article, /bbs/Board/index12.html a board's page.

index.html is the board's newest page, which has a number as well; both are fetched, since which one it is the address
does not say. No page takes parameters but the search.
"""

import re
from urllib.parse import urlsplit

from crawler.addresses.urls import origin
from crawler.platforms.address_parts import number, skip
from crawler.platforms.platform import Address, Traits

_ARTICLE = re.compile(r"/(?:bbs|man)/[0-9A-Za-z_.\-/]+/[MG]\.(?P<seconds>[0-9]{1,10})\.A(?:\.[0-9A-F]+)?\.html")
_INDEX = re.compile(r"/bbs/(?P<board>[0-9A-Za-z][0-9A-Za-z_.\-]+)(?:/|/index(?P<page>[0-9]*)\.html)?")
_LISTS = re.compile(r"/bbs/(?:hotboards|index)\.html|/cls/[0-9]+|/man/[0-9A-Za-z_.\-/]+\.html")
_FUNCTIONS = re.compile(r"/ask/over18|/bbs/[^/]+/search|/(?:poll|v1|static)/.*")


def place(url: str, traits: Traits) -> Address:  # noqa: ARG001
    at, path = origin(url), urlsplit(url).path
    if _FUNCTIONS.fullmatch(path):
        return skip(url)
    if path == "/bbs/":
        path = "/bbs/index.html"
    if _ARTICLE.fullmatch(path) or _LISTS.fullmatch(path):
        return Address(f"{at}{path}", f"{at}{path}")
    if match := _INDEX.fullmatch(path):
        board = f"{at}/bbs/{match['board']}/index"
        page = f"{board}{number(match['page'] or '') or ''}.html"
        return Address(page, page, f"{board}.html")
    return Address(url, url)


def article(url: str) -> re.Match[str] | None:
    """The path of an article, whose name says when it was posted: `seconds` since 1970."""
    return _ARTICLE.fullmatch(urlsplit(url).path)
