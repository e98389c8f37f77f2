"""Count each site's budget of pages, bytes and seconds; a site that has used one of them up is closed."""

from collections import Counter
from collections.abc import Mapping

from crawler.frontier.entries import Spent
from pipeline.schema.crawl import CrawlConfig, SiteConfig


class Budgets:
    """`spent` is what the frontier keeps of each site; its seconds are counted here."""

    def __init__(self, config: CrawlConfig, sites: Mapping[str, SiteConfig], spent: dict[str, Spent]) -> None:
        self.config, self.sites, self.spent = config, sites, spent
        self.active = Counter[str]()
        """Requests under way, by site."""
        self.closed: set[str] = set()
        """Sites whose budget is used up."""
        self._started: dict[str, tuple[float, float]] = {}
        """When the site's clock began in this run, and the seconds that were spent before."""

    def exhausted(self, site: str, now: float) -> bool:
        """Whether the site may not be asked now: its budget is used up, or will be by the requests under way."""
        spent = self.spent.setdefault(site, Spent())
        start, before = self._started.setdefault(site, (now, spent.seconds))
        spent.seconds = before + now - start
        pages, size, seconds = self._limits(self.sites[site])
        if spent.pages >= pages or spent.bytes >= size or spent.seconds >= seconds:
            self.closed.add(site)
            return True
        return spent.pages + self.active[site] >= pages

    def _limits(self, site: SiteConfig) -> tuple[int, int, float]:
        """Pages, bytes and seconds: the site's own, or the section's."""
        section = self.config
        return (
            section.max_pages if site.max_pages is None else site.max_pages,
            section.max_bytes if site.max_bytes is None else site.max_bytes,
            section.max_seconds if site.max_seconds is None else site.max_seconds,
        )
