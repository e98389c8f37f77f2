"""Read one answer of a server: is it a page to keep, and where does it lead? No network, no files."""

import re
from collections.abc import Mapping, Set

from crawler.addresses import robots
from crawler.addresses.roles import LISTINGS, Role
from crawler.addresses.scope import Scope
from crawler.addresses.sitemaps import Listing, read_text, read_xml
from crawler.addresses.urls import origin
from crawler.frontier.entries import Entry, Found, Origin
from crawler.html.links import Html, header_directives, read
from crawler.platforms.platform import API, ApiState, Platform
from crawler.platforms.registry import ARTICLE, MARKS, POST_MARKS, POSTS, recognise
from crawler.session.answer import Answer, Reading
from crawler.session.body_kinds import BodyKind, fold, kind_of
from crawler.session.places import SEED, Places, Way
from crawler.session.redirects import REDIRECTS, Redirects
from crawler.warc.content_encoding import Broken, TooLarge, gunzip, unpack
from pipeline.contract.drop import DropReason
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.crawl import Platform as PlatformName
from pipeline.text.encoding import decode

SOFT_404_CHARS = 1_000
"""A page with more text outside its links than this is no error page, whatever the text says."""
SOFT_404_TITLE_CHARS = 1_500
"""Nor is one with more than this, whatever its title says."""
FEED_DEPTH = 0
"""Feeds are taken from seeds: each page of some blogs names one of its own comments."""
SHORT_CHARS = 200
"""A page that refreshes itself away and shows less than this only leads on."""


