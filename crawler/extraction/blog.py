"""Read a post of Hexo, WordPress, Typecho, Hugo and their like by the names that their themes give its body.

The general way finds most of them. The body's name leaves out what themes write around it in whole sentences (licence
boxes, neighbours, the author's card), tells a post from a list of posts, and the post's heading from the blog's.
"""

from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction import article
from crawler.extraction.furniture import trimmed
from crawler.extraction.main_content import LINK_SHARE, goodness
from crawler.extraction.page_contents import Article, Found, View
from crawler.extraction.post_text import classes, one_line, skipping
from crawler.html.render import Block, blocks
from pipeline.contract.drop import DropReason
from pipeline.text.folding import letters_only

BODIES = (
    # Hexo: Volantis, NexT, Landscape, Butterfly, Fluid and Redefine, Stellar, Matery
    "#post-body",
    ".post-body",
    ".article-entry",
    "#article-container",
    ".markdown-body",
    "article.md-text.content",
    "#articleContent",
    # WordPress and what follows it
    ".wp-block-post-content",
    ".entry-content",
    ".entry .content",
    # Typecho, Hugo, Jekyll, Ghost, Halo
    ".gh-content",
    ".e-content",
    ".post-content",
    ".article-content",
    ".article.article-content",
    "article.article .content",
    "[itemprop~=articleBody]",
)
"""Selectors of a post's body, the surest first."""
_GENERATORS = ("Hexo", "WordPress", "Hugo", "Typecho", "Jekyll", "Ghost", "Halo")
MARKS = ", ".join(
    [
        *(f"meta[name=generator][content^={name}]" for name in _GENERATORS),
        "link[href*='/wp-content/'], body.single-post, body.wp-singular",
    ]
)
_TITLES = (
    "h1[itemprop~=headline], h1.post-title, h1.article-title, h1.entry-title, h1.wp-block-post-title, h1.p-name",
    "#seo-header, .post-title, .article-title, .entry-title, [itemprop~=headline]",
)
_LOCKED = ".post-password-form, #hexo-blog-encrypt"
_NAMES = (
    # of the post's headings, notes and code
    "headerlink header-anchor heading-anchor anchorjs-link footnote-backref highlight-tools toc post-toc "
    # about the post
    "toc-container post-copyright copyright article-licensing license-box post-license post-reward reward post-meta "
    "entry-meta article-meta post-tags article-tags screen-reader-text sr-only visually-hidden more-link read-more "
    # to other pages
    "post-nav post-navigation page-links post-nav-links page-nav-post sharedaddy addtoany_content jp-relatedposts "
    "related-posts yarpp-related wp-block-post-comments wp-block-comments"
)
_LEFT_OUT = skipping(frozenset(_NAMES.split()), frozenset(("nav", "aside", "footer", "button", "select", "menu")))
_SINGLES = frozenset(("single", "page", "singular"))
_LISTS = frozenset(("blog", "archive", "search", "category", "tag", "author", "date"))
"""WordPress names the kind of a page in its body's classes."""
_WORDPRESS = "/wp-includes/"
MAIN_SHARE = 0.5
"""A body that holds less of the text that the general way finds is a part of the page."""
CARDS = 2
CARD_SHARE = 0.6
"""So many bodies, none of which has this much of their text, are a list of posts."""


def read(view: View) -> Found:
    """The post; by the general way where no body holds most of the page's text."""
    tree = view.html
    reason = _why_none(view)
    if reason is not None:
        return reason
    posts = [trimmed(blocks(node, _LEFT_OUT)) for node in _bodies(tree)]
    weights = [_good(lines) for lines in posts]
    if len(posts) >= CARDS and max(weights) < CARD_SHARE * sum(weights):
        return DropReason.INDEX_PAGE
    weight = max(weights, default=0.0)
    body = posts[weights.index(weight)] if posts else []
    found = article.read(view, lambda general: _better(body, weight, general))
    return replace(found, title=_title(tree) or found.title) if isinstance(found, Article) else found


def _why_none(view: View) -> DropReason | None:
    """Why the page is no post, as its theme's marks say."""
    tree = view.html
    names = classes(tree.body.attributes) if tree.body is not None else frozenset()
    if "error404" in names:
        return DropReason.SOFT_404
    if tree.css_first(_LOCKED) is not None:
        return DropReason.LOGIN_WALL
    if names & _LISTS and not names & _SINGLES and _WORDPRESS in view.text:
        return DropReason.INDEX_PAGE
    return None


def _better(body: list[Block], weight: float, general: list[Block]) -> list[Block]:
    """The body's lines, none if it is a list of links; those of the general way if it is but a part of the page."""
    if not body or weight < MAIN_SHARE * _good(general):
        return general
    links = sum(block.links for block in body)
    return body if links <= LINK_SHARE * sum(len(block.text) for block in body) else []


def _bodies(tree: LexborHTMLParser) -> list[LexborNode]:
    """The bodies of the surest name that the page has, without those inside others."""
    for selector in BODIES:
        nodes = tree.css(selector)
        if nodes:
            known = {node.mem_id for node in nodes}
            return [node for node in nodes if not _is_inside(node, known)]
    return []


def _is_inside(node: LexborNode, known: set[int]) -> bool:
    above = node.parent
    while above is not None and above.mem_id not in known:
        above = above.parent
    return above is not None


def _good(lines: list[Block]) -> float:
    return sum(goodness(block) for block in lines)


def _title(tree: LexborHTMLParser) -> str | None:
    """The post's heading, of those that <title> or og:title contains."""
    told = tree.css_first("meta[property='og:title']")
    head = tree.css_first("head title, title")
    known = f"{told.attributes.get('content') if told is not None else ''} {head.text() if head is not None else ''}"
    for selector in _TITLES:
        for node in tree.css(selector):
            title = one_line(node)
            if title and letters_only(title) and letters_only(title) in letters_only(known):
                return title
    return None
