"""Every engine that is known: which software a site runs, which page object reads a page, what thread it is of."""

import re
from collections.abc import Callable

from crawler.extraction import article, blog
from crawler.extraction.page_contents import Found, View
from crawler.extraction.paging import place
from crawler.html.links import Html
from crawler.platforms.discourse.engine import DISCOURSE
from crawler.platforms.discuz.engine import DISCUZ
from crawler.platforms.flarum.engine import FLARUM
from crawler.platforms.mediawiki.engine import MEDIAWIKI
from crawler.platforms.nodebb.engine import NODEBB
from crawler.platforms.phpbb.engine import PHPBB
from crawler.platforms.platform import Platform, as_it_is, no_thread
from crawler.platforms.ptt.engine import PTT
from crawler.platforms.xiuno.engine import XIUNO

ENGINES = (
    DISCUZ,
    PHPBB,
    DISCOURSE,
    NODEBB,
    FLARUM,
    MEDIAWIKI,
    XIUNO,
    PTT,
)
"""In the order in which their marks and addresses are looked for: the first that matches is it."""


ARTICLE = Platform(
    name="article",
    site_marks="",
    page_marks="",
    post_marks="",
    post_boxes=(),
    place=as_it_is,
    read=article.read,
    first_page=no_thread,
)
"""A site of no known software: addresses as they are, links and nothing else."""
PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (ARTICLE, *ENGINES)}
BLOG = "blog"
"""The page object for a site of no known software whose page bears the marks of a blog."""
_READERS: dict[str, Callable[[View], Found]] = {name: each.read for name, each in PLATFORMS.items()} | {
    BLOG: blog.read
}
MARKS = {platform.name: platform.site_marks for platform in ENGINES}
POSTS = "posts"
POST_MARKS = {POSTS: ", ".join(platform.post_marks for platform in ENGINES if platform.post_marks)}


def recognise(page: Html) -> str:
    """The name of the platform of the site that a page is of; `article` if the page bears no engine's mark."""
    for platform in ENGINES:
        if platform.generator and platform.generator.lower() in page.generator.lower():
            return platform.name
    for platform in ENGINES:
        if platform.name in page.ids:
            return platform.name
    for platform in ENGINES:
        if platform.footer and re.search(platform.footer, f"{page.visible}\n{page.title}", re.IGNORECASE):
            return platform.name
    return ARTICLE.name


def page_object_of(platform: str, view: View) -> str:
    """The name of the page object for a page: the site's platform, else the engine whose marks the page bears."""
    if platform != ARTICLE.name or view.tree is None:
        return platform
    found = (engine.name for engine in ENGINES if view.html.css_first(engine.page_marks) is not None)
    return next(found, BLOG if view.html.css_first(blog.MARKS) is not None else ARTICLE.name)


def read(page_object: str, view: View) -> Found:
    """What the page object of this name reads in a page."""
    return _READERS[page_object](view)


def thread_of(platform: str, url: str) -> str:
    """The first page of the thread or article that an address may belong to, told from the address alone."""
    known = PLATFORMS.get(platform, ARTICLE)
    engines = ENGINES if known is ARTICLE else (known,)
    return next(filter(None, (engine.first_page(url) for engine in engines)), place(url)[0])
