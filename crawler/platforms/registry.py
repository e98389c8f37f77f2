"""Which software a site runs: named in conf, or told from its pages."""

import re

from crawler.html.links import Html
from crawler.platforms.discourse.addresses import Discourse
from crawler.platforms.discuz.addresses import Discuz
from crawler.platforms.flarum.addresses import Flarum
from crawler.platforms.mediawiki.addresses import MediaWiki
from crawler.platforms.nodebb.addresses import NodeBB
from crawler.platforms.phpbb.addresses import PhpBB
from crawler.platforms.platform import Platform
from crawler.platforms.xiuno.addresses import Xiuno

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
