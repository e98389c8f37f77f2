"""What the metrics tell of each site, and what is said of a site without a page."""

from crawler.snapshot.account import Account
from crawler.warc.format import Capture

NOTHING = dict.fromkeys(Capture.__slots__)


def capture(url: str, site: str, reason: str | None = None, **fields) -> Capture:
    values = {"url": url, "final_url": url, "site": site, "platform": "article", "role": "page", "reason": reason}
    return Capture(**(NOTHING | values | fields))


def test_pages_reasons_statuses_and_platforms_are_counted():
    account = Account(["b", "a"], [])
    account.book(capture("http://a.test/", "a", status=200, length=10, platform="discuz"))
    account.book(capture("http://a.test/1", "a", status=304, length=5, revisit=[0, 5]))
    account.book(capture("http://a.test/2", "a", "HTTP_ERROR", status=404, length=7))
    account.book(capture("http://b.test/", "b", "ROBOTS"))
    assert account.pages == 2
    assert account.to_json() == {
        "sites": {
            "a": {"pages": 2, "compressed_bytes": 15, "reasons": {"HTTP_ERROR": 1, "kept": 2}},
            "b": {"pages": 0, "compressed_bytes": 0, "reasons": {"ROBOTS": 1}},
        },
        "statuses": {"200": 1, "304": 1, "404": 1},
        "platforms": {"article": 1, "discuz": 1},
        "revisits": 1,
    }


def test_a_site_without_a_page_tells_its_reasons_and_where_its_seeds_led():
    account = Account(["a", "b", "c"], ["http://b.test/"])
    account.book(capture("http://a.test/", "a", status=200))
    account.book(capture("http://b.test/", "b", "REDIRECT", status=302, final_url="http://c.test/"))
    assert account.silent() == {
        "b": "b gave no page (REDIRECT 1; http://b.test/: REDIRECT 302 -> http://c.test/)",
        "c": "c gave no page (no address was tried)",
    }
