"""Page files in, MediaWiki dump out: samples/wiki/pages/*.wiki become one multistream dump and its index.

The dump has the shape that MediaWiki 1.39 writes (dumpBackup.php, export schema 0.11), cut into bz2 streams as
Wikimedia's are: the header, groups of pages, the end. The same pages give the same bytes. `--check` writes nothing
and exits 1 if a file differs from its pages.

A page file is a head of `name: value` lines (title, ns, id, timestamp; optional redirect, model), an empty line, and
the wikitext exactly, without the file's last line break.
"""

import argparse
import bz2
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
DUMP = "wenyuanwiki-pages-articles-multistream.xml.bz2"
INDEX = "wenyuanwiki-pages-articles-multistream-index.txt.bz2"
PAGES_PER_STREAM = 8

SITENAME, DBNAME = "文渊百科", "wenyuanwiki"
BASE = "https://zh.wenyuan.test/wiki/%E9%A6%96%E9%A1%B5"
GENERATOR = "MediaWiki 1.39.17"
CONTRIBUTOR = "文渊编者"
# The names of zh.wikipedia.org: the local names of "zh" are the English ones, the Chinese ones are aliases.
NAMESPACES = {
    -2: "Media",
    -1: "Special",
    0: "",
    1: "Talk",
    2: "User",
    3: "User talk",
    4: SITENAME,
    5: f"{SITENAME} talk",
    6: "File",
    7: "File talk",
    8: "MediaWiki",
    9: "MediaWiki talk",
    10: "Template",
    11: "Template talk",
    12: "Help",
    13: "Help talk",
    14: "Category",
    15: "Category talk",
    828: "Module",
    829: "Module talk",
}
FORMATS = {
    "wikitext": "text/x-wiki",
    "Scribunto": "text/plain",
    "javascript": "text/javascript",
    "css": "text/css",
}
HEAD_NAMES = {"title", "ns", "id", "timestamp", "redirect", "model"}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Page:
    title: str
    namespace: int
    page_id: int
    timestamp: str
    redirect: str | None
    model: str
    text: str


def read_page(path: Path) -> Page:
    """One page file; ValueError with the file's name if its head is not as described above."""
    head, separator, text = path.read_bytes().decode("utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.split("\n"))
    if not separator or not text.endswith("\n") or fields.keys() - HEAD_NAMES:
        raise ValueError(f"{path.name}: expected a head, an empty line and a text that ends with a line break")
    page = Page(
        title=fields["title"],
        namespace=int(fields["ns"]),
        page_id=int(fields["id"]),
        timestamp=fields["timestamp"],
        redirect=fields.get("redirect"),
        model=fields.get("model", "wikitext"),
        text=text.removesuffix("\n"),
    )
    prefix = NAMESPACES[page.namespace]
    if prefix and not page.title.startswith(f"{prefix}:"):
        raise ValueError(f"{path.name}: a title in namespace {page.namespace} starts with {prefix!r}")
    return page


def read_pages(folder: Path) -> list[Page]:
    """All pages by id; ValueError if an id or a title stands twice."""
    pages = sorted((read_page(path) for path in folder.glob("*.wiki")), key=lambda page: page.page_id)
    for kind, values in ("id", [page.page_id for page in pages]), ("title", [page.title for page in pages]):
        if len(set(values)) != len(values):
            raise ValueError(f"{folder}: two pages have the same {kind}")
    return pages


def sha1_base36(data: bytes) -> str:
    """SHA-1 as MediaWiki writes it: 31 digits to base 36."""
    number, digits = int.from_bytes(hashlib.sha1(data).digest()), ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(31, "0")


def attribute(value: str) -> str:
    return escape(value, {'"': "&quot;"})


def header() -> str:
    schema = "http://www.mediawiki.org/xml/export-0.11"
    names = [
        f'      <namespace key="{key}" case="first-letter"' + (f">{name}</namespace>" if name else " />")
        for key, name in NAMESPACES.items()
    ]
    lines = [
        f'<mediawiki xmlns="{schema}/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{schema}/ {schema}.xsd" version="0.11" xml:lang="zh">',
        "  <siteinfo>",
        f"    <sitename>{SITENAME}</sitename>",
        f"    <dbname>{DBNAME}</dbname>",
        f"    <base>{BASE}</base>",
        f"    <generator>{GENERATOR}</generator>",
        "    <case>first-letter</case>",
        "    <namespaces>",
        *names,
        "    </namespaces>",
        "  </siteinfo>",
    ]
    return "\n".join(lines) + "\n"


def page_xml(page: Page) -> str:
    data = page.text.encode("utf-8")
    sha1, revision = sha1_base36(data), 10_000 + page.page_id
    lines = [
        "  <page>",
        f"    <title>{escape(page.title)}</title>",
        f"    <ns>{page.namespace}</ns>",
        f"    <id>{page.page_id}</id>",
        *([f'    <redirect title="{attribute(page.redirect)}" />'] if page.redirect else []),
        "    <revision>",
        f"      <id>{revision}</id>",
        f"      <timestamp>{page.timestamp}</timestamp>",
        "      <contributor>",
        f"        <username>{CONTRIBUTOR}</username>",
        "        <id>1</id>",
        "      </contributor>",
        f"      <origin>{revision}</origin>",
        f"      <model>{page.model}</model>",
        f"      <format>{FORMATS[page.model]}</format>",
        f'      <text bytes="{len(data)}" sha1="{sha1}" xml:space="preserve">{escape(page.text)}</text>',
        f"      <sha1>{sha1}</sha1>",
        "    </revision>",
        "  </page>",
    ]
    return "\n".join(lines) + "\n"


def build(pages: list[Page]) -> dict[str, bytes]:
    """File name to bytes: the dump and its index."""
    dump, index = bz2.compress(header().encode("utf-8")), ""
    for start in range(0, len(pages), PAGES_PER_STREAM):
        group = pages[start : start + PAGES_PER_STREAM]
        index += "".join(f"{len(dump)}:{page.page_id}:{escape(page.title)}\n" for page in group)
        dump += bz2.compress("".join(map(page_xml, group)).encode("utf-8"))
    dump += bz2.compress(b"</mediawiki>\n")
    return {DUMP: dump, INDEX: bz2.compress(index.encode("utf-8"))}


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the sample wiki's dump from its page files.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is out of date")
    check: bool = parser.parse_args().check
    stale = False
    for name, data in build(read_pages(HERE / "pages")).items():
        path = HERE / name
        if check and (not path.exists() or path.read_bytes() != data):
            print(f"{path} differs from its pages: run python samples/wiki/build.py", file=sys.stderr)
            stale = True
        elif not check:
            path.write_bytes(data)
    sys.exit(stale)


if __name__ == "__main__":
    main()