class Navigator:
    """`origins` is what the frontier knows of them; what pages add to it is asked for by `take_learnt`."""

    def __init__(self, config: CrawlConfig, scope: Scope, origins: Mapping[str, Origin]) -> None:
        self.config, self.scope = config, scope
        self.places = Places(config, scope, origins)
        self.redirects = Redirects(self.places)
        self._soft_404 = re.compile("|".join(f"(?:{p})" for p in config.soft_404), re.I) if config.soft_404 else None
        self.agent = robots.product(config.user_agent)
        """Our name in robots.txt, meta robots and X-Robots-Tag."""

    def platform(self, at: str) -> Platform:
        return self.places.platform(at)

    @property
    def learnt(self) -> dict[str, Origin]:
        return self.places.learnt

    def take_learnt(self) -> dict[str, Origin]:
        """What was learnt of origins since the last call and differs from what was known."""
        return self.places.take_learnt()

    def seeds(self) -> list[Found]:
        found = []
        for _, url in self.scope.seeds:
            at = origin(url)
            self.platform(at).enter(url, self.places.known(at).traits)
            found += self.places.place(url, Reading(), SEED)
            if self.places.configured(at) is not PlatformName.auto:
                found += self.places.starts(at)
        return found

    def forbidden(self, entry: Entry) -> list[Found]:
        """What to ask for in place of an address that robots.txt forbids."""
        return self.redirects.forbidden(entry)

    def read(self, entry: Entry, answer: Answer) -> Reading:
        """The page judged. Where it was sent on, `found` holds the next hop."""
        reading = Reading(platform=self.platform(entry.origin).name)
        if answer.status in REDIRECTS and answer.header("location"):
            self.redirects.redirected(entry, answer.header("location"), reading)
        elif not 200 <= answer.status < 300:
            reading.reason, reading.measured = DropReason.HTTP_ERROR, float(answer.status)
            self.redirects.refused(entry, reading)
        else:
            self._read_body(entry, answer, reading)
        if entry.role is Role.ROBOTS and reading.rules is None and reading.reason is not DropReason.REDIRECT:
            unread = reading.reason in (DropReason.TOO_LARGE, DropReason.BROKEN_BODY)
            reading.rules = robots.DISALLOW_ALL if unread else robots.text_of(answer.status, b"")
            reading.found += self._sitemap(entry, f"{entry.origin}/sitemap.xml", 0, reading)
        return reading

    def _sitemap(self, entry: Entry, url: str, depth: int, reading: Reading) -> list[Found]:
        return self.places.place(url, reading, Way(depth, 0, entry.url, Role.SITEMAP))

    # What the body is

    def _read_body(self, entry: Entry, answer: Answer, reading: Reading) -> None:
        try:
            body = self._unpacked(entry, answer)
        except TooLarge:
            reading.reason, reading.measured = DropReason.TOO_LARGE, float(self.config.max_response_bytes)
            return
        except Broken:
            if entry.role is not Role.ROBOTS:
                reading.reason = DropReason.BROKEN_BODY
                return
            body = answer.body  # plain, whatever its header says
        if entry.role is Role.ROBOTS:
            self._read_robots(entry, body, reading)
        elif entry.role is Role.API:
            self._read_api(entry, answer, body, reading)
        else:
            self._read_by_kind(entry, answer, body, reading)

    def _unpacked(self, entry: Entry, answer: Answer) -> bytes:
        """TooLarge or Broken if the body cannot be had."""
        limit = self.config.max_response_bytes
        body, _ = unpack(answer.body, ", ".join(answer.headers.get("content-encoding", ())), limit)
        if entry.role in LISTINGS or entry.url.endswith(".gz"):
            body, _ = gunzip(body, limit)
        return body

    def _read_by_kind(self, entry: Entry, answer: Answer, body: bytes, reading: Reading) -> None:
        kind = kind_of(body)
        if kind is BodyKind.EMPTY:
            reading.reason = DropReason.EMPTY_BODY
        elif kind is BodyKind.BINARY or (kind is BodyKind.JSON and entry.role is Role.PAGE):
            reading.reason = DropReason.NOT_A_PAGE
        elif kind is BodyKind.XML or entry.role in LISTINGS:
            self._read_listing(entry, read_text(body) if kind is BodyKind.TEXT else read_xml(body), reading)
        else:
            self._read_html(entry, answer, body, reading)

    def _read_robots(self, entry: Entry, body: bytes, reading: Reading) -> None:
        reading.reason = DropReason.DISCOVERY_ONLY
        reading.rules = robots.text_of(200, body)
        policy = robots.Policy(reading.rules, self.agent)
        maps = [self.places.joined(entry.url, url) for url in policy.sitemaps(entry.url)]
        addresses = [url for url in maps if url] or [f"{origin(entry.url)}/sitemap.xml"]
        for url in addresses:
            reading.found += self._sitemap(entry, url, 0, reading)

    def _read_api(self, entry: Entry, answer: Answer, body: bytes, reading: Reading) -> None:
        try:
            api = self.platform(entry.origin).read_api(entry.url, body)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # JSON of any shape may come
            reading.reason = DropReason.BROKEN_BODY
            self.redirects.refused(entry, reading)
            return
        if not api.text:
            reading.reason = DropReason.DISCOVERY_ONLY
        elif "noindex" in self._header_orders(answer):
            reading.reason = DropReason.NOINDEX
        self.places.known(entry.origin).traits[API] = ApiState.WORKS
        self.places.follow(entry, entry.url, api.links, reading)

    def _read_listing(self, entry: Entry, listing: Listing, reading: Reading) -> None:
        reading.reason = DropReason.DISCOVERY_ONLY if listing.kind else DropReason.NOT_A_PAGE
        for url in listing.sitemaps:
            if joined := self.places.joined(entry.url, url):
                reading.found += self._sitemap(entry, joined, entry.depth + 1, reading)
        self.places.follow(entry, entry.url, listing.pages, reading)

    # Pages

    def _read_html(self, entry: Entry, answer: Answer, body: bytes, reading: Reading) -> None:
        decoded = decode(body, answer.header("content-type") or None)
        page = read(decoded.text, self.agent, MARKS | POST_MARKS)
        reading.nofollow, reading.unread = page.nofollow, page.unread
        base = (self.places.joined(entry.url, page.base) if page.base else None) or entry.url
        orders = page.robots | self._header_orders(answer)
        self._recognise(entry, page, reading)
        if self._is_soft_404(page):
            reading.reason = DropReason.SOFT_404
        else:
            reading.fold = fold(body)
        if self._leads_away(entry, page, base, decoded.used, reading):
            return
        if "noindex" in orders:
            reading.reason = DropReason.NOINDEX
        elif reading.reason is None:
            self._check_canonical(entry, base, page, reading)
        if "nofollow" in orders:
            reading.nofollow += len(page.links)
        else:
            self._follow(entry, page, base, decoded.used, reading)

    def _header_orders(self, answer: Answer) -> Set[str]:
        """Directives of X-Robots-Tag."""
        return header_directives(list(answer.headers.get("x-robots-tag", ())), self.agent)

    def _recognise(self, entry: Entry, page: Html, reading: Reading) -> None:
        known = self.places.known(entry.origin)
        if known.platform in (None, ARTICLE.name):
            before, known.platform = known.platform, recognise(page)
            is_new = known.platform not in (before, ARTICLE.name)
            if is_new and self.platform(entry.origin) is not ARTICLE:
                reading.found += self.places.starts(entry.origin)
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

    def _leads_away(self, entry: Entry, page: Html, base: str, encoding: str, reading: Reading) -> bool:
        """Whether a refresh takes the reader elsewhere; in a page with text of its own it is one of its links."""
        target = self.places.joined(base, page.refresh, encoding) if page.refresh else None
        if not target or target == entry.url:
            return False
        if len(page.visible) >= SHORT_CHARS:
            page.links.append(target)
            return False
        reading.reason = DropReason.REDIRECT
        self.redirects.hop(entry, target, reading)
        return True

    def _check_canonical(self, entry: Entry, base: str, page: Html, reading: Reading) -> None:
        """Mark a page that names another address of the site as its own as an alias of it. Publishing decides, once
        all pages are fetched: it stays an alias only if the other page is kept and says the same."""
        if not page.canonical:
            return
        if self.platform(entry.origin).owns_addresses:
            page.links.append(page.canonical)  # a wiki shows an article under the names that redirect to it, too
            return
        target = self.places.joined(base, page.canonical)
        if not target or target == entry.url or self.scope.site(target) != entry.site:
            return
        reading.reason, reading.final_url = DropReason.ALIAS, target
        reading.found += self.places.place(target, reading, Way(entry.depth, 0, entry.url))

    def _follow(self, entry: Entry, page: Html, base: str, encoding: str, reading: Reading) -> None:
        for url in page.feeds if entry.depth <= FEED_DEPTH else ():
            if joined := self.places.joined(base, url, encoding):
                reading.found += self.places.place(joined, reading, Way(entry.depth, 0, entry.url, Role.FEED))
        same = {joined for url in page.series if (joined := self.places.joined(base, url, encoding))}
        self.places.follow(entry, base, page.links, reading, encoding, same)
