"""Types of what a page object is given (a view of one page) and gives back: an article, a thread's page, a reason."""

from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser

from crawler.html.render import Block, blocks
from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig


@dataclass(frozen=True)  # no slots: lines are kept beside the fields
class View:
    """One decoded page; for JSON of an API `tree` is None."""

    url: str
    text: str
    tree: LexborHTMLParser | None
    fetched: str | None
    """When it was fetched: what 三天前 on the page is counted from."""
    config: ExtractConfig

    @cached_property
    def lines(self) -> list[Block]:
        """All lines that the page shows; read, not changed, by all who ask."""
        body = self.html.body
        return blocks(body) if body is not None else []

    @property
    def html(self) -> LexborHTMLParser:
        assert self.tree is not None
        return self.tree


@dataclass(frozen=True, slots=True)
class Article:
    title: str | None
    text: str
    created: str | None
    author: str | None = None
    """Read only where `extract.authors` asks for it; personal data, never part of the text."""


@dataclass(frozen=True, slots=True)
class Post:
    key: str
    """The engine's number of the post: the same on whichever page it stands."""
    floor: int | None
    """Its place in the thread, from 1, where the page says it."""
    created: str | None
    text: str
    """Empty for posts that are hidden, deleted or nothing but a quote."""
    author: str | None = None
    """As an article's."""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread."""

    thread: str
    """Address of the thread's first page."""
    number: int
    """From 1."""
    title: str | None
    posts: tuple[Post, ...]


Found = Article | ThreadPage | DropReason
