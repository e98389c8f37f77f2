"""Main text of pages beside trafilatura, readability-lxml, justext and resiliparse: F1 and pages a second.

    PYTHONPATH=. python bench/extract.py [--cwced ../shared/data/web/cwced.tar.gz] [--magic-html FOLDER] [--rounds 3]

Gold: the sample site's articles and threads (crawled on loopback in this run); where the archive is at hand, the
69 real Chinese pages of immortal-autumn/Chinese-Web-Content-Extraction-Dataset with hand-made texts, a few of them
noisy; and, of a clone of opendatalab/magic-html, the Chinese ones among the articles and forum pages of its
benchmark/data: those whose gold is 30% Chinese characters or more and not Japanese. F1 is over multisets of
4-character shingles, white space aside, the mean over pages. Pages a second: one core, from bytes to text; ours
decodes, parses and finds title, date, licence and posts, too. The peers are given the text as ours decoded it,
decoded again within their time. Rounds alternate; medians are printed.
"""

import argparse
import json
import re
import statistics
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import justext
import trafilatura
from lxml import html as lxml_html
from omegaconf import OmegaConf
from readability import Document as Readability
from resiliparse.extract.html2text import extract_plain_text

from crawler import crawl
from crawler.extraction.page_contents import Article, ThreadPage
from crawler.platforms.reading import read
from crawler.warc.format import Capture
from crawler.warc.reader import Page, read_manifest, read_page
from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.core.stage import main as run_stage
from pipeline.schema.extract import ExtractConfig
from pipeline.text.encoding import decode

ROOT = Path(__file__).resolve().parents[1]
SHINGLE = 4


@dataclass(frozen=True)
class Item:
    url: str
    body: bytes
    content_type: str
    platform: str
    gold: str


def shingles(text: str) -> Counter[str]:
    joined = "".join(text.split())
    return Counter(joined[at : at + SHINGLE] for at in range(max(1, len(joined) - SHINGLE + 1)))


def f1(text: str, gold: str) -> float:
    a, b = shingles(text), shingles(gold)
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def ours(config: ExtractConfig) -> Callable[[Item], str]:
    nothing = dict.fromkeys(Capture.__slots__)

    def extract(item: Item) -> str:
        given = {"url": item.url, "final_url": item.url, "site": "s", "platform": item.platform, "role": "page"}
        capture = Capture(**{**nothing, **given, "status": 200, "time": "2025-06-01T00:00:00Z"})
        page = Page(item.url, 200, {"content-type": item.content_type}, item.body, True)
        found = read(capture, page, config).found
        if isinstance(found, Article):
            return found.text
        if isinstance(found, ThreadPage):
            return "\n\n".join(post.text for post in found.posts)
        return ""

    return extract


def text_of(item: Item) -> str:
    return decode(item.body, item.content_type).text


def by_trafilatura(item: Item) -> str:
    return trafilatura.extract(text_of(item), favor_precision=True, include_comments=False) or ""


def by_readability(item: Item) -> str:
    summary = Readability(text_of(item)).summary(html_partial=True)
    return lxml_html.fromstring(summary).text_content() if summary.strip() else ""


def by_justext(item: Item) -> str:
    paragraphs = justext.justext(
        text_of(item).encode(), frozenset(), encoding="utf-8", stopwords_low=0, stopwords_high=0
    )
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def by_resiliparse(item: Item) -> str:
    return extract_plain_text(text_of(item), main_content=True, alt_texts=False)


def sample_items() -> list[Item]:
    """Pages that alone make a document: articles, and threads of one page."""
    gold = {}
    for line in (ROOT / "samples/site/expected.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if len(row.get("pages") or [0]) == 1:
            gold[row["url"]] = row["text"]
    with tempfile.TemporaryDirectory() as folder:
        params = Path(folder) / "params.yaml"
        params.write_text(OmegaConf.to_yaml(compose_params(["crawl=sample"])), encoding="utf-8")
        out = Path(folder) / "crawl"
        if run_stage(crawl.STAGE, crawl.run, ["--out", str(out), "--params", str(params)]) != 0:
            raise SystemExit("the sample site could not be crawled")
        items = []
        for capture in read_manifest(out):
            if capture.url in gold and capture.reason is None:
                page = read_page(out, capture)
                kind = page.headers.get("content-type", "")
                items.append(Item(capture.url, page.body, kind, capture.platform, gold[capture.url]))
        return items


def cwced_items(archive: Path) -> list[Item]:
    texts: dict[str, bytes] = {}
    pages: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            parts = Path(member.name).parts
            if "original" in parts:
                pages[Path(member.name).stem] = file.read()
            elif "cleaned" in parts:
                texts[Path(member.name).stem] = file.read()
    return [
        Item(f"http://cwced.test/{name}", pages[name], "", "article", texts[name].decode("utf-8", "replace"))
        for name in sorted(pages)
        if name in texts
    ]


def magic_items(folder: Path, kind: str) -> list[Item]:
    pages = json.loads((folder / kind / "base.json").read_text(encoding="utf-8"))
    return [
        Item(page["url"], (folder / kind / "htmls" / f"{name}.html").read_bytes(), "", "article", page["content"])
        for name, page in sorted(pages.items())
        if is_chinese(page["content"])
    ]


def is_chinese(text: str) -> bool:
    characters, kana = len(re.findall(r"[\u4e00-\u9fff]", text)), len(re.findall(r"[\u3040-\u30ff]", text))
    return characters > 0.3 * len("".join(text.split())) and kana < 0.1 * characters


def table(title: str, items: list[Item], extractors: dict[str, Callable[[Item], str]], rounds: int) -> None:
    scores: dict[str, float] = {}
    rates: dict[str, list[float]] = {name: [] for name in extractors}
    failed: Counter[str] = Counter()
    for number in range(rounds):
        for name, extract in extractors.items():
            found = []
            start = time.perf_counter()
            for item in items:
                try:
                    found.append(extract(item))
                except Exception:  # a peer's failure on a page is part of its figure
                    failed[name] += number == 0
                    found.append("")
            rates[name].append(len(items) / (time.perf_counter() - start))
            scores[name] = statistics.mean(f1(text, item.gold) for text, item in zip(found, items, strict=True))
    size = statistics.mean(len(item.body) for item in items) / 1000
    print(f"\n{title}: {len(items)} pages of {size:.0f} kB")
    for name in extractors:
        note = f"  ({failed[name]} pages failed)" if failed[name] else ""
        print(f"  {name:28} F1 {scores[name]:.3f}   {statistics.median(rates[name]):8.1f} pages/s{note}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cwced", type=Path, default=ROOT.parent / "shared/data/web/cwced.tar.gz")
    parser.add_argument("--magic-html", type=Path, help="benchmark/data of a clone of opendatalab/magic-html")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    config = load_section(compose_params(), "extract", ExtractConfig)
    extractors = {
        "wenyuan": ours(config),
        "trafilatura favor_precision": by_trafilatura,
        "readability-lxml": by_readability,
        "justext without stop words": by_justext,
        "resiliparse main_content": by_resiliparse,
    }
    table("sample site", sample_items(), extractors, options.rounds)
    if options.cwced.exists():
        table("cwced", cwced_items(options.cwced), extractors, options.rounds)
    else:
        print(f"\n{options.cwced} is not there: the real pages were left out")
    if options.magic_html:
        for kind in ("article", "forum"):
            items = magic_items(options.magic_html, kind)
            table(f"magic-html, Chinese pages, {kind}", items, extractors, options.rounds)


if __name__ == "__main__":
    main()
