"""MediaWiki: what its sites and pages are known by, and what reads them."""

from crawler.platforms.mediawiki import addresses, pages
from crawler.platforms.platform import Platform, no_thread

MEDIAWIKI = Platform(
    name="mediawiki",
    site_marks="body.mediawiki",
    page_marks="body.mediawiki, meta[name=generator][content^=MediaWiki]",
    generator="MediaWiki",
    post_marks="",
    post_boxes=(),
    place=addresses.place,
    owns_addresses=True,
    ends_like_files=True,
    enter=addresses.enter,
    other_versions=addresses.other_variants,
    read=pages.read,
    first_page=no_thread,
)
