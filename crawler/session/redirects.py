"""Follow a server that sends us on, and find what to ask for in place of an address that it refuses."""

import re
from dataclasses import replace

from crawler.addresses import robots
from crawler.addresses.roles import Role
from crawler.addresses.urls import BadAddress
from crawler.frontier.entries import Entry, Found
from crawler.platforms.platform import API, ApiState
from crawler.session.answer import Reading
from crawler.session.places import Places, Way
from pipeline.contract.drop import DropReason

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = (404.0, 410.0)
_BEYOND_ASCII = re.compile("[\x80-\xff]")
"""Bytes of a Location that is not escaped, read as latin-1; whatever encoding they are in, the server knows them."""


class Redirects:
    def __init__(self, places: Places) -> None:
        self.places, self.max_redirects = places, places.config.max_redirects

    def redirected(self, entry: Entry, location: str, reading: Reading) -> None:
        reading.reason = DropReason.REDIRECT
        try:
            target = self.places.scope.normalise.join(entry.url, _BEYOND_ASCII.sub(_escaped, location))
        except BadAddress:
            reading.final_url = location[:200]
            reading.outside += 1
            reading.rules = robots.ALLOW_ALL if entry.role is Role.ROBOTS else None
            return
        self.hop(entry, target, reading)

    def hop(self, entry: Entry, target: str, reading: Reading) -> None:
        """`found` holds the next hop, unless there were too many."""
        reading.final_url = target
        hops = entry.hops + 1
        if hops > self.max_redirects or target == entry.url:
            reading.reason, reading.measured = DropReason.TOO_MANY_REDIRECTS, float(hops)
        elif entry.role is Role.ROBOTS:
            self._hop_of_robots(entry, target, reading)
        else:
            way = Way(entry.depth, hops, entry.url, entry.role)
            reading.found += [_hop(entry, target, item) for item in self.places.place(target, reading, way)]

    def _hop_of_robots(self, entry: Entry, target: str, reading: Reading) -> None:
        site, hops = self.places.scope.site(target), entry.hops + 1
        if site is None:  # RFC 9309 section 2.3.1.2: rules that cannot be had are none
            reading.rules, reading.outside = robots.ALLOW_ALL, 1
            return
        key = robots.key_of(robots.asking_origin(entry.key), hops)
        reading.found = [Found(key, target, site, Role.ROBOTS, 0, hops, entry.url)]

    def refused(self, entry: Entry, reading: Reading) -> None:
        """Another address for a page that was refused: of an API that has never answered the HTML page, and further
        topics are asked for as HTML at once; of a page that is not there its other form, if it has one."""
        traits = self.places.known(entry.origin).traits
        if entry.role is Role.API:
            if traits.get(API) == ApiState.WORKS:
                return
            traits[API] = ApiState.REFUSED
        elif entry.role is not Role.PAGE or reading.measured not in _GONE:
            return
        reading.found += self._instead(entry, reading)

    def forbidden(self, entry: Entry) -> list[Found]:
        """What to ask for where robots.txt forbids an address of the API: the page that it stands for; and further
        topics are asked for as HTML at once."""
        if entry.role is not Role.API:
            return []
        self.places.known(entry.origin).traits[API] = ApiState.REFUSED
        return self._instead(entry, Reading())

    def _instead(self, entry: Entry, reading: Reading) -> list[Found]:
        page = self.places.platform(entry.origin).instead(entry.url)
        if page is None or entry.hops >= self.max_redirects:
            return []
        way = Way(entry.depth, entry.hops + 1, entry.url, Role.PAGE)
        placed = self.places.place(page, reading, way)
        return [replace(item, key=_next_key(entry, item), role=Role.PAGE) for item in placed]


def _hop(entry: Entry, target: str, item: Found) -> Found:
    """The next hop; the server may want the page under another of its addresses: with its title in it, say."""
    if item.key != entry.key:
        return item
    return replace(item, key=_next_key(entry, item), url=target if item.url == entry.url else item.url)


def _next_key(entry: Entry, item: Found) -> str:
    """A key of its own for a further address of the same page."""
    return f"{entry.key}|{item.hops}" if item.key == entry.key else item.key


def _escaped(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
