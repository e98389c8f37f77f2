"""phpBB: what its sites and pages are known by, and what reads them."""

from crawler.platforms.phpbb import addresses, pages
from crawler.platforms.platform import Platform

PHPBB = Platform(
    name="phpbb",
    site_marks=(
        "body#phpbb, body[class*='section-viewtopic'], body[class*='section-viewforum'],"
        " #page-body .topiclist, #page-body .postbody, a.topictitle[href*='viewtopic.php'],"
        " a.forumlink[href*='viewforum.php'], a.maintitle[href*='viewtopic.php']"
    ),
    page_marks="body#phpbb, div.post[id^=p] .postbody .content, td .postbody",
    generator="phpBB",
    footer="Powered by phpBB|phpBB®? Forum Software",
    post_marks="body#phpbb .postbody .content",
    post_boxes=("div.post[id^=p]", "a[name]"),
    place=addresses.place,
    owns_addresses=True,
    read=pages.read,
    first_page=pages.first_page,
)
