"""The parts of an address that tell a platform which page it is: parameters, numbers, functions that are no pages."""

import re
from urllib.parse import parse_qsl, urlsplit

from crawler.platforms.platform import Address
from pipeline.contract.drop import DropReason


def query_of(url: str) -> dict[str, str]:
    """The query's parameters, the first of each name."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, encoding="utf-8", errors="replace")
    return dict(reversed(pairs))


def skip(url: str) -> Address:
    """A function of the software and no page."""
    return Address(url, url, reason=DropReason.NOT_CONTENT)


def number(text: str) -> int | None:
    """A number as addresses have it; None for anything else, `²` too."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def page_of(query: dict[str, str]) -> int:
    """`page=`, from 1."""
    return number(query.get("page", "")) or 1
