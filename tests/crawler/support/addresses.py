"""Addresses and pages of a forum, as its platform sees them."""

from crawler.html.links import read
from crawler.platforms.platform import Address
from crawler.platforms.registry import MARKS, PLATFORMS, recognise

BBS = "http://bbs.test"


def place(platform: str, path: str, traits: dict[str, str] | None = None) -> Address:
    return PLATFORMS[platform].place(f"{BBS}{path}", traits if traits is not None else {})


def recognised(html: str) -> str:
    """The platform that a page's marks tell."""
    return recognise(read(f"<html><head></head>{html}", "wenyuan", MARKS))
