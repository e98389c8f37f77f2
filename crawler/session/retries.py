"""Decide which answers may be errors that pass, and how long to wait before the next attempt."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.schema.crawl import CrawlConfig

TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
WHOLE_HOST = frozenset({429, 503})
"""After these the whole host is left alone for a while."""


def wait_before_next(config: CrawlConfig, attempts: int, retry_after: str) -> float:
    """Seconds until the next attempt after so many: twice as long each time, longer if the server asks for it."""
    wait = config.retry_delay * 2.0**attempts
    asked = seconds_of(retry_after)
    return wait if asked is None else max(wait, min(asked, config.max_retry_after))


def seconds_of(retry_after: str) -> float | None:
    """Retry-After in seconds, given as seconds or as a date (RFC 9110 section 10.2.3); None if it is neither."""
    text = retry_after.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
