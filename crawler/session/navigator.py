"""One answer of a server read: is it a page to keep, and where does it lead? No network, no files."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from crawler.addresses import robots
from crawler.addresses.scope import Scope
from crawler.addresses.sitemaps import Listing, read_text, read_xml
from crawler.addresses.urls import BadAddress, origin
from crawler.frontier.frontier import API, FEED, PAGE, ROBOTS, SITEMAP, Entry, Found, Origin
from crawler.html.links import Html, header_directives, read
from crawler.platforms.platform import Address, Platform
from crawler.platforms.registry import ARTICLE, MARKS, PLATFORMS, POST_MARKS, POSTS, recognise
from crawler.session import body_kinds as bodies
from crawler.warc.content_encoding import Broken, TooLarge, gunzip, unpack
from pipeline.contract.drop import DropReason
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.crawl import Platform as PlatformName
from pipeline.text.encoding import decode

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SOFT_404_CHARS = 1_000
"""A page with more text outside its links than this is no error page, whatever the text says."""
SOFT_404_TITLE_CHARS = 1_500
"""Nor is one with more than this, whatever its title says."""
SITEMAP_DEPTH = 3
"""Indexes within indexes; the protocol has one level."""
FEED_DEPTH = 0
"""Feeds are taken from seeds: each page of some blogs names one of its own comments."""
SHORT_CHARS = 200
"""A page that refreshes itself away and shows less than this only leads on."""
_BEYOND_ASCII = re.compile("[\x80-\xff]")
"""Bytes of a Location that is not escaped, read as latin-1; whatever encoding they are in, the server knows them."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: Mapping[str, Sequence[str]]
    """Lower-case names."""
    body: bytes
    """As sent."""

    def header(self, name: str) -> str:
        values = self.headers.get(name)
        return values[0] if values else ""


@dataclass(slots=True)
class Reading:
    """What a page is and where it leads. `found` holds addresses inside the allow-list only."""

    reason: DropReason | None = None
    measured: float | None = None
    final_url: str | None = None
    platform: str | None = None
    fold: str | None = None
    key: str | None = None
    """The page's key, where it was queued by its address alone: its platform was not known yet."""
    found: list[Found] = field(default_factory=list)
    rules: str | None = None
    """robots.txt of the origin, once it is known."""
    outside: int = 0
    """Links that lead out of the allow-list."""
    nofollow: int = 0
    unread: int = 0
    """Links of a page that has too many."""


