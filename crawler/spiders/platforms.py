"""Which software a site runs: named in conf, or told from its pages."""

import re

from crawler.spiders.discourse import Discourse
from crawler.spiders.discuz import Discuz
from crawler.spiders.flarum import Flarum
from crawler.spiders.html import Html
from crawler.spiders.mediawiki import MediaWiki
from crawler.spiders.nodebb import NodeBB
from crawler.spiders.phpbb import PhpBB
from crawler.spiders.platform import Platform

ARTICLE = Platform()
PLATFORMS: dict[str, Platform] = {
    platform.name: platform for platform in (ARTICLE, Discuz(), PhpBB(), Discourse(), NodeBB(), Flarum(), MediaWiki())
}
MARKS = {
    "discuz": "#nv_forum, #nv_portal, #nv_group, #append_parent, #postlist .plhin, #threadlisttableid",
    "phpbb": "body#phpbb, body[class*='section-viewtopic'], body[class*='section-viewforum'],"
    " #page-body .topiclist, #page-body .postbody",
    "nodebb": "script[src*='/assets/nodebb'], body[class*='page-status-'] #content, [component='brand/wrapper'],"
    " [component='topic'] [component='post'], [component='category/topic']",
    "flarum": "#flarum-content, #flarum-loading",
    "mediawiki": "body.mediawiki",
    "discourse": "meta#data-discourse-setup, #data-preloaded, body > #main-outlet.wrap[role='main']",
}
"""CSS selectors of marks that each engine's own templates leave."""
_GENERATORS = (
    (re.compile(r"Discuz!", re.I), "discuz"),
    (re.compile(r"Discourse", re.I), "discourse"),
    (re.compile(r"MediaWiki", re.I), "mediawiki"),
    (re.compile(r"phpBB", re.I), "phpbb"),
    (re.compile(r"NodeBB", re.I), "nodebb"),
    (re.compile(r"Flarum", re.I), "flarum"),
)
_FOOTERS = (
    (re.compile(r"Powered by\s*Discuz!", re.I), "discuz"),
    (re.compile(r"Powered by phpBB|phpBB®? Forum Software", re.I), "phpbb"),
)


def recognise(page: Html) -> str:
    """The platform's name; `article` if the page bears no engine's mark."""
    for pattern, name in _GENERATORS:
        if pattern.search(page.generator):
            return name
    for name in MARKS:
        if name in page.ids:
            return name
    for pattern, name in _FOOTERS:
        if pattern.search(page.visible) or pattern.search(page.title):
            return name
    return ARTICLE.name
