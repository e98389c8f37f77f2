"""extract: a snapshot to documents, threads merged, every page in the ledger, the same bytes at any worker count."""

import gzip
import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from crawler.extract import STAGE, run
from crawler.platforms import registry
from crawler.warc.format import Capture
from pipeline.contract.document import document_id
from pipeline.core.stage import main
from pipeline.schema.extract import ExtractConfig

ROOT = Path(__file__).parents[2]
CONFIG = ExtractConfig(**yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8")))
SENTENCE = "搬家剩下两块松木板，长一米二，宽二十五厘米，扔了可惜，就想着给窗台上的书找个去处。"
HEAD = "<html><head><title>{title}</title></head><body>"


def article(title: str, paragraphs: int) -> str:
    return HEAD.format(title=title) + f"<h1>{title}</h1>" + f"<p>{SENTENCE}</p>" * paragraphs + "</body></html>"


def thread(title: str, posts: list[tuple[int, str, str]]) -> str:
    rows = "".join(
        f'<div id="post_{pid}"><div class="authi"><a class="xw1" href="space-uid-{pid}.html">船夫{pid}</a> '
        f'<em id="authorposton{pid}">发表于 {time}</em></div>'
        f'<strong><a id="postnum{pid}"><em>{pid - 100}</em><sup>#</sup></a></strong>'
        f'<table><tr><td class="t_f" id="postmessage_{pid}">{text}</td></tr></table></div>'
        for pid, time, text in posts
    )
    return (
        HEAD.format(title=title)
        + f'<span id="thread_subject">{title}</span><div id="postlist">{rows}</div></body></html>'
    )


THREAD = [
    (101, "2024-3-5 12:30", SENTENCE),
    (102, "2024-3-5 13:00", "好办法，学习了。"),
    (103, "2024-3-6 08:00", "麻绳会松吗？"),
]
SITES = {
    "blog": ("article", {
        "http://boke.test/2024/03/05/shelf/": article("书架", 3).encode(),
        "http://boke.test/login": (HEAD.format(title="登录") + "<p>请先登录后查看</p>").encode(),
        "http://boke.test/short": article("短", 0).encode(),
        "http://boke.test/bad": b"<html><p>" + b"\xff\x80\xfe" * 500,
        "http://boke.test/data": b"a,b,c\n1,2,3\n",
        "http://boke.test/deep": b"<html><body>" + b"<div>" * 30_000,
        "http://boke.test/white": b"  \n ",
    }),
    "forum": ("discuz", {
        "http://luntan.test/thread-12-1-1.html": thread("做书架", THREAD[:2]).encode("gb18030"),
        "http://luntan.test/thread-12-2-1.html": thread("做书架", THREAD[2:]).encode("gb18030"),
        "http://luntan.test/thread-12-3-1.html": thread("做书架", THREAD[2:]).encode("gb18030"),
        "http://luntan.test/forum-2-1.html": b'<html><table id="threadlisttableid"></table>',
    }),
}  # fmt: skip


def record(url: str, body: bytes) -> bytes:
    """A response record as one gzip member."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2024-03-10T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def write_snapshot(folder: Path, sites: dict) -> Path:
    (folder / "warc").mkdir(parents=True)
    nothing = dict.fromkeys(Capture.__slots__) | {"role": "page"}
    refused = {"url": "http://boke.test/x", "site": "blog", "platform": "article", "reason": "ROBOTS"}
    rows, members, offset = [nothing | refused], [], 0
    for site, (platform, pages) in sites.items():
        for url, body in pages.items():
            member = record(url, body)
            row = {"url": url, "final_url": url, "site": site, "platform": platform, "status": 200}
            place = {"time": "2024-03-10T00:00:00Z", "warc": "a.warc.gz", "offset": offset, "length": len(member)}
            rows.append(nothing | row | place)
            members.append(member)
            offset += len(member)
    (folder / "warc" / "a.warc.gz").write_bytes(b"".join(members))
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in sorted(rows, key=lambda row: row["url"])]
    (folder / "crawl.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def params(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("params") / "params.yaml"
    composed = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    composed["extract"] = yaml.safe_load((ROOT / "conf/extract/chinese.yaml").read_text(encoding="utf-8"))
    if "crawl" not in composed:
        composed["crawl"] = yaml.safe_load((ROOT / "conf/crawl/sample.yaml").read_text(encoding="utf-8"))
        composed["crawl"].pop("defaults", None)
    path.write_text(yaml.safe_dump(composed, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def extract(tmp_path, params):
    def extract(name: str, *options: str) -> tuple[Path, dict]:
        snapshot = tmp_path / "snapshot"
        if not snapshot.exists():
            write_snapshot(snapshot, SITES)
        out, metrics = tmp_path / name, tmp_path / f"{name}.json"
        words = ["--snapshot", str(snapshot), "--out", str(out), "--params", str(params), "--metrics", str(metrics)]
        assert main(STAGE, run, [*words, *options]) == 0
        return out, json.loads(metrics.read_text(encoding="utf-8"))

    return extract


def rows(folder: Path) -> list[dict]:
    return [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_articles_and_threads_become_documents_with_title_date_and_variant(extract):
    out, _ = extract("out")
    told = ("source", "url", "title", "created", "licence", "kind", "variant", "parts")
    documents = rows(out / "documents")
    assert [tuple(row[key] for key in told) for row in documents] == [
        ("blog", "http://boke.test/2024/03/05/shelf/", "书架", "2024-03-05", "unknown", "article", "und", 1),
        ("forum", "http://luntan.test/thread-12-1-1.html", "做书架", "2024-03-05T12:30", "unknown", "thread",
         "zh-Hans-CN", 2),
    ]  # fmt: skip
    assert [row["text"] for row in documents] == [
        "\n".join([SENTENCE] * 3),
        f"{SENTENCE}\n\n好办法，学习了。\n\n麻绳会松吗？",
    ]
    assert documents[0]["id"] == document_id("blog", "http://boke.test/2024/03/05/shelf/")


def test_posts_stand_apart_in_a_table(extract):
    out, metrics = extract("out")
    id = document_id("forum", "http://luntan.test/thread-12-1-1.html")
    assert rows(out / "posts") == [
        {
            "document": id,
            "floor": floor,
            "url": "http://luntan.test/thread-12-1-1.html",
            "created": time,
            "text": text,
            "author": None,
        }
        for floor, time, text in [
            (1, "2024-03-05T12:30", SENTENCE),
            (2, "2024-03-05T13:00", "好办法，学习了。"),
            (3, "2024-03-06T08:00", "麻绳会松吗？"),
        ]
    ]
    assert metrics["posts"] == 3


def test_every_page_without_a_document_has_its_reason(extract):
    out, metrics = extract("out")
    assert metrics["in"] == 11
    assert metrics["used"] == metrics["parts"] == 3
    assert metrics["dropped"] == {
        "ALIAS": 1,
        "BLANK": 1,
        "BROKEN_ENCODING": 1,
        "INDEX_PAGE": 1,
        "LOGIN_WALL": 1,
        "NOT_A_PAGE": 1,
        "NO_MAIN_TEXT": 1,
        "TOO_COMPLEX": 1,
    }
    reasons = {row["id"]: row["reason"] for row in rows(out / "dropped")}
    assert reasons[document_id("blog", "http://boke.test/deep")] == "TOO_COMPLEX"
    assert reasons[document_id("forum", "http://luntan.test/thread-12-3-1.html")] == "ALIAS"


def test_pages_are_told_with_document_and_encoding(extract):
    out, metrics = extract("out")
    pages = {row["url"]: row for row in rows(out / "pages")}
    assert len(pages) == metrics["in"]
    assert pages["http://luntan.test/thread-12-2-1.html"] == {
        "url": "http://luntan.test/thread-12-2-1.html",
        "document": document_id("forum", "http://luntan.test/thread-12-1-1.html"),
        "kind": "discuz",
        "declared": "gbk",
        "encoding": "gb18030",
        "replaced": 0,
        "author": None,
    }
    assert pages["http://boke.test/login"]["document"] is None
    assert metrics["by_source"] == {
        "blog": {"licence": "unknown", "documents": 1, "characters": 3 * len(SENTENCE) + 2},
        "forum": {"licence": "unknown", "documents": 1, "characters": len(SENTENCE) + 18},
    }


def test_names_of_authors_are_told_beside_the_documents_where_conf_asks_for_them(extract, tmp_path):
    shelf = f"<html><title>书架</title><h1>书架</h1><div>作者：林松下</div><p>{SENTENCE}</p><p>{SENTENCE}</p>"
    site = {"blog": ("article", {"http://boke.test/shelf": shelf.encode("gb18030")})}
    write_snapshot(tmp_path / "snapshot", site)
    out, _ = extract("out")
    assert [row["author"] for row in rows(out / "pages")] == [None]
    asked, _ = extract("asked", "--set", "extract.authors=true")
    assert [row["author"] for row in rows(asked / "pages")] == ["林松下"]
    assert fingerprint(out / "documents") == fingerprint(asked / "documents")
    assert "林松下" not in rows(out / "documents")[0]["text"]


def fingerprint(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_bytes_do_not_depend_on_the_number_of_workers(extract):
    small = ("--set", "extract.shard_pages=1")
    one, _ = extract("one", *small, "--set", "engine.workers=1")
    two, _ = extract("two", *small, "--set", "engine.workers=2")
    assert fingerprint(one) == fingerprint(two)
    assert len(list((one / "documents").iterdir())) == 2


def test_writers_stand_in_a_column_where_asked_for_and_nowhere_else(extract):
    plain, _ = extract("plain")
    named, _ = extract("named", "--set", "extract.authors=true")
    assert [row["author"] for row in rows(plain / "posts")] == [None] * 3
    assert [row["author"] for row in rows(named / "posts")] == ["船夫101", "船夫102", "船夫103"]
    assert [row["text"] for row in rows(named / "documents")] == [row["text"] for row in rows(plain / "documents")]
    assert "船夫" not in "".join(row["text"] for row in rows(named / "documents"))


def test_what_breaks_a_page_object_is_dropped_with_its_reason_and_counted(extract, monkeypatch):
    def breaks(_, view):
        raise IndexError(view.url)

    monkeypatch.setattr(registry, "read", breaks)
    out, metrics = extract("broken", "--set", "engine.workers=1")
    faults = {"article: IndexError": metrics["dropped"]["UNREADABLE"] - 4, "discuz: IndexError": 4}
    assert metrics["page_faults"] == faults
    assert metrics["out"] == 0 < faults["article: IndexError"]
    assert {row["kind"] for row in rows(out / "pages") if row["document"] is None} >= {"article", "discuz"}
