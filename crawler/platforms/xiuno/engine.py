"""Xiuno BBS: what its sites and pages are known by, and what reads them."""

from crawler.platforms.platform import Platform
from crawler.platforms.xiuno import addresses, pages

XIUNO = Platform(
    name="xiuno",
    site_marks="script[src*='js/xiuno.js'], .card-thread .message[isfirst], .threadlist li.thread[data-tid]",
    page_marks=".card-thread .message[isfirst], .postlist .post[data-pid] .message, .threadlist li.thread[data-tid]",
    post_marks=".card-thread .message[isfirst]",
    post_boxes=(".post[data-pid]",),
    place=addresses.place,
    owns_addresses=True,
    learn=addresses.learn,
    instead=addresses.instead,
    read=pages.read,
    first_page=pages.first_page,
)
