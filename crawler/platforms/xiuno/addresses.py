"""Xiuno BBS 4: thread-12-2.htm and forum-3-2.htm as paths where a site rewrites addresses, else as ?thread-12-2.htm.

Members write both forms into posts. The site's own pages tell which is asked for; where the path is not there, the
query is.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.addresses.urls import origin
from crawler.platforms.address_parts import skip
from crawler.platforms.platform import Address, Traits

_PAGED = re.compile(r"(thread|forum)-([0-9]{1,9})(?:-([0-9]{1,9}))?(-[^&]*)?\.htm(&.*)?")
_HOME = re.compile(r"index(?:-([0-9]{1,9}))?\.htm")
_FUNCTIONS = re.compile(r"(?:user|my|post|mod|attach|browser|search|thread-create|index|forum)(?:-[^&]*)?\.htm\b")
_SEVERAL = 3


def place(url: str, traits: Traits) -> Address:
    base, words, in_query = _read(url)
    plain = in_query if "rewritten" not in traits else traits["rewritten"] == "no"
    if match := _PAGED.fullmatch(words):
        kind, key, page, more, orders = match.groups()
        if kind == "forum" and (more or orders):
            return skip(url)  # the same threads in another order, or some of them
        return _address(base, f"{kind}-{key}", int(page or 1), plain)
    if match := _HOME.fullmatch(words):
        return _address(base, "index", int(match[1] or 1), plain)
    return skip(url) if _FUNCTIONS.match(words) else Address(url, url)


def learn(links: Sequence[str], traits: Traits) -> None:
    """By several links: a single one may be a member's."""
    forms = [in_query for _, words, in_query in map(_read, links) if _PAGED.fullmatch(words)]
    if len(forms) >= _SEVERAL and "rewritten" not in traits:
        traits["rewritten"] = "no" if 2 * sum(forms) > len(forms) else "yes"


def instead(url: str) -> str | None:
    base, words, in_query = _read(url)
    return f"{base}/?{words}" if _PAGED.fullmatch(words) and not in_query else None


def _read(url: str) -> tuple[str, str, bool]:
    """The forum's own address, `thread-12.htm&…`, and whether it stood in the query."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    base = f"{origin(url)}{folder}"
    if name in ("", "index.php") and parts.query:
        return base, parts.query, True
    return base, f"{name}&{parts.query}" if parts.query else name, False


def _address(base: str, first: str, page: int, plain: bool) -> Address:
    """`?` where the site does not rewrite; home is the folder itself."""
    series = f"{base}|{first}"
    if first == "index" and page == 1:
        return Address(f"{base}/", f"{series}|1", series)
    words = f"{first}-{page}.htm" if page > 1 else f"{first}.htm"
    return Address(f"{base}/{'?' if plain else ''}{words}", f"{series}|{page}", series)
