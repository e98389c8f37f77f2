"""Describe what passes in and out of the frontier: an address found, one under way, its outcome, its origin."""

from dataclasses import dataclass, field

from crawler.addresses.roles import Role
from pipeline.contract.drop import DropReason


@dataclass(frozen=True, slots=True)
class Found:
    """An address to be fetched, or, with a reason, one that will not be."""

    key: str
    """What tells it from others; many addresses of one thread page share one."""
    url: str
    site: str
    role: Role
    depth: int
    hops: int = 0
    via: str | None = None
    reason: DropReason | None = None


@dataclass(slots=True)
class Entry:
    """A queued address on its way."""

    id: int
    key: str
    url: str
    site: str
    origin: str
    role: Role
    depth: int
    hops: int
    attempts: int
    via: str | None


@dataclass(slots=True)
class Outcome:
    """What became of an address that was fetched, or tried."""

    reason: DropReason | None = None
    measured: float | None = None
    status: int | None = None
    final_url: str | None = None
    type: str | None = None
    time: str | None = None
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    truncated: bool = False
    """The connection was lost before the end."""
    platform: str | None = None
    received: int = 0
    """Bytes, as sent."""
    fold: str | None = None
    """Fingerprint of the body without its digits; given for pages only."""
    key: str | None = None
    """Its key from now on; None: the one that it was queued under."""
    file: str | None = None
    start: int | None = None
    span: int | None = None
    """Where its records lie in the worker's file, and of what length; the response's own: offset, length."""
    offset: int | None = None
    length: int | None = None


@dataclass(slots=True)
class Spent:
    """What a site has used of its budget."""

    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Origin:
    """What is known of one origin."""

    platform: str | None = None
    traits: dict[str, str] = field(default_factory=dict)
    robots: str | None = None
    """The rules; None until they are known."""