class Navigator:
    """`origins` is what the frontier knows of them; what pages add to it is asked for by `take_learnt`."""

    def __init__(self, config: CrawlConfig, scope: Scope, origins: Mapping[str, Origin]) -> None:
        self.config, self.scope, self.origins = config, scope, origins
        self._soft_404 = re.compile("|".join(f"(?:{p})" for p in config.soft_404), re.I) if config.soft_404 else None
        self.agent = robots.product(config.user_agent)
        """Our name in robots.txt, meta robots and X-Robots-Tag."""
        self.learnt: dict[str, Origin] = {}

    # Where an address belongs

    def platform(self, at: str) -> Platform:
        configured = self.scope.sites[self.scope.origins[at]].platform
        if configured is not PlatformName.auto:
            return PLATFORMS[configured.name]
        known = self._known(at)
        return PLATFORMS[known.platform] if known.platform else ARTICLE

    def _known(self, at: str) -> Origin:
        if at not in self.learnt:
            known = self.origins.get(at, Origin())
            self.learnt[at] = Origin(known.platform, dict(known.traits), known.robots)
        return self.learnt[at]

    def seeds(self) -> list[Found]:
        found = []
        for _, url in self.scope.seeds:
            at = origin(url)
            self.platform(at).enter(url, self._known(at).traits)
            found += self._place(url, Reading(), 0, 0, None)
            if self.scope.sites[self.scope.origins[at]].platform is not PlatformName.auto:
                found += self._starts(at)
        return found

    def _starts(self, at: str) -> list[Found]:
        starts = self.platform(at).starts(at)
        return [item for url in starts for item in self._place(url, Reading(), 0, 0, None, role=API)]

    def _place(
        self, url: str, reading: Reading, depth: int, hops: int, via: str | None, role: str | None = None
    ) -> list[Found]:
        """The address as something to fetch, with the reason if it will not be; empty if it lies outside."""
        site = self.scope.site(url)
        if site is None:
            reading.outside += 1
            return []
        at = origin(url)
        placed = self.platform(at).versions(url, self._known(at).traits)
        return [self._found(url, address, site, depth, hops, via, role) for address in placed]

    def _found(
        self, url: str, address: Address, site: str, depth: int, hops: int, via: str | None, role: str | None
    ) -> Found:
        at = origin(url)
        key, reason = address.key, address.reason
        role = address.role if role is None or role == PAGE else role
        if role in (SITEMAP, FEED, ROBOTS):
            key, reason = url, None
        elif reason is None and self._excluded(site, at, address.url, role):
            reason = DropReason.EXCLUDED
        elif reason is None and bodies.NO_PAGES.search(address.url) and not self.platform(at).ends_like_files:
            reason = DropReason.NOT_A_PAGE
        if reason is None and depth > (SITEMAP_DEPTH if role == SITEMAP else self.config.max_depth):
            reason = DropReason.TOO_DEEP
        return Found(key, url if key == url else address.url, site, role, depth, hops, via, reason)

    def _excluded(self, site: str, at: str, url: str, role: str) -> bool:
        """Patterns are written for what readers see: of an API's address, for the page that it stands for."""
        seen = self.platform(at).instead(url) if role == API else url
        return seen is not None and self.scope.excluded(site, seen)

    # What an answer is

    def read(self, entry: Entry, answer: Answer) -> Reading:
        """The page judged. Where it was sent on, `found` holds the next hop."""
        reading = Reading(platform=self.platform(entry.origin).name)
        if answer.status in REDIRECTS and answer.header("location"):
            self._redirected(entry, answer.header("location"), reading)
        elif not 200 <= answer.status < 300:
            reading.reason, reading.measured = DropReason.HTTP_ERROR, float(answer.status)
            self._refused(entry, reading)
        else:
            self._read_body(entry, answer, reading)
        if entry.role == ROBOTS and reading.rules is None and reading.reason is not DropReason.REDIRECT:
            unread = reading.reason in (DropReason.TOO_LARGE, DropReason.BROKEN_BODY)
            reading.rules = robots.DISALLOW_ALL if unread else robots.text_of(answer.status, b"")
            reading.found += self._place(f"{entry.origin}/sitemap.xml", reading, 0, 0, entry.url, role=SITEMAP)
        return reading

    def _redirected(self, entry: Entry, location: str, reading: Reading) -> None:
        reading.reason = DropReason.REDIRECT
        try:
            target = self.scope.normalise.join(entry.url, _BEYOND_ASCII.sub(_escaped, location))
        except BadAddress:
            reading.final_url = location[:200]
            reading.outside += 1
            reading.rules = robots.ALLOW_ALL if entry.role == ROBOTS else None
            return
        self._hop(entry, target, reading)

    def _hop(self, entry: Entry, target: str, reading: Reading) -> None:
        reading.final_url = target
        if entry.hops >= self.config.max_redirects or target == entry.url:
            reading.reason = DropReason.TOO_MANY_REDIRECTS
            reading.measured = float(entry.hops + 1)
            return
        hops = entry.hops + 1
        if entry.role == ROBOTS:
            site = self.scope.site(target)
            if site is None:  # RFC 9309 section 2.3.1.2: rules that cannot be had are none
                reading.rules, reading.outside = robots.ALLOW_ALL, 1
            else:
                key = f"robots|{entry.key.split('|')[1]}|{hops}"
                reading.found = [Found(key, target, site, ROBOTS, 0, hops, entry.url)]
            return
        for item in self._place(target, reading, entry.depth, hops, entry.url, role=entry.role):
            if item.key == entry.key:
                # The server wants the page under another of its addresses: with its title in it, say.
                url = target if item.url == entry.url else item.url
                item = Found(
                    f"{entry.key}|{hops}", url, item.site, item.role, item.depth, hops, entry.url, item.reason
                )
            reading.found.append(item)

    def _refused(self, entry: Entry, reading: Reading) -> None:
        """Another address for a page that was refused: of an API that has never answered the HTML page, and further
        topics are asked for as HTML at once; of a page that is not there its other form, if it has one."""
        traits = self._known(entry.origin).traits
        if entry.role == API:
            if traits.get("api") == "works":
                return
            traits["api"] = "refused"
        elif entry.role != PAGE or reading.measured not in (404.0, 410.0):
            return
        reading.found += self._instead(entry, reading)

    def forbidden(self, entry: Entry) -> list[Found]:
        """What to ask for where robots.txt forbids an address of the API: the page that it stands for; and further
        topics are asked for as HTML at once."""
        if entry.role != API:
            return []
        self._known(entry.origin).traits["api"] = "refused"
        return self._instead(entry, Reading())

    def _instead(self, entry: Entry, reading: Reading) -> list[Found]:
        page = self.platform(entry.origin).instead(entry.url)
        if page is None or entry.hops >= self.config.max_redirects:
            return []
        found = []
        for item in self._place(page, reading, entry.depth, entry.hops + 1, entry.url, role=PAGE):
            key = f"{entry.key}|{item.hops}" if item.key == entry.key else item.key
            found.append(Found(key, item.url, item.site, PAGE, item.depth, item.hops, entry.url, item.reason))
        return found

    def _read_body(self, entry: Entry, answer: Answer, reading: Reading) -> None:
        limit = self.config.max_response_bytes
        try:
            body, _ = unpack(answer.body, ", ".join(answer.headers.get("content-encoding", ())), limit)
            if entry.role in (SITEMAP, FEED) or entry.url.endswith(".gz"):
                body, _ = gunzip(body, limit)
        except TooLarge:
            reading.reason, reading.measured = DropReason.TOO_LARGE, float(limit)
            return
        except Broken:
            if entry.role != ROBOTS:
                reading.reason = DropReason.BROKEN_BODY
                return
            body = answer.body  # plain, whatever its header says
        if entry.role == ROBOTS:
            self._read_robots(entry, body, reading)
            return
        if entry.role == API:
            self._read_api(entry, answer, body, reading)
            return
        kind = bodies.kind(body)
        if kind == bodies.EMPTY:
            reading.reason = DropReason.EMPTY_BODY
        elif kind == bodies.BINARY or (kind == bodies.JSON and entry.role == PAGE):
            reading.reason = DropReason.NOT_A_PAGE
        elif kind == bodies.XML or entry.role in (SITEMAP, FEED):
            listing = read_text(body) if kind == bodies.TEXT else read_xml(body)
            self._read_listing(entry, listing, reading)
        else:
            self._read_html(entry, answer, body, reading)

    def _read_robots(self, entry: Entry, body: bytes, reading: Reading) -> None:
        reading.reason = DropReason.DISCOVERY_ONLY
        reading.rules = robots.text_of(200, body)
        policy = robots.Policy(reading.rules, self.agent)
        maps = [self._joined(entry.url, url) for url in policy.sitemaps(entry.url)]
        addresses = [url for url in maps if url] or [f"{origin(entry.url)}/sitemap.xml"]
        for url in addresses:
            reading.found += self._place(url, reading, 0, 0, entry.url, role=SITEMAP)

    def _read_api(self, entry: Entry, answer: Answer, body: bytes, reading: Reading) -> None:
        try:
            api = self.platform(entry.origin).read_api(entry.url, body)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # JSON of any shape may come
            reading.reason = DropReason.BROKEN_BODY
            self._refused(entry, reading)
            return
        if not api.text:
            reading.reason = DropReason.DISCOVERY_ONLY
        elif "noindex" in header_directives(list(answer.headers.get("x-robots-tag", ())), self.agent):
            reading.reason = DropReason.NOINDEX
        self._known(entry.origin).traits["api"] = "works"
        self._follow(entry, entry.url, api.links, reading, "utf-8")

    def _read_listing(self, entry: Entry, listing: Listing, reading: Reading) -> None:
        reading.reason = DropReason.DISCOVERY_ONLY if listing.kind else DropReason.NOT_A_PAGE
        for url in listing.sitemaps:
            if joined := self._joined(entry.url, url):
                reading.found += self._place(joined, reading, entry.depth + 1, 0, entry.url, role=SITEMAP)
        self._follow(entry, entry.url, listing.pages, reading, "utf-8")

    def _read_html(self, entry: Entry, answer: Answer, body: bytes, reading: Reading) -> None:
        decoded = decode(body, answer.header("content-type") or None)
        page = read(decoded.text, self.agent, MARKS | POST_MARKS)
        reading.nofollow, reading.unread = page.nofollow, page.unread
        base = self._joined(entry.url, page.base) if page.base else entry.url
        base = base or entry.url
        self._recognise(entry, page, reading)
        orders = page.robots | header_directives(list(answer.headers.get("x-robots-tag", ())), self.agent)
        if self._is_soft_404(page):
            reading.reason = DropReason.SOFT_404
        else:
            reading.fold = bodies.fold(body)
        if page.refresh and (target := self._joined(base, page.refresh, decoded.used)) and target != entry.url:
            if len(page.visible) < SHORT_CHARS:
                reading.reason = DropReason.REDIRECT
                self._hop(entry, target, reading)
                return
            page.links.append(target)
        if "noindex" in orders:
            reading.reason = DropReason.NOINDEX
        elif reading.reason is None:
            self._check_canonical(entry, base, page, reading)
        if "nofollow" not in orders:
            for url in page.feeds if entry.depth <= FEED_DEPTH else ():
                if joined := self._joined(base, url, decoded.used):
                    reading.found += self._place(joined, reading, entry.depth, 0, entry.url, role=FEED)
            same = {joined for url in page.series if (joined := self._joined(base, url, decoded.used))}
            self._follow(entry, base, page.links, reading, decoded.used, same)
        else:
            reading.nofollow += len(page.links)

    def _recognise(self, entry: Entry, page: Html, reading: Reading) -> None:
        known = self._known(entry.origin)
        if known.platform in (None, ARTICLE.name):
            before, known.platform = known.platform, recognise(page)
            if (
                known.platform != before
                and known.platform != ARTICLE.name
                and self.platform(entry.origin) is not ARTICLE
            ):
                reading.found += self._starts(entry.origin)
        platform = self.platform(entry.origin)
        if entry.depth == 0:
            platform.enter(entry.url, known.traits)
        reading.platform = platform.name
        if entry.key == entry.url and platform is not ARTICLE:
            placed = platform.versions(entry.url, known.traits)
            reading.key = next((address.key for address in placed if address.url == entry.url), placed[0].key)

    def _is_soft_404(self, page: Html) -> bool:
        if self._soft_404 is None or len(page.plain) > SOFT_404_TITLE_CHARS or POSTS in page.ids:
            return False
        if self._soft_404.search(page.title):
            return True
        return len(page.plain) <= SOFT_404_CHARS and bool(self._soft_404.search(page.plain))

    def _check_canonical(self, entry: Entry, base: str, page: Html, reading: Reading) -> None:
        """A page that names another address of the site as its own is an alias, for now: whether the other is kept
        and says the same is looked at when all is fetched."""
        if not page.canonical:
            return
        if self.platform(entry.origin).owns_addresses:
            page.links.append(page.canonical)  # a wiki shows an article under the names that redirect to it, too
            return
        target = self._joined(base, page.canonical)
        if not target or target == entry.url or self.scope.site(target) != entry.site:
            return
        reading.reason, reading.final_url = DropReason.ALIAS, target
        reading.found += self._place(target, reading, entry.depth, 0, entry.url)

    # Where it leads

    def _joined(self, base: str, link: str, encoding: str = "utf-8") -> str | None:
        try:
            return self.scope.normalise.join(base, link, encoding)
        except BadAddress:
            return None

    def _follow(
        self,
        entry: Entry,
        base: str,
        links: Iterable[str],
        reading: Reading,
        encoding: str,
        same: Set[str] = frozenset(),
    ) -> None:
        """`same`: addresses that are further pages of this one; they are no deeper than it."""
        urls: dict[str, None] = {}
        for link in links:
            url = self._joined(base, link, encoding)
            if url is None:
                reading.outside += 1
            else:
                urls[url] = None
        for at in {origin(url): None for url in urls}:
            if at in self.scope.origins:
                self.platform(at).learn([url for url in urls if origin(url) == at], self._known(at).traits)
        series = self._series(entry.url)
        for url in urls:
            further = url in same or (series and self._series(url) == series)
            depth = entry.depth if further else entry.depth + 1
            reading.found += self._place(url, reading, depth, 0, entry.url)

    def _series(self, url: str) -> str:
        """What the address is a page of: a thread, a board, a list of an API; empty if of nothing known."""
        at = origin(url)
        if at not in self.scope.origins:
            return ""
        return self.platform(at).place(url, self._known(at).traits).series

    def take_learnt(self) -> dict[str, Origin]:
        """What was learnt of origins since the last call and differs from what was known."""
        new = {at: known for at, known in self.learnt.items() if known != self.origins.get(at, Origin())}
        self.learnt = {}
        return new


def _escaped(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
