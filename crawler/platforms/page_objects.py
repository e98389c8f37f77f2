"""Which page object reads a page: that of the site's platform, else that of the engine whose marks the page bears."""

from typing import Protocol

from crawler.extraction import article, blog
from crawler.extraction.page_contents import Found, View
from crawler.extraction.paging import place
from crawler.platforms.discourse import pages as discourse
from crawler.platforms.discuz import pages as discuz
from crawler.platforms.flarum import pages as flarum
from crawler.platforms.mediawiki import pages as mediawiki
from crawler.platforms.nodebb import pages as nodebb
from crawler.platforms.phpbb import pages as phpbb
from crawler.platforms.xiuno import pages as xiuno

ARTICLE, BLOG = "article", "blog"


class Engine(Protocol):
    """What an engine's file must say."""

    @property
    def MARKS(self) -> str:  # noqa: N802
        """CSS selectors that only the engine's own templates match."""

    def read(self, view: View) -> Found:
        """What a page holds; JSON of the API if `view.tree` is None, which only those in JSON_READERS are given."""

    def first_page(self, url: str) -> str | None:
        """The address of the first page of the thread, one for all its pages; None for what is no thread's."""


ENGINES: dict[str, Engine] = {
    "discuz": discuz,
    "phpbb": phpbb,
    "discourse": discourse,
    "nodebb": nodebb,
    "flarum": flarum,
    "mediawiki": mediawiki,
    "xiuno": xiuno,
}
"""In the order in which their marks are looked for."""
JSON_READERS = frozenset(("discourse", "flarum", "nodebb"))


def engine_of(platform: str, view: View) -> str:
    """The name of the page object for a page of a site of this platform."""
    if platform != ARTICLE or view.tree is None:
        return platform
    found = (name for name, engine in ENGINES.items() if view.html.css_first(engine.MARKS) is not None)
    return next(found, BLOG if view.html.css_first(blog.MARKS) is not None else ARTICLE)


def read(name: str, view: View) -> Found:
    match name:
        case "article":
            return article.read(view)
        case "blog":
            return blog.read(view)
    return ENGINES[name].read(view)


def thread_of(platform: str, url: str) -> str:
    """The first page of the thread or article that an address may belong to, told from the address alone."""
    engines = (ENGINES[platform],) if platform in ENGINES else ENGINES.values()
    return next(filter(None, (engine.first_page(url) for engine in engines)), place(url)[0])
