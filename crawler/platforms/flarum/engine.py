"""Flarum: what its sites and pages are known by, and what reads them."""

from crawler.platforms.flarum import addresses, pages
from crawler.platforms.platform import JsonApi, Platform

FLARUM = Platform(
    name="flarum",
    site_marks="#flarum-content, #flarum-loading",
    page_marks="#flarum-content, #flarum-json-payload",
    generator="Flarum",
    post_marks="",
    post_boxes=(".Post-body",),
    place=addresses.place,
    owns_addresses=True,
    instead=addresses.instead,
    api=JsonApi(starts=addresses.starts, read=addresses.read_api),
    read=pages.read,
    first_page=pages.first_page,
)
