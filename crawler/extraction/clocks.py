"""A date that a page tells machines in UTC, as its readers see it."""

from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.dates import CHINA, find, in_url

SHOWN = 3
"""So many of the page's <time> elements are looked at; further ones are other posts'."""


def as_shown(date: str | None, tree: LexborHTMLParser, url: str) -> str | None:
    """2024-07-06T16:00:00Z is 2024-07-07T00:00:00+08:00 on a page that shows the 7th, or has it in its address: blogs
    tell other sites the one day and readers the other."""
    there = _in_china(date) if date is not None else None
    if there is None:
        return date
    shown = [in_url(urlsplit(url).path), *(find(node.text() or "") for node in tree.css("time")[:SHOWN])]
    return there if any(day is not None and day[:10] == there[:10] for day in shown) else date


def _in_china(date: str) -> str | None:
    """The moment by China's clocks; None where it is not in UTC, or on the same day."""
    if not date.endswith(("Z", "+00:00")):
        return None
    there = datetime.fromisoformat(date.replace("Z", "+00:00")).astimezone(CHINA).isoformat(timespec="seconds")
    return there if there[:10] != date[:10] else None
