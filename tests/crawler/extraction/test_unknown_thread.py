"""Threads of unknown engines: what counts as posts, and what looks like them and is something else."""

import time

from crawler.extraction.unknown_thread import posts_of
from crawler.html.render import blocks
from crawler.html.tree import parse
from tests.crawler.support.saved_pages import CONFIG

FETCHED = "2024-03-10T08:00:00Z"
LONG = "渡口的老船修了三年，今年开春终于下了水，村里人都去看，岸边站得满满当当。"


def posts(html: str) -> list[tuple[int | None, str | None, str]]:
    tree = parse(f"<html><body>{html}</body></html>", CONFIG)
    found = posts_of(tree, blocks(tree.body), FETCHED)
    return [(post.floor, post.created, post.text) for post in found]


def block(writer: str, text: str, stamp: str = "2024-03-05 20:14", title: str = "") -> str:
    head = f'<h3><a href="/t/9">{title}</a></h3>' if title else ""
    return f'<div class="b">{head}<a href="/u/{writer}">{writer}</a> <i>{stamp}</i><div class="w">{text}</div></div>'


def test_siblings_with_writer_time_and_words_are_posts():
    assert posts(block("竹筒", LONG) + block("北窗", "同去，记得带伞。", "昨天 09:30")) == [
        (None, "2024-03-05T20:14", LONG),
        (None, "2024-03-09T09:30", "同去，记得带伞。"),
    ]


def test_rows_of_an_old_table_are_posts_and_ruled_signatures_go():
    row = "<tr><td><a href=user.php?id={0}>{0}</a></td><td>{1}<p>------------<p>{0}的签名，别当真。<p>{2}楼</td></tr>"
    table = "<table>" + row.format("竹筒", LONG, 1) + row.format("北窗", "同去，记得带伞。", 2) + "</table>"
    assert posts(table) == [(1, None, LONG), (2, None, "同去，记得带伞。")]


def test_a_guest_without_a_profile_is_told_too():
    guest = '<div class="b">游客 <i>2024-03-06 07:00</i><div class="w">船叫什么名字？</div></div>'
    told = posts(block("竹筒", LONG) + block("北窗", "同去，记得带伞。") + guest)
    assert told[2] == (None, "2024-03-06T07:00", "船叫什么名字？")


def test_a_reply_that_speaks_to_a_floor_keeps_its_words():
    first = block("竹筒", LONG, "2024-03-05 20:14 1楼")
    second = block("北窗", "3楼 说得对，船底要先刮。", "2024-03-05 21:14 2楼")
    assert posts(first + second)[1] == (2, "2024-03-05T21:14", "3楼 说得对，船底要先刮。")


def test_an_article_is_no_first_post_of_its_comments():
    article = f"<div class='story'>{f'<p>{LONG}</p>' * 5}</div>"
    assert posts(article + block("竹筒", LONG) + block("北窗", LONG)) == []


def test_an_opening_post_of_another_shape_is_not_lost():
    opening = f"<div class='op'><p>{LONG}</p><p>{LONG}</p></div>"
    assert posts(opening + block("竹筒", LONG) + block("北窗", LONG)) == []


def test_a_short_article_wins_over_what_is_called_comments():
    comments = f'<div class="comments">{block("竹筒", LONG)}{block("北窗", LONG)}</div>'
    assert posts(f"<p>{LONG}</p>{comments}") == []


def test_a_list_of_teasers_is_no_thread():
    assert posts(block("竹筒", LONG, title="渡口的老船下水了") + block("北窗", LONG, title="春天的第一场集市")) == []


def test_a_board_of_titles_is_no_thread():
    assert posts(block("竹筒", "<a href=/t/1>渡口的老船</a> 12") + block("北窗", "<a href=/t/2>集市</a> 3")) == []


def test_the_months_of_one_writers_blog_are_no_thread():
    assert posts(block("竹筒", LONG) + block("竹筒", LONG)) == []


def test_a_date_of_registration_is_no_posts_time():
    user = "<p>注册：2019-04-02</p>"
    assert posts(block("竹筒", LONG, user) + block("北窗", LONG, user)) == []


def test_time_grows_with_the_page_and_not_with_its_depth():
    def seconds(html: str) -> float:
        tree = parse(f"<html><body>{html}</body></html>", CONFIG)
        start = time.perf_counter()
        posts_of(tree, blocks(tree.body), FETCHED)
        return time.perf_counter() - start

    many = "".join(block(f"人{n % 50}", LONG) for n in range(4000))
    deep = "<div>" * 300 + many + "</div>" * 300
    assert seconds(deep) < 5 * seconds(many) + 0.5
