"""wiki: the sample dump and dumps of the tests' own to documents; formats, workers, variants, damage, ledger."""

import bz2
import gzip
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
import zstandard

from pipeline.core.shards import read_documents, write_documents
from pipeline.stages import wiki
from tests.wiki.dump_files import END, HEAD, multistream, page, page_xml
from tests.wiki.markup_left import CONSTRUCTS

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples/wiki/wenyuanwiki-pages-articles-multistream.xml.bz2"
TERMS = json.loads((ROOT / "samples/wiki/terms.json").read_text(encoding="utf-8"))
PROSE = "文渊阁在紫禁城东南，乾隆四十一年建成，收藏四库全书，阁前有方池，引金水河水入池，以防火患。"


class Run:
    """One run of the stage: exit status, documents by title, metrics, dropped rows, digest of all outputs."""

    def __init__(self, status, out, metrics, said, error):
        self.status, self.out, self.said, self.error = status, out, said, error
        self.shards = sorted((out / "documents").glob("*.parquet")) if status == 0 else []
        self.rows = [document for shard in self.shards for document in read_documents(shard)]
        self.texts = {document.title: document.text for document in self.rows}
        self.metrics = json.loads(metrics.read_text(encoding="utf-8")) if status == 0 else {}

    def digest(self):
        files = sorted(path for path in self.out.rglob("*") if path.is_file())
        return [(str(path.relative_to(self.out)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


@pytest.fixture
def run_wiki(stage, params_file, tmp_path, capsys):
    numbers = iter(range(100))

    def run(dump, **changes):
        out = tmp_path / f"out{next(numbers)}"
        base = yaml.safe_load((ROOT / "conf/wiki/sample.yaml").read_text(encoding="utf-8"))
        params = params_file({"wiki": base} | changes, name=f"{out.name}.yaml")
        metrics = out.with_suffix(".json")
        status = stage("wiki", "--dump", dump, "--out", out, "--params", params, "--metrics", metrics)
        return Run(status, out, metrics, *capsys.readouterr())

    return run


def write_dump(path, pages, tail=END):
    path.write_text(HEAD + "".join(map(page_xml, pages)) + tail, encoding="utf-8")
    return path


def reasons(run, rows):
    names = [row["reason"] for shard in sorted((run.out / "dropped").glob("*.parquet")) for row in rows(shard)]
    return dict(Counter(names))


def test_a_page_becomes_a_document_with_its_origin(run_wiki, tmp_path):
    dump = write_dump(tmp_path / "d.xml", [page(7, f"'''文渊阁'''：{PROSE}", title="文淵閣")])
    (document,) = run_wiki(dump).rows
    assert document.title == "文渊阁"
    assert document.text == f"文渊阁：{PROSE}"
    assert document.url == "https://zh.wikipedia.org/wiki/%E6%96%87%E6%B7%B5%E9%96%A3"
    assert (document.source, document.licence, document.kind) == ("zhwiki", "CC-BY-SA-4.0", "article")
    assert (document.created, document.variant, document.parts) == ("2026-11-23T01:25:00Z", "zh-Hans-CN-t-zh", 1)


def test_every_page_that_is_no_article_is_dropped_with_its_reason(run_wiki, rows, tmp_path):
    pages = [
        page(1, PROSE),
        page(2, "#重定向 [[条目1]]"),
        page(3, "#REDIRECT [[条目1]]", redirect="条目1"),
        page(4, "#重新導向：[[条目1]]"),
        page(5, f"{{{{消歧义}}}}{PROSE}"),
        page(6, f"{PROSE}\n{{{{disambig|人名}}}}"),
        page(7, PROSE, title="紫禁城宫殿列表"),
        page(8, "很短。"),
        page(9, PROSE, title="Template:甲", namespace=10),
        page(10, "return {}", model="Scribunto"),
        page(11, None),
        page(12, f"{{{{没有的模板}}}}{PROSE}"),
    ]
    dump = write_dump(tmp_path / "d.xml", pages)
    deleted = dump.read_text("utf-8").replace('xml:space="preserve"></text>', 'deleted="deleted" />')
    dump.write_text(deleted, encoding="utf-8")
    run = run_wiki(dump)
    assert list(run.texts) == ["条目1", "条目12"]
    assert reasons(run, rows) == {
        "REDIRECT": 3, "DISAMBIGUATION": 2, "LIST_PAGE": 1, "STUB": 1, "OTHER_NAMESPACE": 1, "NOT_WIKITEXT": 1,
        "MISSING_TEXT": 1,
    }  # fmt: skip
    assert run.metrics["dropped"] == reasons(run, rows)
    assert run.metrics["templates_dropped"] == {"没有的模板": 1}


def test_conf_decides_which_pages_stay(run_wiki, tmp_path):
    pages = [
        page(1, f"{{{{消歧义}}}}{PROSE}"),
        page(2, PROSE, title="宫殿列表"),
        page(3, "很短。"),
        page(4, PROSE, namespace=10),
    ]
    changes = {
        "wiki.keep_disambiguations": True, "wiki.keep_lists": True, "wiki.min_chars": 1, "wiki.namespaces": [0, 10],
    }  # fmt: skip
    assert len(run_wiki(write_dump(tmp_path / "d.xml", pages), **changes).rows) == 4


def test_the_sample_gives_the_same_bytes_at_any_worker_count(run_wiki):
    one = run_wiki(SAMPLE, **{"wiki.span_bytes": 10_000, "engine.workers": 1})
    two = run_wiki(SAMPLE, **{"wiki.span_bytes": 10_000, "engine.workers": 2})
    assert len(one.shards) > 2
    assert one.digest() == two.digest()
    assert one.metrics == two.metrics


def test_a_span_with_very_much_text_becomes_several_shards_in_order(run_wiki):
    whole, cut = run_wiki(SAMPLE), run_wiki(SAMPLE, **{"wiki.shard_chars": 5_000})
    assert [path.name for path in cut.shards[:3]] == [
        "wenyuanwiki-00000.parquet",
        "wenyuanwiki-00000_001.parquet",
        "wenyuanwiki-00000_002.parquet",
    ]
    assert cut.rows == whole.rows
    assert cut.metrics == whole.metrics


def test_every_way_of_packing_gives_the_same_documents(run_wiki, tmp_path):
    plain = bz2.decompress(SAMPLE.read_bytes())
    files = {
        "a.xml": plain,
        "b.xml.bz2": bz2.compress(plain),
        "c.xml.gz": gzip.compress(plain, mtime=0),
        "d.xml.zst": zstandard.compress(plain),
    }
    expected = run_wiki(SAMPLE)
    assert len(expected.rows) > 50
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        assert run_wiki(tmp_path / name).rows == expected.rows
        assert run_wiki(tmp_path / name, **{"wiki.span_bytes": 20_000}).rows == expected.rows


def test_no_markup_is_left_in_any_text_of_the_sample_in_any_variant(run_wiki):
    """Whole constructs stand only on the two pages that show some, in <nowiki>; formulas are TeX, with its braces."""
    for variant in ("zh-cn", "zh-tw", "zh-hk", "zh-sg", "zh"):
        for tables in ("drop", "text"):
            run = run_wiki(SAMPLE, **{"wiki.variant": variant, "wiki.tables": tables, "wiki.math": "drop"})
            left = {page_title(row.url) for row in run.rows if CONSTRUCTS.search(row.text)}
            assert left <= {"简化字", "正規表示式"}


@pytest.mark.parametrize("variant", ["zh-cn", "zh-tw", "zh-hk", "zh-sg"])
def test_every_rule_of_the_sample_gives_the_right_term_and_normalise_leaves_it(
    run_wiki, stage, params_file, tmp_path, variant
):
    run = run_wiki(
        SAMPLE, **{"wiki.variant": variant, "wiki.tables": "text", "wiki.min_chars": 1, "wiki.keep_lists": True}
    )
    script = "hans" if variant in ("zh-cn", "zh-sg") else "hant"
    normalised = tmp_path / "normalised"
    arguments = ["--documents", run.out / "documents", "--out", normalised]
    assert stage("normalise", *arguments, "--params", params_file({"normalise.script": script})) == 0
    after = {row.url: row.text for shard in (normalised / "documents").glob("*") for row in read_documents(shard)}
    titles = {page_title(document.url): document for document in run.rows}
    checked = 0
    for entry in TERMS:
        if entry["variant"] != variant:
            continue
        document = titles[entry["title"]]
        for text in (document.text, after[document.url]):
            assert [term for term in entry["present"] if term not in text] == []
            assert [term for term in entry["absent"] if term in text] == []
            checked += len(entry["present"]) + len(entry["absent"])
    assert checked > 300


def page_title(url):
    return unquote(url).rpartition("/wiki/")[2].replace("_", " ")


def test_a_programmer_is_called_differently(run_wiki):
    cn, tw = (run_wiki(SAMPLE, **{"wiki.variant": variant}).texts for variant in ("zh-cn", "zh-tw"))
    assert "计算机程序员" in cn["计算机程序员"] and "電腦程式設計師" not in cn["计算机程序员"]
    assert "電腦程式設計師" in tw["電腦程式設計師"] and "计算机程序员" not in tw["電腦程式設計師"]


def test_another_language_imports_and_has_no_variant(run_wiki, tmp_path):
    head = HEAD.replace('xml:lang="zh"', 'xml:lang="ja"').replace("zhwiki", "jawiki")
    text = "後楽園は[[東京都]]文京区にある庭園である。" * 3
    (tmp_path / "d.xml").write_text(head + page_xml(page(1, text)) + END, encoding="utf-8")
    (document,) = run_wiki(tmp_path / "d.xml").rows
    assert document.text == "後楽園は東京都文京区にある庭園である。" * 3
    assert (document.variant, document.source) == ("und", "jawiki")


def test_damage_is_kept_out_and_accounted_for_or_stops_the_run(run_wiki, rows, tmp_path):
    pages = [page(1, PROSE), page(2, PROSE), page(3, PROSE)]
    broken = write_dump(tmp_path / "d.xml", pages).read_bytes().replace("条目2".encode(), b"\xe6\x9d\xff\xfe", 1)
    (tmp_path / "d.xml").write_bytes(broken)
    kept = run_wiki(tmp_path / "d.xml")
    assert list(kept.texts) == ["条目1", "条目3"]
    assert reasons(kept, rows) == {"DAMAGED": 1}
    assert (kept.metrics["in"], kept.metrics["used"]) == (3, 2)
    (place,) = kept.metrics["damage"]
    assert place["place"].startswith("d.xml: byte offset")
    stopped = run_wiki(tmp_path / "d.xml", **{"wiki.damage": "stop"})
    assert stopped.status == 2
    assert "SourceError: d.xml: byte offset" in stopped.error and "wiki.damage=keep" in stopped.error


def test_damage_is_said_where_the_user_looks(run_wiki, tmp_path):
    pages = [page(1, PROSE), page(2, PROSE), page(3, PROSE)]
    broken = write_dump(tmp_path / "d.xml", pages).read_bytes().replace("条目2".encode(), b"\xe6\x9d\xff\xfe", 1)
    (tmp_path / "d.xml").write_bytes(broken)
    said = run_wiki(tmp_path / "d.xml").said
    (line,) = [line for line in said.splitlines() if "damaged" in line]
    assert "1 pages or stretches" in line and "d.xml: byte offset" in line and "no UTF-8" in line
    write_dump(tmp_path / "e.xml", pages)
    assert "damaged" not in run_wiki(tmp_path / "e.xml").said


def test_a_page_whose_text_holds_an_unescaped_tag_is_dropped_with_its_row(run_wiki, rows, tmp_path):
    dump = write_dump(tmp_path / "d.xml", [page(1, PROSE), page(2, f"{PROSE}【】{PROSE}"), page(3, PROSE)])
    dump.write_text(dump.read_text("utf-8").replace("【】", "<br />"), encoding="utf-8")
    run = run_wiki(dump)
    assert list(run.texts) == ["条目1", "条目3"]
    assert (run.metrics["in"], reasons(run, rows)) == (3, {"DAMAGED": 1})
    assert "a <br> stands in the page's text" in run.metrics["damage"][0]["cause"]


def test_every_page_that_the_index_names_as_lost_has_a_row_of_its_own(run_wiki, rows, tmp_path):
    dump, _, offsets = multistream(tmp_path, [page(number, PROSE) for number in range(1, 9)], 4)
    data = bytearray(dump.read_bytes())
    data[(offsets[0] + offsets[1]) // 2] ^= 0x5A
    dump.write_bytes(data)
    run = run_wiki(dump)
    lost = [row for shard in (run.out / "dropped").glob("*.parquet") for row in rows(shard)]
    assert [row["excerpt"] for row in lost] == [f"条目{number} (id {number})" for number in range(1, 5)]
    assert len({row["id"] for row in lost}) == 4
    assert (run.metrics["in"], run.metrics["used"], run.metrics["dropped"]) == (8, 4, {"DAMAGED": 4})


def test_parts_that_hold_the_same_page_are_refused(run_wiki, tmp_path):
    (tmp_path / "parts").mkdir()
    for name, numbers in (("1.xml", (1, 2)), ("2.xml", (2, 3))):
        write_dump(tmp_path / "parts" / name, [page(number, PROSE) for number in numbers])
    run = run_wiki(tmp_path / "parts")
    assert run.status == 2
    assert run.error.startswith(f"wiki: SourceError: {tmp_path / 'parts'}: a page is in it twice")


def test_a_text_in_which_nothing_is_left_is_no_document(run_wiki, rows, tmp_path):
    dump = write_dump(tmp_path / "d.xml", [page(1, "{{没有}}"), page(2, "短")])
    run = run_wiki(dump, **{"wiki.min_chars": 1})
    assert (list(run.texts), reasons(run, rows)) == (["条目2"], {"STUB": 1})
    refused = run_wiki(dump, **{"wiki.min_chars": 0})
    assert refused.status == 2 and "min_chars 0 is below 1" in refused.error


def test_two_runs_beside_each_other_keep_apart(run_wiki, tmp_path, monkeypatch):
    """The scratch of the first is there, and used, while the second runs."""
    dump = write_dump(tmp_path / "d.xml", [page(1, PROSE)])
    others = []

    def while_cutting(*arguments):
        if not others:
            others.append(None)
            others[0] = run_wiki(dump)
        return cut(*arguments)

    cut = wiki.cut
    monkeypatch.setattr(wiki, "cut", while_cutting)
    run = run_wiki(dump)
    assert (run.status, others[0].status) == (0, 0)
    assert run.digest() == others[0].digest()


def test_classical_chinese_is_another_language(run_wiki, tmp_path):
    head = HEAD.replace('xml:lang="zh"', 'xml:lang="zh-classical"')
    text = "臺灣者，島也，在東海之中。" * 5
    (tmp_path / "d.xml").write_text(head + page_xml(page(1, text)) + END, encoding="utf-8")
    (document,) = run_wiki(tmp_path / "d.xml").rows
    assert (document.text, document.variant) == (text, "und")


def test_a_truncated_dump_keeps_the_pages_before(run_wiki, rows, tmp_path):
    # Texts that differ, so that bz2 needs several blocks of its smallest size.
    pages = [page(number, PROSE + hashlib.sha256(b"%d" % number).hexdigest() * 40) for number in range(200)]
    whole = (HEAD + "".join(map(page_xml, pages)) + END).encode()
    packed = bz2.compress(whole, 1)
    (tmp_path / "d.xml.bz2").write_bytes(packed[: len(packed) * 2 // 3])
    run = run_wiki(tmp_path / "d.xml.bz2")
    assert 20 < len(run.rows) < 200
    assert [document.title for document in run.rows] == [f"条目{number}" for number in range(len(run.rows))]
    assert reasons(run, rows)["DAMAGED"] == 1


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "0"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><mediawiki>', "DOCTYPE"),
    ],
    ids=["empty", "html", "bomb"],
)
def test_what_is_no_dump_is_refused_in_one_line(run_wiki, tmp_path, data, cause):
    (tmp_path / "d.xml.bz2").write_bytes(data)
    run = run_wiki(tmp_path / "d.xml.bz2")
    assert run.status == 2
    assert run.error.startswith("wiki: SourceError: ") and cause in run.error
    assert len(run.error.strip().splitlines()) == 1


def test_a_dump_is_checked_against_the_publishers_list(run_wiki, tmp_path):
    dump = write_dump(tmp_path / "d.xml", [page(1, PROSE)])
    sums = tmp_path / "sha1sums.txt"
    sums.write_text(f"{hashlib.sha1(dump.read_bytes()).hexdigest()}  d.xml\n")
    assert len(run_wiki(dump, **{"wiki.checksums": str(sums)}).rows) == 1
    sums.write_text(f"{'0' * 40}  d.xml\n")
    run = run_wiki(dump, **{"wiki.checksums": str(sums)})
    assert run.status == 2 and "0000000000" in run.error


def test_switched_off_it_writes_no_document_and_normalise_takes_that(
    run_wiki, stage, params_file, tmp_path, document
):
    run = run_wiki(SAMPLE, **{"wiki.enabled": False})
    assert (run.rows, run.metrics["in"]) == ([], 0)
    write_documents(tmp_path / "corpus" / "corpus-00000.parquet", [document(PROSE)])
    folders = [tmp_path / "corpus", run.out / "documents"]
    assert stage("normalise", "--documents", *folders, "--out", tmp_path / "n", "--params", params_file()) == 0


def test_an_opencc_configuration_that_does_not_exist_is_named(run_wiki):
    run = run_wiki(SAMPLE, **{"wiki.opencc.zh-cn.hant": "t2x"})
    assert run.status == 2 and "wiki.opencc.zh-cn" in run.error and "t2x" in run.error


def test_the_sample_is_what_its_pages_build():
    done = subprocess.run([sys.executable, ROOT / "samples/wiki/build.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_scratch_is_left(run_wiki, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_wiki(SAMPLE).status == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [".scratch"]
    assert list((tmp_path / ".scratch" / "wiki").iterdir()) == []
