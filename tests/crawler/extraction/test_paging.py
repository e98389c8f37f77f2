"""Texts shown on several pages: addresses that differ by a page number, one title, each line once."""

import json

import pytest

from crawler.extract import STAGE, run
from crawler.extraction.paging import join, place, title_key
from pipeline.core.stage import main
from tests.crawler.test_extract import HEAD, params, write_snapshot  # noqa: F401
from tests.crawler.test_sample import table

HOST = "http://wen.test"


@pytest.mark.parametrize(
    ("address", "first", "number"),
    [
        ("/a/123_2.html", "/a/123.html", 2),
        ("/c/2024-03/05/c_1128_13.shtml", "/c/2024-03/05/c_1128.shtml", 13),
        ("/renjia/shujia/3/", "/renjia/shujia/", 3),
        ("/renjia/shujia/page/3", "/renjia/shujia/", 3),
        ("/view.php?id=7&page=2", "/view.php?id=7", 2),
        ("/view.php?page=1&id=%B4%AC", "/view.php?id=%B4%AC", 1),
        ("/article-12-2.html", "/article-12-1.html", 2),
        ("/a/123.html", "/a/123.html", 1),
        ("/a/123_1.html", "/a/123_1.html", 1),
        ("/a/c_1128131415.html", "/a/c_1128131415.html", 1),
        ("/2024/03/05/", "/2024/03/05/", 1),
        ("/?p=1700", "/?p=1700", 1),
        ("/view.php?id=7&page=next", "/view.php?id=7&page=next", 1),
    ],
)
def test_an_address_tells_which_page_of_a_text_it_is(address, first, number):
    assert place(HOST + address) == (HOST + first, number)


@pytest.mark.parametrize("title", ["渡船记（2）", "渡船记 (第2页)", "渡船记(2/3)", "渡船记 第 2 页", "渡船记"])
def test_titles_of_a_texts_pages_are_one(title):
    assert title_key(title) == "渡船记"


def test_a_number_in_a_title_is_no_page():
    assert title_key("渡船记二") != title_key("渡船记") != title_key("渡船记2024")


def test_lines_around_the_text_are_kept_once():
    pages = ["编者按\n一\n二\n完", "编者按\n三\n一\n四\n完", "编者按\n完"]
    assert join(pages) == ["编者按\n一\n二\n完", "三\n一\n四", ""]


def page(title: str, *lines: str) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (HEAD.format(title=title) + f"<h1>{title}</h1><div>{body}</div></body></html>").encode()


def lines(what: str) -> list[str]:
    return [
        f"第{number}段，船过了第{number}个弯，岸上的{what}就换了一样，水声也变了调。" for number in "一二三四五六七八"
    ]


LINES, TOWERS, BRIDGES = lines("灯"), lines("灯塔"), lines("桥")
NOTE = "本文原载《河上》，经作者同意在这里刊出，文字略有改动。"


def test_an_article_on_three_pages_is_one_document(tmp_path, params):  # noqa: F811
    site = {
        f"{HOST}/a/9.html": page("渡船记", NOTE, *LINES[:3]),
        f"{HOST}/a/9_2.html": page("渡船记（2）", NOTE, *LINES[3:6]),
        f"{HOST}/a/9_3.html": page("渡船记（3）", NOTE, *LINES[6:]),
        f"{HOST}/a/9_4.html": page("渡船记（4）", NOTE, *LINES[:3]),
        f"{HOST}/b/8.html": page("灯塔记", *TOWERS[:3]),
        f"{HOST}/b/8_2.html": page("渔火", *TOWERS[3:]),
        f"{HOST}/c/7_2.html": page("桥", *BRIDGES[:3]),
        f"{HOST}/c/7_3.html": page("桥", *BRIDGES[3:]),
    }
    out, metrics = tmp_path / "out", tmp_path / "metrics.json"
    words = ["--snapshot", str(write_snapshot(tmp_path / "snapshot", {"wen": ("article", site)}))]
    words += ["--out", str(out), "--params", str(params), "--metrics", str(metrics)]
    assert main(STAGE, run, words) == 0
    told = {row["url"].removeprefix(HOST): row for row in table(out / "documents")}
    assert sorted(told) == ["/a/9.html", "/b/8.html", "/b/8_2.html", "/c/7_2.html", "/c/7_3.html"]
    whole = told["/a/9.html"]
    assert (whole["title"], whole["parts"]) == ("渡船记", 3)
    assert whole["text"] == "\n".join([NOTE, *LINES])
    ledger = json.loads(metrics.read_text(encoding="utf-8"))
    assert [row["reason"] for row in table(out / "dropped")] == ["ALIAS"]
    assert (ledger["in"], ledger["used"]) == (len(site), len(site) - 1)
