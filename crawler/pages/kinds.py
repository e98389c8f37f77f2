"""What a page object is given, and what it gives back."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig


@dataclass(frozen=True, slots=True)
class View:
    """One decoded page; for JSON of an API `tree` is None."""

    url: str
    text: str
    tree: LexborHTMLParser | None
    fetched: str | None
    """When it was fetched: what 三天前 on the page is counted from."""
    config: ExtractConfig

    @property
    def html(self) -> LexborHTMLParser:
        assert self.tree is not None
        return self.tree


@dataclass(frozen=True, slots=True)
class Article:
    title: str | None
    text: str
    created: str | None


@dataclass(frozen=True, slots=True)
class Post:
    key: str
    """The engine's number of the post: the same on whichever page it stands."""
    floor: int | None
    """Its place in the thread, from 1, where the page says it."""
    created: str | None
    text: str
    """Empty for posts that are hidden, deleted or nothing but a quote."""


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
