"""MediaWiki's own parser tests of Chinese: the text of each expected page against ours.

The tests (GPL) are not part of this repository: give the folder `tests/parser` of a checkout of MediaWiki or Parsoid.
A test counts once for each variant it names (`htmlVariantLanguage=zh-cn,zh-sg`). Both sides are compared as text
without white space: of the expected HTML what a reader sees, tables included.

`PYTHONPATH=. python bench/wiki_parser_tests.py FOLDER [--failures]`
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import lxml.html

from pipeline.core.config import load_section, read_params
from pipeline.schema.wiki import Tables, Variant, WikiConfig
from pipeline.wiki.dump.siteinfo import SiteInfo
from pipeline.wiki.page_reader import page_reader
from pipeline.wiki.variants.codes import ACCEPTED
from pipeline.wiki.wikitext.magic_words import PageName
from pipeline.wiki.wikitext.template_store import TEMPLATE, StoreWriter

ROOT = Path(__file__).resolve().parents[1]
SITE = SiteInfo(
    "MediaWiki", "parsertests", "http://example.org/wiki/Main_Page", "zh", "first-letter",
    {0: "", 1: "Talk", 6: "File", 10: "Template", 14: "Category", 828: "Module"},
)  # fmt: skip
_TEST = re.compile(r"^!! ?test\n(.*?)^!! ?end *$", re.MULTILINE | re.DOTALL)
_ARTICLE = re.compile(r"^!! ?article\n(.*?)\n!! ?text\n(.*?)\n?^!! ?endarticle *$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^!! ?(\S+)[^\n]*\n", re.MULTILINE)
_LANGUAGE = re.compile(r"\blanguage=zh\b")
_VARIANTS = re.compile(r"\b(?:htmlVariantLanguage|variant)=([\w,-]+)")
_TITLE = re.compile(r"\btitle=\[\[(.*?)\]\]")
EXPECTED = ("html/php", "html", "html/parsoid+langconv", "html/parsoid+integrated", "html/*")
"""Sections that hold the page's HTML, the first that a test has counts."""
EXPECTED_TITLE = ("metadata/php", "metadata+langconv", "metadata")


@dataclass(frozen=True)
class Case:
    name: str
    source: str
    variant: str
    title: str
    expected_title: str | None
    """Its HTML; None: the test does not look at the title."""
    expected: str


def cases(path: Path) -> Iterator[Case]:
    """The tests of one file that are in Chinese and have HTML to compare with."""
    for match in _TEST.finditer(path.read_text("utf-8")):
        parts = _SECTION.split("!! test\n" + match.group(1))
        sections: dict[str, str] = {}
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            sections.setdefault(name, text.removesuffix("\n"))
        options = sections.get("options", "")
        expected = next((sections[name] for name in EXPECTED if name in sections), None)
        if not _LANGUAGE.search(options) or expected is None:
            continue
        variants, title = _VARIANTS.search(options), _TITLE.search(options)
        for variant in variants.group(1).split(",") if variants else ["zh"]:
            yield Case(
                f"{path.name}: {' '.join(sections['test'].split())} [{variant}]",
                sections.get("wikitext", sections.get("input", "")),
                ACCEPTED[variant.lower()],
                title.group(1) if title else "Parser test",
                next((sections[name] for name in EXPECTED_TITLE if name in sections), None)
                if "showtitle" in options
                else None,
                expected,
            )


def templates(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.txt")):
        for title, text in _ARTICLE.findall(path.read_text("utf-8")):
            found.setdefault(title.strip(), text)
    return {title: text for title, text in found.items() if title.startswith("Template:")}


def seen(html: str) -> str:
    """What a reader sees of HTML: its text without white space."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in [*root.iter("style", "script", "link", "meta"), *root.find_class("mw-editsection")]:
        element.drop_tree()
    return folded(root.text_content())


BELOW = "正文"
"""Put below a last heading on both sides: we leave headings out that have no text."""


def folded(text: str) -> str:
    """Without white space and without the bars that we write between cells."""
    return re.sub(r"[\s\u200b-\u200f|]+", "", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="tests/parser of MediaWiki or Parsoid")
    parser.add_argument("--failures", action="store_true", help="print what differs")
    options = parser.parse_args()
    if options.folder is None:
        print("left out: it needs the folder of MediaWiki's parser tests")
        return
    found = [case for path in sorted(options.folder.glob("*.txt")) for case in cases(path)]
    if not found:
        sys.exit(f"{options.folder}: no parser test in Chinese in any .txt file")
    config = load_section(read_params(ROOT / "params.yaml"), "wiki", WikiConfig)
    config = replace(config, tables=Tables.text, quotes=False, end_sections=[])
    passed = 0
    with tempfile.TemporaryDirectory() as name:
        store = Path(name) / "store.db"
        writer = StoreWriter(store, config.template_max_chars)
        for title, text in templates(options.folder).items():
            writer.add(TEMPLATE, title, None, text)
        writer.close()
        readers = {
            variant: page_reader(replace(config, variant=Variant[variant]), SITE, store)
            for variant in sorted({case.variant for case in found})
        }
        for case in found:
            below = BELOW if case.source.startswith("=") and "</h2>" in case.expected else ""
            source = f"{case.source}\n{below}" if below else case.source
            article = readers[case.variant].read(source, PageName(case.title, "", SITE.name))
            ours, theirs = folded(article.text), seen(case.expected) + below
            if case.expected_title is not None:
                ours, theirs = f"{folded(article.title)}: {ours}", f"{seen(case.expected_title)}: {theirs}"
            passed += ours == theirs
            if options.failures and ours != theirs:
                print(f"{case.name}\n  source   {case.source!r}\n  expected {theirs!r}\n  ours     {ours!r}")
    print(f"{passed} of {len(found)} parser tests in Chinese")


if __name__ == "__main__":
    main()
