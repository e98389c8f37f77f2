"""phpBB 2, 3: topics by t and start, boards by f and start; post addresses (p=) and all functions lead nowhere new.

Add-ons for search engines write title-t31-10.html or topic31-10.html for a topic, and name-f2-50.html,
name-f2/page50.html or forum2-50.html for a board. Such an address is asked for as it is written; its numbers say
which page it is.
"""

import re
from urllib.parse import urlsplit

from crawler.addresses.urls import origin
from crawler.platforms.address_parts import number, query_of, skip
from crawler.platforms.platform import Address, Traits

_FUNCTIONS = frozenset(
    f"{name}.php"
    for name in (
        "memberlist", "ucp", "posting", "search", "mcp", "report", "cron", "feed", "faq", "viewonline", "file", "app",
        "profile", "privmsg", "login", "groupcp", "modcp",
    )
)  # fmt: skip
_TOPIC = re.compile(r"/(?:topic|[^/]*-t)([0-9]{1,9})(?:-([0-9]{1,9}))?\.html$")
_BOARD = re.compile(r"/(?:forum|[^/]*-f)([0-9]{1,9})(?:-([0-9]{1,9})\.html|\.html|/(?:page([0-9]{1,9})\.html)?)$")
_OTHERS = re.compile(r"/(?:post|member|[^/]*-[pu])[0-9]{1,9}\.html$|/(?:post|member)[0-9]+/")
_IN_BOARD = re.compile(r"/(?:forum|[^/]*-f)[0-9]{1,9}$")


def place(url: str, traits: Traits) -> Address:  # noqa: ARG001
    path, query = urlsplit(url).path, query_of(url)
    if path.endswith("/viewtopic.php"):
        topic = number(query.get("t", ""))  # without: a post's own address; the topic's pages hold the post
        return skip(url) if not topic or _is_other_view(query) else _page(url, f"t={topic}", query)
    if path.endswith("/viewforum.php") and (board := number(query.get("f", ""))):
        return skip(url) if _is_sorted(query) else _page(url, f"f={board}", query)
    parts = path.split("/")
    if _FUNCTIONS & set(parts) or "download" in parts or _OTHERS.search(path):
        return skip(url)
    return _rewritten(url, path) or Address(url, url)


def _is_other_view(query: dict[str, str]) -> bool:
    """For printing, the next or previous topic, newest first."""
    return bool(query.get("view")) or query.get("sd") == "d" or query.get("postorder") == "desc"


def _is_sorted(query: dict[str, str]) -> bool:
    """The board's topics in another order, or those of some days."""
    return bool(query.get("sk") or query.get("st")) or query.get("topicdays", "0") != "0"


def _page(url: str, parameter: str, query: dict[str, str]) -> Address:
    """Pages are told by how many posts or topics stand before them."""
    first, start = f"{origin(url)}{urlsplit(url).path}?{parameter}", number(query.get("start", ""))
    page = f"{first}&start={start}" if start else first
    return Address(page, page, first)


def _rewritten(url: str, path: str) -> Address | None:
    """The board's folder in a topic's address is left out of its key: links to it come with and without."""
    for kind, pattern in (("topic", _TOPIC), ("board", _BOARD)):
        if match := pattern.search(path):
            page = next(filter(None, match.groups()[1:]), "0")
            base = f"{origin(url)}{_IN_BOARD.sub('', path[: match.start()])}"
            series = f"{base}|{kind}|{match[1]}"
            return Address(f"{origin(url)}{path}", f"{series}|{int(page)}", series)
    return None
