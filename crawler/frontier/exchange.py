"""Share a crawl between workers: each host has one, and addresses found for another's host are handed to it."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from crawler.addresses.scope import Scope
from crawler.addresses.urls import hostname
from crawler.frontier.entries import Found
from pipeline.core.union_find import UnionFind

POLL_S = 0.3
"""How often a worker looks for post, at most."""


class Exchange(Protocol):
    """What a session asks of the other workers."""

    def split(self, found: Sequence[Found]) -> tuple[list[Found], list[Found]]:
        """This worker's addresses, and those of the others."""

    def send(self, found: Sequence[Found]) -> None:
        """Hand addresses to the workers they belong to."""

    def receive(self, add: Callable[[Iterable[Found]], int]) -> None:
        """Add what others found for this worker."""

    def over(self, busy: bool) -> bool:
        """Whether no worker has anything left; `busy` says whether this one has."""

    def finished(self) -> None:
        """Tell that this worker has ended well."""


class Alone:
    """One worker has all hosts."""

    def split(self, found: Sequence[Found]) -> tuple[list[Found], list[Found]]:
        return list(found), []

    def send(self, found: Sequence[Found]) -> None:
        assert not found

    def receive(self, add: Callable[[Iterable[Found]], int]) -> None:
        """There are no others."""

    def over(self, busy: bool) -> bool:
        return not busy

    def finished(self) -> None:
        """There is nobody to tell."""


def owners(scope: Scope, workers: int) -> dict[str, int]:
    """Site -> the worker that has all its hosts, so that politeness and budgets are kept in one place. Sites that
    share a host (under another port, say) go together; else they are spread by a hash of their names."""
    groups, first_of_host = UnionFind[str](), dict[str, str]()
    for at, site in sorted(scope.origins.items()):
        other = first_of_host.setdefault(hostname(at), site)
        groups.join(*sorted((groups.root(site), groups.root(other))))  # the first name is the group's
    return {site: _hash(groups.root(site)) % workers for site in scope.sites}


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
