"""What the crawler must know of a site's software: marks, addresses, page objects.

Each engine's room fills in one `Platform`; registry.py lists them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from crawler.addresses.roles import Role
from crawler.extraction.page_contents import Found, View
from pipeline.contract.drop import DropReason

Traits = dict[str, str]
"""What was learnt of one origin, kept with the frontier: `api`, `rewritten`, `variants` …"""
API = "api"
"""The trait that says what became of requests to the API: an `ApiState`."""


class ApiState(StrEnum):
    WORKS = "works"
    REFUSED = "refused"
    """It has never answered: what it holds is asked for as HTML."""


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
    role: Role = Role.PAGE


@dataclass(slots=True)
class Answer:
    """What an answer of a platform's API holds."""

    text: bool = False
    """Whether it carries text itself, or only leads to what does."""
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class JsonApi:
    """An API whose answers lead to threads and hold them. `Platform.read` is given them too, with no tree."""

    starts: Callable[[str], list[str]]
    """Of an origin: addresses of the API to begin with."""
    read: Callable[[str, bytes], Answer]
    """Of an address and its body: what the answer holds; ValueError if it is none of the API."""


def as_it_is(url: str, traits: Traits) -> Address:  # noqa: ARG001
    """The address of a page that no platform knows better."""
    return Address(url, url)


def no_other_versions(url: str, first: Address, traits: Traits) -> list[Address]:  # noqa: ARG001
    return []


def nothing_to_note(url: str, traits: Traits) -> None:
    pass


def nothing_to_learn(links: Sequence[str], traits: Traits) -> None:
    pass


def no_thread(url: str) -> str | None:  # noqa: ARG001
    """Of software whose every page stands alone."""
    return None


def nothing_instead(url: str) -> str | None:  # noqa: ARG001
    return None


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A site's software. Selectors are CSS, "" where there are none; `url` is always normalised."""

    name: str
    """As the `Platform` enum of pipeline/schema/crawl.py has it."""

    # How a site, and how a page of a site that is not known, is recognised.

    site_marks: str
    """What only the engine's own templates match, on whatever page of the site: boards, lists, the home page."""
    page_marks: str
    """What only pages that `read` can read match, and other pages of the engine."""
    generator: str = ""
    """What its meta generator says, and perhaps more."""
    footer: str = ""
    """A regular expression for what its footers or titles say."""

    # Its posts.

    post_marks: str
    """What only pages with posts match: they are no error pages, whatever is said in them."""
    post_boxes: tuple[str, ...]
    """What `read` looks around for each post. A page is TOO_COMPLEX with more than MAX_POSTS (reading.py) of one of
    them, or with posts in posts in posts: the text of inner ones would be read again for each outer one."""
    reads_posts_apart: bool = False
    """Whether `read` cuts a page into its posts before it parses them, so that none can stand in another."""

    # Its addresses.

    place: Callable[[str, Traits], Address]
    """The address of a link, with what is known of the origin: one for each page, a reason for what is none."""
    owns_addresses: bool = False
    """Whether `place` knows a page's one address better than its rel=canonical does."""
    ends_like_files: bool = False
    """Whether an address that ends in .jpg or .pdf may be a page: of a wiki, an article about a file."""
    enter: Callable[[str, Traits], None] = nothing_to_note
    """Notes in the traits what an address that the site was entered by says of what is wanted of it."""
    other_versions: Callable[[str, Address, Traits], list[Address]] = no_other_versions
    """Of a link and its address: further addresses to fetch where a page is wanted in several versions."""
    learn: Callable[[Sequence[str], Traits], None] = nothing_to_learn
    """Notes in the traits what the links of a page tell of the site."""
    instead: Callable[[str], str | None] = nothing_instead
    """What to ask for where an address is refused: the page for one of the API, another form of the address."""
    api: JsonApi | None = None

    # Its pages.

    read: Callable[[View], Found]
    """What a page holds; an answer of the API if `view.tree` is None."""
    first_page: Callable[[str], str | None]
    """The address of the first page of the thread, one for all its pages; None for what is no thread's."""

    def versions(self, url: str, traits: Traits) -> list[Address]:
        """The addresses to fetch for a link."""
        first = self.place(url, traits)
        return [first, *self.other_versions(url, first, traits)]

    def starts(self, origin: str) -> list[str]:
        """Addresses of the platform's API to begin with."""
        return self.api.starts(origin) if self.api is not None else []

    def read_api(self, url: str, body: bytes) -> Answer:
        """What an answer of the API holds; ValueError if it is none."""
        if self.api is None:
            raise ValueError(f"{self.name} has no API")
        return self.api.read(url, body)
