"""Read what robots.txt allows (RFC 9309), by Protego: wildcards, longest match, groups, Crawl-delay, Sitemap."""

import re
from urllib.parse import urljoin

from protego import Protego

MAX_BYTES = 512_000
"""RFC 9309 section 2.5 asks for 500 KiB at least; what lies beyond is not read."""
ALLOW_ALL, DISALLOW_ALL = "", "User-agent: *\nDisallow: /\n"


def key_of(origin: str, hop: int = 0) -> str:
    """The frontier's key of an origin's robots.txt, or of the address that its `hop`-th redirect leads to."""
    return f"robots|{origin}|{hop}" if hop else f"robots|{origin}"


def asking_origin(key: str) -> str:
    """The origin whose rules are wanted; robots.txt itself may have been found at another one."""
    return key.split("|")[1]


def text_of(status: int | None, body: bytes) -> str:
    """The rules that an answer to robots.txt stands for (RFC 9309 section 2.3.1): its text; all allowed if there is
    none (4xx); nothing allowed while the server fails, cannot be reached, or asks for fewer requests (5xx, no answer,
    429)."""
    if status is None or status >= 500 or status == 429:
        return DISALLOW_ALL
    if status >= 400 or status < 200 or status >= 300:
        return ALLOW_ALL
    return body[:MAX_BYTES].decode("utf-8-sig", "replace")


def product(user_agent: str) -> str:
    """The name by which robots.txt and meta elements may address a crawler (RFC 9309 section 2.2.1)."""
    match = re.match(r"[A-Za-z_-]+", user_agent)
    return match[0].lower() if match else "*"


class Policy:
    """The rules of one origin for one user agent."""

    def __init__(self, text: str, user_agent: str) -> None:
        self._rules = Protego.parse(text)
        self.user_agent = user_agent

    def allows(self, url: str) -> bool:
        return bool(self._rules.can_fetch(url, self.user_agent))

    @property
    def crawl_delay(self) -> float:
        """Seconds, 0 if none is asked for; Request-rate counts too."""
        delay = float(self._rules.crawl_delay(self.user_agent) or 0)
        rate = self._rules.request_rate(self.user_agent)
        return max(delay, rate.seconds / rate.requests if rate and rate.requests else 0.0)

    def sitemaps(self, base: str) -> list[str]:
        return [urljoin(base, str(url)) for url in self._rules.sitemaps]
