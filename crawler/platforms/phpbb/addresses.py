"""phpBB 2, 3: topics by t and start, boards by f and start; post addresses (p=) and all functions lead nowhere new.

Add-ons for search engines write title-t31-10.html or topic31-10.html for a topic, and name-f2-50.html,
name-f2/page50.html or forum2-50.html for a board. Such an address is asked for as it is written; its numbers say
which page it is.
"""

import re
from urllib.parse import urlsplit

from crawler.addresses.urls import origin
from crawler.platforms.platform import Address, Platform, number, query_of, skip

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


class PhpBB(Platform):
    name = "phpbb"
    marks = (
        "body#phpbb, body[class*='section-viewtopic'], body[class*='section-viewforum'],"
        " #page-body .topiclist, #page-body .postbody, a.topictitle[href*='viewtopic.php'],"
        " a.forumlink[href*='viewforum.php'], a.maintitle[href*='viewtopic.php']"
    )
    generator = "phpBB"
    footer = "Powered by phpBB|phpBB®? Forum Software"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:  # noqa: ARG002
        path = urlsplit(url).path
        query = query_of(url)
        start = number(query.get("start", ""))
        tail = f"&start={start}" if start else ""
        if path.endswith("/viewtopic.php"):
            if query.get("view") or query.get("sd") == "d" or query.get("postorder") == "desc":
                return skip(url)  # print view, next and previous topic, newest first
            topic = number(query.get("t", ""))
            if not topic:
                return skip(url)  # a post's own address: the topic's pages hold the post
            first = f"{origin(url)}{path}?t={topic}"
            return Address(first + tail, first + tail, first)
        if path.endswith("/viewforum.php") and (board := number(query.get("f", ""))):
            if query.get("sk") or query.get("st") or query.get("topicdays", "0") != "0":
                return skip(url)
            first = f"{origin(url)}{path}?f={board}"
            return Address(first + tail, first + tail, first)
        parts = path.split("/")
        if _FUNCTIONS & set(parts) or "download" in parts or _OTHERS.search(path):
            return skip(url)
        return _rewritten(url, path) or Address(url, url)


def _rewritten(url: str, path: str) -> Address | None:
    """The board's folder in a topic's address is left out of its key: links to it come with and without."""
    for kind, pattern in (("topic", _TOPIC), ("board", _BOARD)):
        if match := pattern.search(path):
            page = next(filter(None, match.groups()[1:]), "0")
            base = f"{origin(url)}{_IN_BOARD.sub('', path[: match.start()])}"
            series = f"{base}|{kind}|{match[1]}"
            return Address(f"{origin(url)}{path}", f"{series}|{int(page)}", series)
    return None
