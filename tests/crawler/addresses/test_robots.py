"""robots.txt: what it allows, and what its absence or failure means."""

import pytest

from crawler.addresses.robots import Policy, text_of

RULES = """\
User-agent: *
Disallow: /neibu/
Disallow: /*?preview=
Disallow: /*.pdf$
Allow: /neibu/gonggao.html
Crawl-delay: 2.5
Sitemap: https://a.test/sitemap.xml

User-agent: badbot
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True), ("/neibu/", False), ("/neibu/x.html", False), ("/neibu/gonggao.html", True),
        ("/a?preview=1", False),
        ("/a?x=1&preview=1", True), ("/a.pdf", False), ("/a.pdf.html", True), ("/%6Eeibu/x", False),
    ],
)  # fmt: skip
def test_wildcards_ends_and_the_longest_match(path, allowed):
    assert Policy(RULES, "wenyuan").allows(f"https://a.test{path}") is allowed


def test_a_group_for_us_stands_before_the_one_for_all():
    rules = RULES + "\nUser-agent: Wenyuan\nDisallow: /only-us/\n"
    assert Policy(rules, "wenyuan").allows("https://a.test/neibu/x.html") is True
    assert Policy(rules, "wenyuan").allows("https://a.test/only-us/") is False


def test_crawl_delay_request_rate_and_sitemaps():
    assert Policy(RULES, "wenyuan").crawl_delay == 2.5
    assert Policy("User-agent: *\nRequest-rate: 1/10\n", "wenyuan").crawl_delay == 10
    assert Policy("User-agent: *\nCrawl-delay: bald\n", "wenyuan").crawl_delay == 0
    assert Policy("Sitemap: /s.xml\n" + RULES, "wenyuan").sitemaps("https://a.test/robots.txt") == [
        "https://a.test/s.xml",
        "https://a.test/sitemap.xml",
    ]


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(200, False), (404, True), (401, True), (500, False), (503, False), (429, False), (None, False)],
)
def test_no_rules_allow_all_and_a_failing_server_allows_nothing(status, allowed):
    text = text_of(status, RULES.encode())
    assert Policy(text, "wenyuan").allows("https://a.test/neibu/x.html") is allowed


def test_a_byte_order_mark_and_chinese_comments_do_no_harm():
    text = text_of(200, b"\xef\xbb\xbf" + "# 内部资料\nUser-agent: *\nDisallow: /内部/\n".encode())
    assert Policy(text, "wenyuan").allows("https://a.test/%E5%86%85%E9%83%A8/x") is False
    gbk = text_of(200, "# 内部资料\nUser-agent: *\nDisallow: /x/\n".encode("gbk"))
    assert Policy(gbk, "wenyuan").allows("https://a.test/x/") is False
