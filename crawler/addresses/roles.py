"""Name the role of an address: a page, or one of the files that lead to pages."""

from enum import StrEnum


class Role(StrEnum):
    """What an address is fetched as. The values stand in the frontier's database and in the manifest."""

    PAGE = "page"
    API = "api"
    """JSON of a platform's API."""
    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"


LISTINGS = frozenset({Role.SITEMAP, Role.FEED})
"""Files that are lists of addresses."""
