"""crawl: which sites, how politely, how far, and what becomes of the snapshot."""

import re
from dataclasses import dataclass, field
from enum import Enum


class Platform(Enum):
    """The software of a site, which decides how its pages are found; auto: told from its pages."""

    auto = "auto"
    discuz = "discuz"
    phpbb = "phpbb"
    discourse = "discourse"
    nodebb = "nodebb"
    flarum = "flarum"
    mediawiki = "mediawiki"
    xiuno = "xiuno"
    ptt = "ptt"
    article = "article"


class CrawlEngine(Enum):
    """local: one process; redis: several workers, each with hosts of its own, that exchange links by Redis."""

    local = "local"
    redis = "redis"


class OnSilence(Enum):
    """What a site without a page means. stop: the run ends with an error; keep: it is told, and the rest stays."""

    stop = "stop"
    keep = "keep"


@dataclass
class SiteConfig:
    """One site; what is left out is the section's."""

    seeds: list[str]
    """Where the crawl begins; each must lie in `allow`."""
    allow: list[str]
    """Origins that may be fetched, exactly: scheme://host or scheme://host:port."""
    licence: str = "unknown"
    """SPDX identifier of the site's texts, or `unknown`."""
    platform: Platform = Platform.auto
    """The site's software."""
    include: list[str] = field(default_factory=list)
    """Regular expressions; only addresses that one of them finds something in are fetched, also on the way to others,
    as redirects and boards are. Empty: all."""
    exclude: list[str] = field(default_factory=list)
    """Regular expressions; addresses that one of them finds something in are not fetched."""
    max_pages: int | None = None
    """Responses at most, instead of the section's."""
    max_bytes: int | None = None
    """Bytes received at most, instead of the section's."""
    max_seconds: float | None = None
    """Seconds from the first request, instead of the section's."""


@dataclass
class RedisConfig:
    url: str
    """Address of the Redis server: redis://host:port/database."""
    workers: int
    """Over how many workers the hosts are spread."""
    spawn: bool
    """Whether the stage starts all workers itself; false: `python -m crawler.worker` is started by hand, each
    with its number, on machines that share the scratch folder."""


