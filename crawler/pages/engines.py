"""Which page object reads a page: that of the site's platform, else that of the engine whose marks the page bears."""

import re
from collections.abc import Callable

from crawler.pages import article, discourse, discuz, flarum, mediawiki, nodebb, phpbb
from crawler.pages.kinds import Found, View

READERS: dict[str, Callable[[View], Found]] = {
    "article": article.read,
    "discourse": discourse.read,
    "discuz": discuz.read,
    "flarum": flarum.read,
    "mediawiki": mediawiki.read,
    "nodebb": nodebb.read,
    "phpbb": phpbb.read,
}
_FIRST_PAGES: dict[str, Callable[[str], str | None]] = {
    "discourse": discourse.first_page,
    "discuz": discuz.first_page,
    "flarum": flarum.first_page,
    "nodebb": nodebb.first_page,
    "phpbb": phpbb.first_page,
}
_MARKS = (
    ("discuz", "#postlist [id^=postmessage_], .plc[id^=pid] .message, #threadlisttableid, #nv_forum"),
    ("phpbb", "body#phpbb, div.post[id^=p] .postbody .content, td .postbody"),
    ("discourse", ".crawler-post, meta#data-discourse-setup, meta[name=generator][content^=Discourse]"),
    ("nodebb", "[component='post'][data-pid], [component='category'], [component='topic']"),
    ("flarum", "#flarum-content, #flarum-json-payload"),
    ("mediawiki", "body.mediawiki, meta[name=generator][content^=MediaWiki]"),
)
_SOME_MARK = re.compile(
    r"postmessage_|threadlisttableid|nv_forum|class=.plc|phpbb|postbody|[Dd]iscourse|crawler-post|component=|flarum|mediawiki",
    re.IGNORECASE,
)


def engine_of(platform: str, view: View) -> str:
    """The name of the page object for a page of a site of this platform."""
    if platform != "article" or view.tree is None or not _SOME_MARK.search(view.text):
        return platform
    return next((name for name, selector in _MARKS if view.html.css_first(selector) is not None), "article")


def thread_of(platform: str, url: str) -> str | None:
    """The first page of the thread that an address belongs to, told from the address alone; None if to none."""
    names = [platform] if platform in _FIRST_PAGES else _FIRST_PAGES if platform == "article" else ()
    for name in names:
        first = _FIRST_PAGES[name](url)
        if first is not None:
            return first
    return None
