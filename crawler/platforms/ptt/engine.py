"""PTT: what its pages are known by, and what reads them."""

from crawler.platforms.platform import Platform
from crawler.platforms.ptt import addresses, pages
from crawler.platforms.ptt.posts import MAIN

_LISTS = ".r-list-container .r-ent .nrec, .b-list-container .b-ent .board-name, .m-ent .title a[href^='/man/']"

PTT = Platform(
    name="ptt",
    site_marks=f"#topbar-container #topbar #logo[href='/bbs/'], {MAIN}, {_LISTS}, {pages.GATE}",
    page_marks=f"{MAIN}, {_LISTS}, {pages.GATE}",
    post_marks=f"{MAIN} .article-metaline, {MAIN} .push",
    post_boxes=(MAIN,),  # pushes are read in one walk over its children, and an article may have 1,500
    place=addresses.place,
    owns_addresses=True,
    read=pages.read,
    first_page=pages.first_page,
)
