"""Discourse: what its sites and pages are known by, and what reads them."""

from crawler.platforms.discourse import addresses, pages
from crawler.platforms.platform import JsonApi, Platform

DISCOURSE = Platform(
    name="discourse",
    site_marks="meta#data-discourse-setup, #data-preloaded, body > #main-outlet.wrap[role='main']",
    page_marks=".crawler-post, meta#data-discourse-setup, meta[name=generator][content^=Discourse]",
    generator="Discourse",
    post_marks=".crawler-post",
    post_boxes=(".crawler-post",),
    place=addresses.place,
    owns_addresses=True,
    instead=addresses.instead,
    api=JsonApi(starts=addresses.starts, read=addresses.read_api),
    read=pages.read,
    first_page=pages.first_page,
)
