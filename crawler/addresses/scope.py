"""Decide which addresses belong to which site, and whether one may be fetched at all."""

import ipaddress
import re
from collections.abc import Mapping

from crawler.addresses.urls import BadAddress, Normaliser, host_port, origin
from pipeline.core.errors import ConfigError
from pipeline.schema.crawl import CrawlConfig, SiteConfig

LIVE_MIN_DELAY = 1.0
SERVED = "served"
_CONTACT = re.compile(r"https?://[^\s/]+\.\S+|(?:mailto:)?[^@\s]+@[^@\s]+\.[^@\s]+")


class Scope:
    """The allow-list: exact origins, each of one site, with the site's patterns."""

    def __init__(self, config: CrawlConfig) -> None:
        """ConfigError names the key: no origin, an origin of two sites, a seed outside its site's origins."""
        self.sites: Mapping[str, SiteConfig] = config.sites
        self.normalise = Normaliser(config.session_parameters, config.max_url_chars)
        self.origins: dict[str, str] = {}
        self.seeds: list[tuple[str, str]] = []
        self._include: dict[str, re.Pattern[str] | None] = {}
        self._exclude: dict[str, re.Pattern[str] | None] = {}
        for name, site in config.sites.items():
            self._add(name, site)

    def _add(self, name: str, site: SiteConfig) -> None:
        self._include[name] = _any_of(site.include)
        self._exclude[name] = _any_of(site.exclude)
        for text in site.allow:
            try:
                url = self.normalise(text)
            except BadAddress as error:
                raise ConfigError(f"crawl.sites.{name}.allow: {text!r}: {error}") from None
            if not url.endswith("/") or origin(url) + "/" != url:
                raise ConfigError(f"crawl.sites.{name}.allow: {text!r} is no origin; write scheme://host or …:port")
            other = self.origins.setdefault(origin(url), name)
            if other != name:
                raise ConfigError(f"crawl.sites: {text!r} stands in {other} and in {name}; an origin has one site")
        for text in site.seeds:
            try:
                url = self.normalise(text)
            except BadAddress as error:
                raise ConfigError(f"crawl.sites.{name}.seeds: {text!r}: {error}") from None
            if self.site(url) != name:
                allowed = ", ".join(site.allow)
                raise ConfigError(f"crawl.sites.{name}.seeds: {text!r} lies outside its allow-list ({allowed})")
            if self.excluded(name, url):
                raise ConfigError(
                    f"crawl.sites.{name}.seeds: {text!r} is left out by its include or exclude patterns"
                )
            self.seeds.append((name, url))

    def site(self, url: str) -> str | None:
        """The site that a normalised address belongs to; None if it may not be fetched."""
        return self.origins.get(origin(url))

    def excluded(self, site: str, url: str) -> bool:
        include, exclude = self._include[site], self._exclude[site]
        return (include is not None and not include.search(url)) or (
            exclude is not None and bool(exclude.search(url))
        )


def user_agent(config: CrawlConfig) -> str:
    """The User-Agent that we send, with how to reach us filled in."""
    return config.user_agent.format(contact=config.contact or "loopback only")


def check(config: CrawlConfig) -> Scope:
    """The scope of a configuration that may be run; ConfigError says what to set."""
    scope = Scope(config)
    try:
        config.user_agent.format(contact=config.contact)
    except (KeyError, IndexError, ValueError) as error:
        raise ConfigError(f"crawl.user_agent: only {{contact}} is filled in: {error!r}") from None
    _check_addresses(config)
    live = sorted(o for o in scope.origins if host_port(o) not in config.addresses)
    if live:
        _check_live(config, live[0])
    return scope


def _check_addresses(config: CrawlConfig) -> None:
    for key, address in config.addresses.items():
        if not re.fullmatch(r"[^:/\s]+:\d+|\[[0-9a-fA-F:]+\]:\d+", key):
            raise ConfigError(f"crawl.addresses: {key!r}: write host:port")
        if address == SERVED:
            if config.serve is None:
                raise ConfigError(f"crawl.addresses.{key} is `served`, but crawl.serve names no folder")
        elif not _is_address(address):
            raise ConfigError(f"crawl.addresses.{key}: {address!r}: write address:port, the address in digits")


def _check_live(config: CrawlConfig, origin: str) -> None:
    """`origin` is of the web, not of this machine: its owner must be able to reach us, and we must be slow."""
    if not config.contact:
        raise ConfigError(
            f"crawl.contact has no value; a crawl of {origin} must tell its owner how to reach you: "
            "the address of a page or a mailbox"
        )
    if not _CONTACT.fullmatch(config.contact):
        raise ConfigError(f"crawl.contact is {config.contact!r}; write https://… or name@host")
    if "{contact}" not in config.user_agent:
        raise ConfigError("crawl.user_agent must hold {contact}, so that a site's owner can reach you")
    if config.delay < LIVE_MIN_DELAY:
        raise ConfigError(
            f"crawl.delay is {config.delay}; the web ({origin}) gets {LIVE_MIN_DELAY:g} second or more a request"
        )


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return port.isdecimal() and 0 < int(port) < 65536


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None
