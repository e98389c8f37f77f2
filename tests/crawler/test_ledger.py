"""Each reason that a page gives no document for, in both scripts, and near misses that are documents."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from crawler.extract import STAGE, run
from pipeline.contract.document import document_id
from pipeline.core.stage import main
from tests.crawler.support.hostile_pages import Sent, write_snapshot

ROOT = Path(__file__).parents[2]
HANS = (
    "上个周末我们把阳台重新收拾了一遍，旧花盆都洗干净，换上新土。番茄苗是邻居送的，长得很快，一个星期就高了一截。"
    "晚上浇水的时候，隔壁的老人说，今年雨水多，要留心叶子背面的虫子。"
)
HANT = (
    "上個週末我們把陽臺重新收拾了一遍，舊花盆都洗乾淨，換上新土。番茄苗是鄰居送的，長得很快，一個星期就高了一截。"
    "晚上澆水的時候，隔壁的老人說，今年雨水多，要留心葉子背面的蟲子。"
)
ENGLISH = (
    "Last weekend we tidied the balcony, washed the old pots and filled them with fresh soil. The tomato plants came "
    "from a neighbour, and they grow quickly. He says that it rains a lot this year, so we look under the leaves."
)
JAPANESE = (
    "先週の週末、ベランダをきれいに片付けました。古い植木鉢を洗って、新しい土を入れました。"
    "トマトの苗は隣の人がくれたものです。今年は雨が多いので、葉の裏の虫に気をつけなければなりません。"
)
MENU = "<ul><li><a href=/>首页</a><li><a href=/a>新闻</a><li><a href=/b>论坛</a></ul>"
PASSWORD = "<form><input name=user><input type=password></form>"


def page(title: str, *paragraphs: str, more: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title></head><body>{MENU}<h1>{title}</h1>{text}{more}</body></html>"


LINKS = "".join(f"<p><a href=/{n}>第{n}篇文章的题目</a></p>" for n in range(9))
TEASERS = "".join(f"<h2><a href=/{n}>第{n}篇文章的题目</a></h2><p>{HANS[:40]}</p>" for n in range(9))
PAGES = {
    "yangtai": (page("阳台", HANS), "document"),
    "yangtai-t": (page("陽臺", HANT), "document"),
    "zprint-yangtai": (page("阳台（打印）", HANS), "EXACT_DUPLICATE"),
    "404": (page("404 页面不存在", "您访问的页面已删除。"), "SOFT_404"),
    "404-t": (page("找不到頁面", "您要的頁面不存在。"), "SOFT_404"),
    "about-404": (page("怎样写 404 页面", f"很多404页面只有一句“页面不存在”。{HANS}", HANS[:80] * 9), "document"),
    "login": (page("会员中心", "请先登录后查看本文。", more=PASSWORD), "LOGIN_WALL"),
    "login-t": (page("會員中心", "請先登入後檢視本文。", more=PASSWORD), "LOGIN_WALL"),
    "about-login": (page("登录的故事", f"十年前，没有人说“请先登录”。{HANS}", HANT, HANS[::-1] * 6), "document"),
    "short": (page("短", "今天下雨。"), "NO_MAIN_TEXT"),
    "short-t": (page("短", "今天下雨，沒有出門。"), "NO_MAIN_TEXT"),
    "english": (page("Balcony", ENGLISH, ENGLISH), "NOT_CHINESE"),
    "english-with-chinese": (page("一封信", ENGLISH, f"这封英文信是邻居写的。{HANS}{HANS[:70]}"), "document"),
    "japanese": (page("ベランダ", JAPANESE), "NOT_CHINESE"),
    "japanese-quoted": (page("日文一句", f"信里有一句日文：「ベランダをきれいに片付けました」。{HANS}"), "document"),
    "blank": ("<html></html>", "NO_MAIN_TEXT"),
    "": (page("站", more=TEASERS), "INDEX_PAGE"),
    "tags/a": (page("标签", more=LINKS), "INDEX_PAGE"),
}  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory) -> tuple[dict[str, str], list[dict], dict]:
    """The fate of each page, the dropped rows and the metrics."""
    folder = tmp_path_factory.mktemp("ledger")
    sent = [Sent(f"http://a.test/{name}", html.encode()) for name, (html, _) in PAGES.items()]
    snapshot = write_snapshot(folder / "snapshot", sent)
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["extract"] = yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8"))
    (folder / "params.yaml").write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    words = {"snapshot": snapshot, "out": folder / "out", "params": folder / "params.yaml", "metrics": folder / "m"}
    assert main(STAGE, run, [str(word) for name, path in words.items() for word in (f"--{name}", path)]) == 0
    dropped = [row for path in (folder / "out/dropped").iterdir() for row in pq.read_table(path).to_pylist()]
    reasons = {row["id"]: row["reason"] for row in dropped}
    fates = {name: reasons.get(document_id("hostile", f"http://a.test/{name}"), "document") for name in PAGES}
    return fates, dropped, json.loads((folder / "m").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_a_document_or_has_its_reason(ledger, name):
    assert ledger[0][name] == PAGES[name][1]


def test_a_duplicate_names_the_page_that_is_kept(ledger):
    row = next(row for row in ledger[1] if row["reason"] == "EXACT_DUPLICATE")
    assert row["kept_id"] == document_id("hostile", "http://a.test/yangtai")


def test_the_counts_close(ledger):
    metrics = ledger[2]
    assert (metrics["in"], metrics["used"]) == (len(PAGES), sum(fate == "document" for _, fate in PAGES.values()))
    assert metrics["page_faults"] == {}
