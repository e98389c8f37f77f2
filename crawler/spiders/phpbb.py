"""phpBB 3: topics by t and start, boards by f and start; post addresses (p=) and all functions lead nowhere new."""

from urllib.parse import urlsplit

from crawler.fetch.urls import origin
from crawler.spiders.platform import Address, Platform, number, query_of, skip

_FUNCTIONS = frozenset(
    f"{name}.php"
    for name in (
        "memberlist", "ucp", "posting", "search", "mcp", "report", "cron", "feed", "faq", "viewonline", "file", "app",
    )
)  # fmt: skip


class PhpBB(Platform):
    name = "phpbb"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:  # noqa: ARG002
        path = urlsplit(url).path
        query = query_of(url)
        start = number(query.get("start", ""))
        tail = f"&start={start}" if start else ""
        if path.endswith("/viewtopic.php"):
            if query.get("view") or query.get("sd") == "d":
                return skip(url)  # print view, next and previous topic, newest first
            topic = number(query.get("t", ""))
            if not topic:
                return skip(url)  # a post's own address: the topic's pages hold the post
            first = f"{origin(url)}{path}?t={topic}"
            return Address(first + tail, first + tail, first)
        if path.endswith("/viewforum.php") and (board := number(query.get("f", ""))):
            if query.get("sk") or query.get("st"):
                return skip(url)
            first = f"{origin(url)}{path}?f={board}"
            return Address(first + tail, first + tail, first)
        parts = path.split("/")
        if _FUNCTIONS & set(parts) or "download" in parts:
            return skip(url)
        return Address(url, url)