@dataclass
class CrawlConfig:
    enabled: bool
    """Whether anything is crawled; false writes an empty snapshot."""
    snapshot: str
    """Name of the snapshot: of its files, and of the scratch folder that a killed crawl goes on from."""
    watch: str
    """A file or folder; when it changes, DVC crawls again (and whenever a value of this section does)."""
    sites: dict[str, SiteConfig]
    """Name -> site. The name becomes the documents' `source`."""
    serve: str | None
    """A folder with routes.json, served on a free loopback port during the crawl; null for the web."""
    addresses: dict[str, str]
    """host:port -> address:port to connect to, or `served`. Only here may a loopback or private address stand."""
    date: str | None
    """The date in every record, 2025-01-01T00:00:00Z, so that bytes repeat; null: the time of the fetch."""
    previous: str | None
    """Folder of an older snapshot: what has not changed since is asked for conditionally and not fetched again."""
    contact: str | None
    """Address of a page, or of a mailbox, where a site's owner reaches you; needed for any crawl of the web."""
    user_agent: str
    """What the crawler calls itself; {contact} is filled in."""
    delay: float
    """Seconds between two requests to one host, at least; the web gets one second or more."""
    per_host: int
    """Requests at a time to one host: 1 or 2."""
    concurrency: int
    """Requests at a time in all."""
    autothrottle: bool
    """Whether a slow host is asked more slowly (Scrapy's AutoThrottle)."""
    max_delay: float
    """Seconds that AutoThrottle may wait at most."""
    max_crawl_delay: float
    """Seconds of Crawl-delay in robots.txt that are honoured at most."""
    retries: int
    """Further attempts at an address after a time-out, a lost connection, or status 408, 429, 500, 502, 503, 504."""
    retry_delay: float
    """Seconds before the first further attempt, doubled each time, where the host names none."""
    max_retry_after: float
    """Seconds of Retry-After that are honoured at most."""
    max_failures: int
    """A host that fails so many times in a row, all attempts counted as one, is given up."""
    timeout: float
    """Seconds for one response, from the request to its last byte."""
    max_response_bytes: int
    """Bytes of one response, also after decompression."""
    max_redirects: int
    """Redirects in a row."""
    max_url_chars: int
    """Longer addresses are not fetched."""
    max_depth: int
    """Links between a seed and a page at most."""
    max_pages: int
    """Responses of one site."""
    max_bytes: int
    """Bytes received of one site."""
    max_seconds: float
    """Seconds from the first request to a site; a crawl that goes on counts on."""
    max_per_template: int
    """Addresses of one form (digits and hashes folded) of one host."""
    max_identical: int
    """After so many bodies in a row that differ in digits only, no more addresses of that form are fetched."""
    session_parameters: list[str]
    """Names of query parameters that do not change the page, `*` at the end for any ending; taken out."""
    soft_404: list[str]
    """Regular expressions; a short page whose title or text one of them finds something in is an error page."""
    silent_sites: OnSilence
    """What to do about a site that gave no page."""
    memory_mb: int
    """Memory of a worker; above it the crawl ends in good order and can go on later."""
    warc_bytes: int
    """A WARC file that has reached this is followed by the next."""
    progress: float
    """Seconds between two lines of progress."""
    engine: CrawlEngine
    """One process, or several workers over Redis."""
    redis: RedisConfig
    """The workers; read only if engine=redis."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.snapshot):
            raise ValueError(f"crawl.snapshot is {self.snapshot!r}; it names files: letters, digits, . _ - only")
        if self.enabled and not self.sites:
            raise ValueError("crawl.sites is empty; name a site, or set crawl.enabled=false")
        if self.per_host not in (1, 2):
            raise ValueError(f"crawl.per_host is {self.per_host}; a host gets 1 or 2 requests at a time")
        if self.concurrency < 1:
            raise ValueError(f"crawl.concurrency is {self.concurrency}; at least 1")
        if self.date is not None and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", self.date):
            raise ValueError(f"crawl.date is {self.date!r}; write 2025-01-01T00:00:00Z, or null")
        self._check_limits()
        for pattern in self.soft_404:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"crawl.soft_404: {pattern!r}: {error}") from None
        for name, site in self.sites.items():
            self._check_site(name, site)

    def _check_limits(self) -> None:
        positive = (
            "timeout", "max_response_bytes", "max_url_chars", "max_pages", "max_bytes", "max_seconds",
            "max_per_template", "max_identical", "max_failures", "memory_mb", "warc_bytes", "progress",
        )  # fmt: skip
        for name in positive:
            if getattr(self, name) <= 0:
                raise ValueError(f"crawl.{name} is {getattr(self, name)}; it must be above 0")
        for name in ("delay", "max_delay", "max_crawl_delay", "retries", "retry_delay", "max_retry_after",
                     "max_redirects", "max_depth"):  # fmt: skip
            if getattr(self, name) < 0:
                raise ValueError(f"crawl.{name} is {getattr(self, name)}; it must not be negative")
        if self.redis.workers < 1:
            raise ValueError(f"crawl.redis.workers is {self.redis.workers}; at least 1")

    @staticmethod
    def _check_site(name: str, site: SiteConfig) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
            raise ValueError(f"crawl.sites: {name!r} names files: letters, digits, _ - only")
        if not site.seeds:
            raise ValueError(f"crawl.sites.{name}.seeds is empty; name at least one address")
        if not site.allow:
            raise ValueError(f"crawl.sites.{name}.allow is empty; name at least the origin of its seeds")
        for limit in ("max_pages", "max_bytes", "max_seconds"):
            value = getattr(site, limit)
            if value is not None and value <= 0:
                raise ValueError(f"crawl.sites.{name}.{limit} is {value}; it must be above 0")
        for key in ("include", "exclude"):
            for pattern in getattr(site, key):
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise ValueError(f"crawl.sites.{name}.{key}: {pattern!r}: {error}") from None
