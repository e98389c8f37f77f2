"""Place an address: its site, its platform's form and key, its depth, and whether it may be fetched."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from crawler.addresses.roles import LISTINGS, Role
from crawler.addresses.scope import Scope
from crawler.addresses.urls import BadAddress, origin
from crawler.frontier.entries import Entry, Found, Origin
from crawler.platforms.platform import Address, Platform
from crawler.platforms.registry import ARTICLE, PLATFORMS
from crawler.session.answer import Reading
from crawler.session.body_kinds import NO_PAGES
from pipeline.contract.drop import DropReason
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.crawl import Platform as PlatformName

SITEMAP_DEPTH = 3
"""Indexes within indexes; the protocol has one level."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an address was come by."""

    depth: int
    """Links from a seed."""
    hops: int = 0
    """Redirects in a row."""
    via: str | None = None
    """The page that named it."""
    role: Role | None = None
    """What it is fetched as; None or PAGE: what its platform says."""


SEED = Way(0)


class Places:
    """`origins` is what the frontier knows of them; what pages add to it is asked for by `take_learnt`."""

    def __init__(self, config: CrawlConfig, scope: Scope, origins: Mapping[str, Origin]) -> None:
        self.config, self.scope, self.origins = config, scope, origins
        self.learnt: dict[str, Origin] = {}

    # Origins

    def platform(self, at: str) -> Platform:
        configured = self.configured(at)
        if configured is not PlatformName.auto:
            return PLATFORMS[configured.name]
        known = self.known(at)
        return PLATFORMS[known.platform] if known.platform else ARTICLE

    def configured(self, at: str) -> PlatformName:
        return self.scope.sites[self.scope.origins[at]].platform

    def known(self, at: str) -> Origin:
        """What is known of the origin, to be added to."""
        if at not in self.learnt:
            known = self.origins.get(at, Origin())
            self.learnt[at] = Origin(known.platform, dict(known.traits), known.robots)
        return self.learnt[at]

    def take_learnt(self) -> dict[str, Origin]:
        """What was learnt of origins since the last call and differs from what was known."""
        new = {at: known for at, known in self.learnt.items() if known != self.origins.get(at, Origin())}
        self.learnt = {}
        return new

    def starts(self, at: str) -> list[Found]:
        """Addresses of the platform's API to begin with."""
        starts = self.platform(at).starts(at)
        return [item for url in starts for item in self.place(url, Reading(), replace(SEED, role=Role.API))]

    # Addresses

    def joined(self, base: str, link: str, encoding: str = "utf-8") -> str | None:
        """The address of a link; None if it leads nowhere."""
        try:
            return self.scope.normalise.join(base, link, encoding)
        except BadAddress:
            return None

    def place(self, url: str, reading: Reading, way: Way) -> list[Found]:
        """The address as something to fetch, with the reason if it will not be; empty if it lies outside."""
        site = self.scope.site(url)
        if site is None:
            reading.outside += 1
            return []
        at = origin(url)
        placed = self.platform(at).versions(url, self.known(at).traits)
        return [self._found(url, address, site, way) for address in placed]

    def _found(self, url: str, address: Address, site: str, way: Way) -> Found:
        role = address.role if way.role is None or way.role is Role.PAGE else way.role
        if role in LISTINGS or role is Role.ROBOTS:  # a file is fetched as it is, whatever a page there would be
            key, reason = url, None
        else:
            key, reason = address.key, address.reason or self._refusal(site, origin(url), address.url, role)
        deepest = SITEMAP_DEPTH if role is Role.SITEMAP else self.config.max_depth
        if reason is None and way.depth > deepest:
            reason = DropReason.TOO_DEEP
        return Found(key, url if key == url else address.url, site, role, way.depth, way.hops, way.via, reason)

    def _refusal(self, site: str, at: str, url: str, role: Role) -> DropReason | None:
        platform = self.platform(at)
        # Patterns are written for what readers see: of an API's address, for the page that it stands for.
        seen = platform.instead(url) if role is Role.API else url
        if seen is not None and self.scope.excluded(site, seen):
            return DropReason.EXCLUDED
        return DropReason.NOT_A_PAGE if NO_PAGES.search(url) and not platform.ends_like_files else None

    def follow(
        self, entry: Entry, base: str, links: Iterable[str], reading: Reading, encoding: str = "utf-8",
        same: Set[str] = frozenset(),
    ) -> None:  # fmt: skip
        """Place the links of a page. `same`: addresses that are further pages of this one; they are no deeper."""
        urls: dict[str, None] = {}
        for link in links:
            url = self.joined(base, link, encoding)
            if url is None:
                reading.outside += 1
            else:
                urls[url] = None
        for at in {origin(url): None for url in urls}:
            if at in self.scope.origins:
                self.platform(at).learn([url for url in urls if origin(url) == at], self.known(at).traits)
        series = self._series(entry.url)
        for url in urls:
            further = url in same or (series and self._series(url) == series)
            depth = entry.depth if further else entry.depth + 1
            reading.found += self.place(url, reading, Way(depth, 0, entry.url))

    def _series(self, url: str) -> str:
        """What the address is a page of: a thread, a board, a list of an API; empty if of nothing known."""
        at = origin(url)
        if at not in self.scope.origins:
            return ""
        return self.platform(at).place(url, self.known(at).traits).series
