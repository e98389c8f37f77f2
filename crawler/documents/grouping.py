"""Group pages that were read: those of one thread, those of one article, and those that gave nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from crawler.extraction.page_contents import Article, ThreadPage
from crawler.extraction.paging import place, title_key
from crawler.platforms.reading import Reading
from crawler.warc.format import Capture
from pipeline.contract.drop import DropReason

Content = TypeVar("Content", Article, ThreadPage, DropReason)
ANY_ENGINE = "article"
"""The kind of a page that no engine's page object has read."""


@dataclass(frozen=True, slots=True)
class Part(Generic[Content]):
    """One page, and what was found in it."""

    capture: Capture
    reading: Reading
    found: Content


@dataclass(frozen=True, slots=True)
class Groups:
    refused: list[Part[DropReason]]
    articles: list[list[Part[Article]]]
    """The pages of each, the first one first."""
    threads: list[list[Part[ThreadPage]]]
    """The pages of each, in the order of their addresses."""


def grouped(pages: Iterable[tuple[Capture, Reading]]) -> Groups:
    """Pages belong together by their addresses; where these only suggest it, they must bear one title as well."""
    refused: list[Part[DropReason]] = []
    articles: dict[tuple[str, str], list[Part[Article]]] = defaultdict(list)
    threads: dict[tuple[str, str], list[Part[ThreadPage]]] = defaultdict(list)
    for capture, reading in pages:
        found = reading.found
        if isinstance(found, ThreadPage):
            known = reading.kind != ANY_ENGINE  # an engine's address says it all
            threads[found.thread, "" if known else title_key(found.title)].append(Part(capture, reading, found))
        elif isinstance(found, Article):
            articles[place(capture.url)[0], title_key(found.title)].append(Part(capture, reading, found))
        else:
            refused.append(Part(capture, reading, found))
    return Groups(refused, [one for parts in articles.values() for one in _split(parts)], list(threads.values()))


def _split(parts: list[Part[Article]]) -> list[list[Part[Article]]]:
    """Pages of one title at addresses that differ by a page number: one article if the first is among them."""
    parts = sorted(parts, key=lambda part: (place(part.capture.url)[1], part.capture.url))
    numbers = [place(part.capture.url)[1] for part in parts]
    titled = bool(title_key(parts[0].found.title))
    if titled and numbers[0] == 1 and len(set(numbers)) == len(numbers):
        return [parts]
    return [[part] for part in parts]


def first_address(parts: list[Part[ThreadPage]]) -> str:
    """Of a thread: as its engine writes it; where no engine is known, of the first page that was fetched."""
    if parts[0].reading.kind != ANY_ENGINE:
        return parts[0].found.thread
    return min((part.found.number, part.capture.url) for part in parts)[1]
