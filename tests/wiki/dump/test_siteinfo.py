"""The addresses of a wiki's pages, from what its head says of the main page's."""

import pytest

from pipeline.wiki.dump.siteinfo import SiteInfo


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://zh.wikipedia.org/wiki/Wikipedia:首页", "https://zh.wikipedia.org/wiki/"),
        ("http://localhost/w/index.php/%E9%A6%96%E9%A1%B5", "http://localhost/w/index.php/"),
        ("http://localhost/index.php?title=首页", "http://localhost/index.php?title="),
        ("http://localhost/w/index.php?action=view&title=首页", "http://localhost/w/index.php?action=view&title="),
        ("https://wiki.example.org/首页", "https://wiki.example.org/"),
        ("https://example.org/wiki/index.php/首页", "https://example.org/wiki/index.php/"),
        ("https://example.org/wiki/index.php?title=首页", "https://example.org/wiki/index.php?title="),
    ],
)
def test_addresses_are_built_like_the_main_pages(base, url):
    site = SiteInfo("", "", base, "zh", "", {})
    assert site.url("C++ (语言)/历史?") == url + "C%2B%2B_(%E8%AF%AD%E8%A8%80)/%E5%8E%86%E5%8F%B2%3F"
