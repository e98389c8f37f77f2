"""Pages of one thread put together."""

from crawler.documents.threads import merge
from crawler.extraction.page_contents import Post, ThreadPage


def post(key: str, floor: int | None, text: str) -> Post:
    return Post(key, floor, None, text)


def test_a_post_that_two_pages_show_stands_once_and_in_its_place():
    first = ThreadPage("t", 1, "题", (post("a", 1, "甲"), post("b", 2, "乙")))
    second = ThreadPage("t", 2, "题", (post("a", 1, "甲"), post("d", 4, "丁"), post("c", 3, "")))
    merged = merge([second, first])
    assert [(each.key, each.floor) for each in merged.posts] == [("a", 1), ("b", 2), ("d", 4)]
    assert merged.text == "甲\n\n乙\n\n丁"
    assert merged.aliases == ()


def test_a_reply_shown_on_top_of_a_page_without_floors_goes_where_it_stands_again():
    first = ThreadPage("t", 1, "题", (post("a", None, "甲"), post("d", None, "丁"), post("b", None, "乙")))
    second = ThreadPage("t", 2, "题", (post("a", None, "甲"), post("c", None, "丙"), post("d", None, "丁")))
    assert [(each.key, each.floor) for each in merge([first, second]).posts] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
        ("d", 4),
    ]
