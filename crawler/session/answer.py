"""Describe one answer of a server: as the downloader gives it, as it is read, and what was read in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crawler.frontier.entries import Found
from pipeline.contract.drop import DropReason


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


@dataclass(frozen=True, slots=True)
class Received:
    """A response as the downloader gives it."""

    status: int
    protocol: str
    headers: Sequence[tuple[str, str]]
    """In the order and spelling in which they came, bytes read as latin-1."""
    body: bytes
    ip: str | None
    lost: bool
    """The connection was lost before the end."""

    def answer(self) -> Answer:
        grouped: dict[str, list[str]] = {}
        for name, value in self.headers:
            grouped.setdefault(name.lower(), []).append(value)
        return Answer(self.status, grouped, self.body)


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
