"""What a platform's file must say, and the plain one: addresses as they are, links and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from pipeline.contract.drop import DropReason


@dataclass(frozen=True, slots=True)
class Address:
    """An address as a platform sees it."""

    url: str
    """In the form that the site's own links to the thread page have."""
    key: str
    """One for all addresses of the same page."""
    series: str = ""
    """One for all pages of the same thread, board or list: between them, depth does not grow."""
    reason: DropReason | None = None
    """NOT_CONTENT for logins, searches, profiles, replies."""
    role: str = "page"


@dataclass(slots=True)
class Api:
    """What a page of a platform's API holds."""

    text: bool = False
    """Whether it carries text itself, or only leads to what does."""
    links: list[str] = field(default_factory=list)


class Platform:
    """A site's software. `traits` are what was learnt of one origin, kept with the frontier."""

    name = "article"
    marks = ""
    """CSS selectors that only its own templates match, on whatever page."""
    generator = ""
    """What its meta generator says, and perhaps more."""
    footer = ""
    """A regular expression for what its footers or titles say."""
    owns_addresses = False
    """Whether `place` knows a page's one address better than its rel=canonical does."""

    def place(self, url: str, traits: dict[str, str]) -> Address:  # noqa: ARG002
        """The address of a link. `url` is normalised."""
        return Address(url, url)

    def enter(self, url: str, traits: dict[str, str]) -> None:
        """Note in `traits` what an address that the site was entered by says of what is wanted of it."""

    def versions(self, url: str, traits: dict[str, str]) -> list[Address]:
        """The addresses to fetch for a link: more than one where a page is wanted in several versions."""
        return [self.place(url, traits)]

    def learn(self, links: Sequence[str], traits: dict[str, str]) -> None:
        """Note in `traits` what the links of a page tell of the site."""

    def starts(self, origin: str) -> list[str]:  # noqa: ARG002
        """Addresses of the platform's API to begin with."""
        return []

    def read_api(self, url: str, body: bytes) -> Api:  # noqa: ARG002
        """What an answer of the API holds; ValueError if it is none."""
        raise ValueError(f"{self.name} has no API")

    def instead(self, url: str) -> str | None:  # noqa: ARG002
        """What to ask for where an address is refused: the page for one of the API, another form of the address."""
        return None


def query_of(url: str) -> dict[str, str]:
    """The query's parameters, the first of each name."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, encoding="utf-8", errors="replace")
    return dict(reversed(pairs))


def skip(url: str) -> Address:
    """A function of the software and no page."""
    return Address(url, url, reason=DropReason.NOT_CONTENT)


def number(text: str) -> int | None:
    """A number as addresses have it; None for anything else, `²` too."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def page_of(query: dict[str, str]) -> int:
    """`page=`, from 1."""
    return number(query.get("page", "")) or 1
