"""The two forums in, their routes and what a crawl of them should give: a Discuz board and a phpBB board."""

from collections.abc import Iterable

import fanti
import luntan
from routes import Route

FORUMS = (luntan, fanti)


def pages() -> Iterable[Route]:
    return [route for forum in FORUMS for route, _ in forum.served()]


def expected() -> Iterable[dict[str, object]]:
    return [row for forum in FORUMS for row in forum.expected()]


def without() -> Iterable[dict[str, object]]:
    """Served addresses that are no document of their own, and why."""
    rows = [(route, why) for forum in FORUMS for route, why in forum.served() if why]
    return [{"url": route.url, "why": why} | ({"pattern": True} if route.pattern else {}) for route, why in rows]
