"""Dates in UTC as readers see them."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.clocks import as_shown

SHOWN = "<time datetime='2024-07-06T16:00:00Z'>2024年7月7日</time>"


@pytest.mark.parametrize(
    ("date", "html", "path", "expected"),
    [
        ("2024-07-06T16:00:00Z", SHOWN, "/banjia/", "2024-07-07T00:00:00+08:00"),
        ("2024-07-06T16:30:00+00:00", "", "/2024/07/07/搬家/", "2024-07-07T00:30:00+08:00"),
        ("2024-07-06T16:00:00Z", "<time>2024-07-06</time>", "/banjia/", "2024-07-06T16:00:00Z"),
        ("2024-07-06T15:59:00Z", SHOWN, "/2024/07/07/搬家/", "2024-07-06T15:59:00Z"),
        ("2024-07-06T16:00:00+08:00", SHOWN, "/2024/07/07/搬家/", "2024-07-06T16:00:00+08:00"),
        ("2024-07-06", SHOWN, "/2024/07/07/搬家/", "2024-07-06"),
        (None, SHOWN, "/2024/07/07/搬家/", None),
    ],
)
def test_a_date_in_utc_becomes_the_day_that_the_page_shows(date, html, path, expected):
    assert as_shown(date, LexborHTMLParser(html), f"http://boke.test{path}") == expected
