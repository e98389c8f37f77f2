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
from crawler.spiders.xiuno import Xiuno

ARTICLE = Platform()
ENGINES = (Discuz(), PhpBB(), NodeBB(), Flarum(), MediaWiki(), Discourse(), Xiuno())
"""In the order in which their marks are looked for."""
PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (ARTICLE, *ENGINES)}
MARKS = {platform.name: platform.marks for platform in ENGINES}
POSTS = "posts"
POST_MARKS = {
    POSTS: "[component='post'][data-pid], #postlist [id^='postmessage_'], body#phpbb .postbody .content,"
    " .crawler-post, .card-thread .message[isfirst]"
}
"""Of pages with posts. They are no error pages, whatever stands in them: NodeBB says of each deleted post in Chinese
that `此主题已被删除！`."""


def recognise(page: Html) -> str:
    """The platform's name; `article` if the page bears no engine's mark."""
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
