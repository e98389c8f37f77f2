"""NodeBB: what its sites and pages are known by, and what reads them."""

from crawler.platforms.nodebb import addresses, pages
from crawler.platforms.platform import JsonApi, Platform

NODEBB = Platform(
    name="nodebb",
    site_marks=(
        "script[src*='/assets/nodebb'], body[class*='page-status-'] #content, [component='brand/wrapper'],"
        " [component='topic'] [component='post'], [component='category/topic']"
    ),
    page_marks="[component='post'][data-pid], [component='category'], [component='topic']",
    generator="NodeBB",
    post_marks="[component='post'][data-pid]",  # of each deleted post it says 此主题已被删除！
    post_boxes=("[component='post']",),
    place=addresses.place,
    owns_addresses=True,
    instead=addresses.instead,
    api=JsonApi(starts=addresses.starts, read=addresses.read_api),
    read=pages.read,
    first_page=pages.first_page,
)
