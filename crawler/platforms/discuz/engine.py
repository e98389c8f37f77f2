"""Discuz!: what its sites and pages are known by, and what reads them."""

from crawler.platforms.discuz import addresses, pages
from crawler.platforms.platform import Platform

DISCUZ = Platform(
    name="discuz",
    site_marks="#nv_forum, #nv_portal, #nv_group, #append_parent, #postlist .plhin, #threadlisttableid",
    page_marks=(
        "[id^=postmessage_], .plc[id^=pid] .message, #threadlisttableid, #nv_forum,"
        " meta[name=generator][content^='Discuz! X']"
    ),
    generator="Discuz!",
    footer=r"Powered by\s*Discuz!",
    post_marks="#postlist [id^='postmessage_']",
    post_boxes=("[id^=postmessage_]", ".plc[id^=pid]", "[id^=post_]:not([id^=post_rate])"),
    reads_posts_apart=True,
    place=addresses.place,
    owns_addresses=True,
    learn=addresses.learn,
    instead=addresses.instead,
    read=pages.read,
    first_page=pages.first_page,
)
