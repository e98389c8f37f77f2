"""Text of a Wikipedia importer against MediaWiki's own rendering of the same pages.

A throwaway MediaWiki (Debian's mediawiki and php-cli with SQLite; no server) imports a dump and renders every article
in one variant of Chinese. That HTML without tables, boxes, notes and end sections is the gold text. Our wiki stage,
mwparserfromhell and wikiextractor are scored by 5-character shingles, both sides folded alike (see `fold`).

`python bench/wiki_truth.py` scores the known dumps, `python bench/wiki_truth.py DUMP --templates DUMP` any other.
"""

import argparse
import bz2
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from urllib.parse import unquote
from xml.sax.saxutils import escape

import lxml.html
import opencc
import pyarrow.parquet as pq
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
MEDIAWIKI = Path("/usr/share/mediawiki")
SHARED = ROOT.parent / "shared" / "data" / "wiki" / "zhwp-sample.xml.bz2"
SAMPLE = ROOT / "samples" / "wiki" / "wenyuanwiki-pages-articles-multistream.xml.bz2"
TERMS = ROOT / "samples" / "wiki" / "terms.json"

SHINGLE = 5
MARKS = ("{{", "}}", "-{", "[[", "]]", "<ref", "&nbsp;")
INTERWIKI = ("de", "en", "es", "fr", "it", "ja", "ko", "la", "pt", "ru", "vi", "zh-classical", "zh-min-nan", "zh-yue")
SETTINGS = """
$wgMainCacheType = $wgParserCacheType = $wgMessageCacheType = CACHE_NONE;
$wgRawHtml = false;
foreach ( [ 'T' => 10, '模块' => 828, '模組' => 828, '模组' => 828, '模塊' => 828 ] as $alias => $key ) {
    $wgNamespaceAliases[$alias] = $key;
}
foreach ( [ 'Cite', 'ParserFunctions', 'Poem', 'Scribunto' ] as $extension ) {
    wfLoadExtension( $extension );
}
$wgPFEnableStringFunctions = true;
$wgHooks['ParserFirstCallInit'][] = static function ( $parser ) {
    foreach ( [ 'math', 'chem', 'ce' ] as $tag ) {
        $parser->setHook( $tag, static fn ( $text ) =>
            [ Html::element( 'span', [ 'class' => 'tex' ], $text ?? '' ), 'markerType' => 'nowiki' ] );
    }
    foreach ( [ 'source', 'syntaxhighlight' ] as $tag ) {
        $parser->setHook( $tag, static fn ( $text, $arguments ) =>
            [ Html::element( isset( $arguments['inline'] ) ? 'code' : 'pre', [], trim( $text ?? '', "\\n" ) ),
              'markerType' => 'nowiki' ] );
    }
};
"""
"""Math would ask a server and SyntaxHighlight pygments: their source does here. Without Lua #invoke gives an error,
which is dropped."""

KINDS = {
    "代码": (
        "在命令行里，条件写在两层方括号之间，空格不能省略。\n"
        '<syntaxhighlight lang="bash">\nif [[ -n $a ]]; then\n    echo "${b[0]}" {{1,2},{3,4}}\nfi\n'
        "</syntaxhighlight>\n"
        "数组的下标可以套着写：<code>m[i][j[k]]</code>，模板语言里写<code><nowiki>{{ msg }}</nowiki></code>，"
        "网页里写<code>&amp;nbsp;</code>，脚注写&lt;ref&gt;，差集记作A-{a}，幂集是{∅, {∅}}。\n"
        "<pre>\nmain() {\n    return a[b[0]];\n}\n</pre>\n维基的链接写作<nowiki>[[标题|文字]]</nowiki>，"
        "转换规则写作<nowiki>-{zh-hans:鼠标;zh-hant:滑鼠}-</nowiki>。"
    ),
    "表格": (
        "各省的面积与人口如下表所列，数字取自同一年的统计。\n"
        '{| class="wikitable sortable"\n|+ 面积与人口\n! 省 !! 面积 !! 人口\n|-\n'
        "| 甲省 || 十六万平方公里 || 四千万人\n|-\n"
        '| 乙省 || style="color:red" | 十八万平方公里 || 六千万人\n|}\n表格后面的文字接着说各省的物产。\n'
        '{| class="navbox"\n| 导航 || 上一页 || 下一页\n|}\n'
        "太阳的质量约为2×10<sup>30</sup>千克，水的分子式是H<sub>2</sub>O。"
    ),
    "剧集列表": (
        "这部电视剧分为两季，第一季共有三集，每集四十五分钟。\n{{剧集列表头}}\n"
        "|-\n| 1 || 初来乍到 || 主角来到小镇。\n|-\n"
        "| 2 || 风雨同舟 || 河水上涨，众人合力筑堤。\n|-\n| 3 || 春暖花开 || 镇上办起了学校。\n|}\n"
        "第二季的拍摄地改在山区，主要演员没有变动。"
    ),
    "隐藏": (
        "这一段文字人人看得见，讲的是谜语的来历。\n"
        '<div class="mw-collapsible mw-collapsed">谜底藏在这里，点开才看得到。</div>\n'
        '<div class="NavFrame"><div class="NavHead">提示</div>'
        '<div class="NavContent">提示的内容也藏着。</div></div>\n'
        '<div class="mw-collapsible">可以折叠，但打开页面时是展开的，所以也看得见。</div>\n'
        '排序用的<span style="display:none">键值</span>数字藏着，最后一句人人看得见。'
    ),
    "转换": (
        "-{H|zh-cn:程序;zh-tw:程式}-他写了一个程式。无-{zh-hans:{{没有}};zh-hant:{{没有}}}-。"
        "-{zh;zh-hans;zh-hant|程式}-在这里不按地区改。-{zh-hans:<nowiki>[[甲]]</nowiki>;"
        "zh-hant:<nowiki>{{乙}}</nowiki>}-之后，"
        "正文照旧往下写。"
    ),
}
"""Pages of our own, of kinds that running text is often lost or spoilt in."""

_DROPPED_TAGS = re.compile("audio|figure|figcaption|link|meta|rp|rt|rtc|script|style|video")
_DROPPED_CLASSES = re.compile(
    r"(?i)(?<!\S)(?:mw-collapsed|navcontent|[acdfiot]mbox|asbox|boilerplate|catlinks|error|gallery|hatnote|infobox|metadata|mw-editsection|"
    r"mw-ext-cite-error|mw-references-wrap|navbar|navbox|noprint|portal|portalbox|references?|scribunto-error|sidebar|"
    r"sistersitebox|thumb|thumbcaption|toc|vertical-navbox)(?!\S)"
)
_BLOCKS = re.compile(
    "address|blockquote|br|center|d[dlt]|div|h[1-6r]|li|ol|p|pre|section|table|tbody|t[dhr]|ul"  # each ends a line
)
_HIDDEN = re.compile(r"display\s*:\s*none")
_HEADING = re.compile(r"(={1,6})(.+?)\1\s*")
_END_SECTION = re.compile(
    "参[见看阅]|[另详]见|另请参[见阅]|相关(?:条目|页面|链接|连结)|(?:延伸|扩展|进阶|深入|进一步)阅读|外部(?:链接|连结|连接)|"
    "参考(?:文献|资料|书目|来源|链接)?(?:[与和及](?:注释|注解|脚注))?|(?:资料|引用)?来源|文献|书目|引[用文注]|[脚附备]?注|"
    "注[释解记脚](?:[与和及]参考(?:文献|资料|来源)?)?|seealso|references|externallinks|notes|furtherreading",
    re.IGNORECASE,
)
"""Folded headings of what follows an article's text: cut, with their subsections, out of gold and peers."""

_SIMPLIFIED = opencc.OpenCC("t2s")
_QUOTES = str.maketrans("「」『』", "“”‘’")
_LINE_MARKS = re.compile(r"^(?:[-*#:;=•·\s]+|\d+\.\s)|[=\s]+$", re.MULTILINE)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ", "0123456789+−=()ni0123456789+−=()n")
_CELL = " | "
"""Between the cells of a row, in our text; MediaWiki's cells are lines."""
_SPACE = re.compile(r"[\s$\u00ad\u200b-\u200f\u2060\ufeff]+")


class NotRun(Exception):
    """What the comparison needs is not on this machine."""


@dataclass(frozen=True)
class Page:
    title: str
    namespace: int
    model: str
    redirect: bool
    text: str

    @property
    def is_article(self) -> bool:
        return self.namespace == 0 and not self.redirect


@dataclass(frozen=True)
class Case:
    """What a candidate gets."""

    dump: Path
    articles: list[Page]
    templates: list[Page]
    variant: str


@dataclass(frozen=True)
class Gold:
    title: str
    text: str
    rubies: list[tuple[str, str]]
    """Bases and readings: the text has the base alone, but an importer may write the reading after it, in （）."""


def fold(text: str, rubies: list[tuple[str, str]] | None = None) -> str:
    """Simplified (OpenCC t2s, for all sides), curly quotes, raised numbers on the line; without white space, `$`
    around TeX, the marks of lists and headings, readings of rubies, bars between cells."""
    text = _LINE_MARKS.sub("", text.replace(_CELL, "\n").translate(_RAISED))
    for base, reading in rubies or ():
        text = text.replace(f"{base}（{reading}）", base)
    return _SPACE.sub("", _SIMPLIFIED.convert(text.translate(_QUOTES)))


def read_pages(dump: Path) -> list[Page]:
    """Articles, templates and modules of a dump (.xml or .xml.bz2, of one stream or many), in its order."""
    pages = []
    with (bz2.open if dump.suffix == ".bz2" else open)(dump, "rb") as file:
        for _, element in etree.iterparse(file, tag="{*}page", huge_tree=True):
            field = {etree.QName(node).localname: node.text or "" for node in element.iter(tag=etree.Element)}
            model, redirect = field.get("model", "wikitext"), element.find("{*}redirect") is not None
            page = Page(field["title"], int(field["ns"]), model, redirect, field["text"])
            if page.namespace in (0, 10, 828) and page.model in ("wikitext", "Scribunto"):
                pages.append(page)
            element.clear()
    return pages


def group_templates(pages: list[Page]) -> Iterator[Page]:
    """A Template:CGroup/X for each Module:CGroup/X: stands in for zh.wikipedia's Module:NoteTA, which needs Lua."""
    for page in pages:
        if page.title.startswith("Module:CGroup/"):
            code = re.sub(r"(?s)--\[\[.*?\]\]|--[^\n]*", "", page.text)
            rules = re.findall(r"""(?:Item\s*\([^,]*,|\brule\s*=)\s*(["'])(.*?)\1""", code)
            text = "".join(f"-{{H|{rule}}}-" for _, rule in rules)
            yield Page(page.title.replace("Module", "Template", 1), 10, "wikitext", False, text)


def page_xml(number: int, page: Page) -> str:
    """A page as importDump.php reads it."""
    kind = "plain" if page.model == "Scribunto" else "x-wiki"
    return (
        f"<page><title>{escape(page.title)}</title><ns>{page.namespace}</ns><id>{number}</id><revision><id>{number}</id>"
        "<timestamp>2020-01-01T00:00:00Z</timestamp><contributor><ip>127.0.0.1</ip></contributor>"
        f"<model>{page.model}</model><format>text/{kind}</format>"
        f'<text xml:space="preserve">{escape(page.text)}</text></revision></page>\n'
    )


class Wiki:
    """A MediaWiki in an empty folder, with the pages of a dump and those templates that it lacks."""

    def __init__(self, folder: Path, pages: list[Page], templates: list[Page]) -> None:
        maintenance = MEDIAWIKI / "maintenance"
        if not maintenance.exists():
            raise NotRun(f"no MediaWiki in {MEDIAWIKI} (Debian: apt install mediawiki php-cli php-sqlite3)")
        self.folder, self.pages = folder, pages
        flags = f"--dbtype sqlite --dbpath {folder}/db --dbname truth --confpath {folder} --lang zh --scriptpath /w"
        names = ["--server", "http://localhost", "--pass", "throwaway-wenyuan", "wenyuan", "Admin"]
        self.php(maintenance / "install.php", *flags.split(), *names)
        with open(folder / "LocalSettings.php", "a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        with sqlite3.connect(folder / "db" / "truth.sqlite") as database:
            rows = [(code, f"http://{code}.localhost/$1") for code in INTERWIKI]
            database.executemany("INSERT OR REPLACE INTO interwiki VALUES (?, ?, '', '', 1, 0)", rows)
        chosen = {page.title: page for page in [*templates, *pages]}
        for page in list(group_templates(list(chosen.values()))):
            chosen.setdefault(page.title, page)
        head = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="zh">\n'
        body = "".join(starmap(page_xml, enumerate(chosen.values(), start=1)))
        (folder / "import.xml").write_text(f"{head}{body}</mediawiki>\n", "utf-8")
        self.php(maintenance / "importDump.php", "--no-updates", "--quiet", folder / "import.xml")

    def php(self, *command: str | Path, given: str = "", variant: str = "zh") -> str:
        ours = {"MW_CONFIG_FILE": f"{self.folder}/LocalSettings.php", "MW_INSTALL_PATH": str(MEDIAWIKI)}
        environment = os.environ | ours | {"VARIANT": variant}
        try:
            done = subprocess.run(["php", *command], input=given, env=environment, capture_output=True, text=True)
        except FileNotFoundError:
            raise NotRun("no php (Debian: apt install php-cli php-sqlite3)") from None
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr).strip()[-2000:]}")
        return done.stdout

    def gold(self, variant: str, keep_tables: bool) -> list[Gold]:
        """Every article in a variant (zh-cn …)."""
        titles = [page.title for page in self.pages if page.is_article]
        script = Path(__file__).with_name("wiki_truth_render.php")
        lines = self.php(script, given=json.dumps(titles), variant=variant).splitlines()
        return [gold(**json.loads(line), keep_tables=keep_tables) for line in lines]


def is_dropped(element: lxml.html.HtmlElement, keep_tables: bool) -> bool:
    """Whether an element holds no running text: boxes, notes, pictures, errors, names of missing templates."""
    if not isinstance(element.tag, str):
        return True
    classes, title = element.get("class", ""), element.get("title", "")
    is_missing_page = "new" in classes.split()
    return bool(
        _DROPPED_TAGS.fullmatch(element.tag)
        or (element.tag == "table" and not keep_tables)
        or _DROPPED_CLASSES.search(classes)
        or _HIDDEN.search(element.get("style", ""))
        or "autonumber" in classes.split()
        or (is_missing_page and title.startswith(("Template:", "Module:")))
        or (not is_missing_page and title.startswith("File:"))  # a picture; [[:File:…]] would be a missing page
    )


def cut_level(level: int, own: int, heading: str) -> int:
    """Level of the end section that we are in (7: none) after a heading of level `own`, if it was `level` before."""
    if own > level:
        return level
    return own if _END_SECTION.fullmatch(fold(heading)) else 7


def cut_end_sections(root: lxml.html.HtmlElement) -> None:
    """Removes end sections: from their heading up to one of the same level or above."""
    level = 7
    for element in list(root):
        if re.fullmatch("h[1-6]", element.tag):
            level = cut_level(level, int(element.tag[1]), element.text_content())
        if level < 7:
            root.remove(element)


def without_end_sections(wikitext: str) -> str:
    """The same for wikitext, since the peers know no end sections."""
    level, lines = 7, []
    for line in wikitext.split("\n"):
        if match := _HEADING.fullmatch(line):
            level = cut_level(level, len(match[1]), match[2])
        if level == 7:
            lines.append(line)
    return "\n".join(lines)


def strings(element: lxml.html.HtmlElement, verbatim: bool = False) -> Iterator[str]:
    """Text of an element, with line breaks where blocks begin and end."""
    verbatim = verbatim or element.tag == "pre"
    edge = "\n" if _BLOCKS.fullmatch(element.tag) else ""
    yield edge + (element.text or "" if verbatim else re.sub(r"[ \t\r\n]+", " ", element.text or ""))
    for child in element:
        yield from strings(child, verbatim)
        yield child.tail or "" if verbatim else re.sub(r"[ \t\r\n]+", " ", child.tail or "")
    yield edge


def gold(title: str, html: str, keep_tables: bool) -> Gold:
    """Running text of a rendered page, a block a line; TeX as its source without white space."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    rubies = [
        ("".join(ruby.xpath(".//text()[not(ancestor::rt or ancestor::rp)]")), "".join(ruby.xpath(".//rt//text()")))
        for ruby in root.iter("ruby")
    ]
    for element in [element for element in root.iterdescendants() if is_dropped(element, keep_tables)]:
        element.drop_tree()
    for math in root.find_class("tex"):
        source = re.sub(r"\s+", "", math.text_content())
        math.text = re.sub(r"^\{\\displaystyle(.*)\}$", r"\1", source)
    cut_end_sections(root)
    lines = (line.strip() for line in "".join(strings(root)).split("\n"))
    return Gold(title, "\n".join(filter(None, lines)), rubies)


def ours(case: Case, tables: str = "drop") -> dict[str, str]:
    """The wiki stage's documents; which pages it would leave out is not what is measured here."""
    keep = ["wiki.keep_lists=true", "wiki.keep_disambiguations=true", "wiki.min_chars=1", f"wiki.tables={tables}"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "wiki"
        command = f"-m pipeline.stages.wiki --dump {case.dump.resolve()} --out {out} --params params.yaml"
        values = [word for value in [f"wiki.variant={case.variant}", *keep] for word in ("--set", value)]
        done = subprocess.run([sys.executable, *command.split(), *values], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise NotRun(f"pipeline.stages.wiki fails: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
        shards = sorted((out / "documents").glob("*.parquet"))
        rows = [row for shard in shards for row in pq.read_table(shard, columns=["url", "text"]).to_pylist()]
    texts = {unquote(row["url"]).replace("_", " "): row["text"] for row in rows}
    return {
        page.title: text for page in case.articles for url, text in texts.items() if url.endswith(f"/{page.title}")
    }


def mwparserfromhell(case: Case) -> dict[str, str]:
    """strip_code() of the wikitext without its end sections."""
    try:
        from mwparserfromhell import parse
    except ImportError:
        raise NotRun("pip install mwparserfromhell") from None
    return {page.title: str(parse(without_end_sections(page.text)).strip_code()) for page in case.articles}


def wikiextractor(case: Case) -> dict[str, str]:
    """WikiExtractor's text of the wikitext without its end sections, templates expanded as its command does."""
    try:
        from wikiextractor.extract import Extractor, define_template
    except ImportError:
        raise NotRun("pip install wikiextractor") from None
    bodies: dict[str, str] = {}
    redirects: dict[str, str] = {}
    for page in case.templates:
        define_template(page.title, page.text.splitlines(keepends=True), bodies, redirects)
    texts = {}
    for page in case.articles:
        extractor = Extractor("", "", "", page.title, [], bodies, redirects, templatePrefix="Template:")
        texts[page.title] = "\n".join(extractor.clean_text(without_end_sections(page.text), html_safe=False))
    return texts


CANDIDATES = (ours, mwparserfromhell, wikiextractor)


def shingles(text: str) -> Counter[str]:
    """Multiset of SHINGLE-character pieces; a shorter text is one piece."""
    return Counter(text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1)) if text)


def counts(truth: Gold, text: str) -> tuple[int, int, int]:
    """Shingles: common, the text's, gold."""
    side, other = shingles(fold(text, truth.rubies)), shingles(fold(truth.text, truth.rubies))
    return (side & other).total(), side.total(), other.total()


def shown(common: int, side: int, other: int) -> str:
    precision, recall, f1 = common / max(1, side), common / max(1, other), 2 * common / max(1, side + other)
    return f"precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}"


def gaps(text: str, other: str, context: int = 12) -> list[str]:
    """The runs of a folded text that no shingle of the other covers, in 【】, with what stands around them."""
    known, covered = shingles(other), bytearray(len(text))
    for i in range(len(text) - SHINGLE + 1):
        if text[i : i + SHINGLE] in known:
            covered[i : i + SHINGLE] = b"\1" * SHINGLE
    runs = [match.span() for match in re.finditer(b"\0+", covered)]
    return [f"{text[max(0, a - context) : a]}【{text[a:b]}】{text[b : b + context]}" for a, b in runs]


def compare(case: Case, golds: list[Gold], options: argparse.Namespace) -> None:
    """Prints one line a candidate: micro-averaged scores, and pages with more markup than MediaWiki shows in them."""
    chars = sum(len(truth.text) for truth in golds)
    print(f"{case.dump.name} in {case.variant}: {len(golds)} articles, {chars:,} characters as MediaWiki shows them")
    for candidate in CANDIDATES:
        name = candidate.__name__
        try:
            texts = candidate(case)
        except NotRun as error:
            print(f"{name:>16}: not run: {error}")
            continue
        rows = [counts(truth, texts.get(truth.title, "")) for truth in golds]
        for truth, row in zip(golds, rows, strict=True):
            if options.pages:
                print(f"{name:>16}: {shown(*row)}  {truth.title}")
            if candidate is ours and truth.title == options.diff:
                sides = fold(truth.text, truth.rubies), fold(texts.get(truth.title, ""), truth.rubies)
                print("only MediaWiki:", *gaps(*sides), sep="\n  ")
                print("only ours:", *gaps(*sides[::-1]), sep="\n  ")
        pairs = [(truth.text, texts.get(truth.title, "")) for truth in golds]
        left = sum(any(text.count(mark) > other.count(mark) for mark in MARKS) for other, text in pairs)
        missing = [truth.title for truth in golds if truth.title not in texts]
        total = shown(*map(sum, zip(*rows, strict=True)))
        print(f"{name:>16}: {total}  markup left in {left} pages" + (f"  no text: {missing}" if missing else ""))


def check_terms(case: Case, wiki: Wiki, file: Path) -> None:
    """Page rules: words that must and must not stand in a page in a variant, tables included, in our text and in
    MediaWiki's."""
    entries = json.loads(file.read_text("utf-8"))
    right, total = Counter({"ours": 0, "MediaWiki": 0}), 0
    for variant in dict.fromkeys(entry["variant"] for entry in entries):
        sides = {"MediaWiki": {truth.title: truth.text for truth in wiki.gold(variant, keep_tables=True)}}
        try:
            sides["ours"] = ours(Case(case.dump, case.articles, case.templates, variant), tables="text")
        except NotRun as error:
            print(f"page rules in {variant}: not run: {error}")
        for entry in entries:
            if entry["variant"] != variant:
                continue
            terms = [(term, True) for term in entry["present"]] + [(term, False) for term in entry["absent"]]
            total += len(terms)
            for side, texts in sides.items():
                text = texts.get(entry["title"])
                wrong = [term for term, wanted in terms if text is None or (term in text) != wanted]
                right[side] += len(terms) - len(wrong)
                if wrong:
                    print(f"  {side} differs: {entry['title']} in {variant}: {'、'.join(wrong)}")
    print(f"page rules, {total} terms: ours {right['ours']} right, MediaWiki {right['MediaWiki']} right")


def check_kinds(options: argparse.Namespace) -> None:
    """Pages of KINDS: their text, tables included, against MediaWiki's, and whether every mark it shows is there."""
    pages = [Page(title, 0, "wikitext", False, text) for title, text in KINDS.items()]
    with tempfile.TemporaryDirectory() as folder:
        opening = Page("Template:剧集列表头", 10, "wikitext", False, '{| class="wikitable"')
        wiki = Wiki(Path(folder), pages, [opening])
        golds = wiki.gold(options.variant, keep_tables=True)
        case = Case(Path(folder) / "import.xml", pages, [], options.variant)
        head = (
            "<siteinfo><sitename>truth</sitename><dbname>truth</dbname><base>http://localhost/</base>"
            '<case>first-letter</case><namespaces><namespace key="0" case="first-letter" />'
            '<namespace key="10" case="first-letter">Template</namespace></namespaces></siteinfo>\n'
        )
        written = case.dump.read_text("utf-8").replace('xml:lang="zh">\n', f'xml:lang="zh">\n{head}')
        case.dump.write_text(written, "utf-8")
        texts = ours(case, tables="text")
    rows = [counts(truth, texts.get(truth.title, "")) for truth in golds]
    print(f"kinds: {len(golds)} pages with code, tables, rows without a table, hidden parts")
    for truth, row in zip(golds, rows, strict=True):
        text = texts.get(truth.title, "")
        same = all(truth.text.count(mark) == text.count(mark) for mark in MARKS)
        print(
            f"            ours: {shown(*row)}  {truth.title}" + ("" if same else "  other marks than MediaWiki shows")
        )
    print(f"            ours: {shown(*map(sum, zip(*rows, strict=True)))}")


def run(dump: Path, templates: Path | None, terms: Path | None, options: argparse.Namespace) -> None:
    """One dump: its wiki, its table, its page rules."""
    if missing := [str(path) for path in (dump, templates) if path and not path.exists()]:
        raise NotRun(f"no {' and no '.join(missing)}")
    pages = read_pages(dump)
    others = [page for page in read_pages(templates) if page.namespace > 0] if templates else []
    known = [page for page in others + pages if page.namespace == 10]
    case = Case(dump, [page for page in pages if page.is_article], known, options.variant)
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
    kept = nullcontext(tempfile.mkdtemp(prefix="wiki-", dir=options.work.resolve())) if options.work else None
    with kept or tempfile.TemporaryDirectory() as folder:
        wiki = Wiki(Path(folder), pages, others)
        golds = wiki.gold(options.variant, options.tables)
        for truth in golds if options.gold else ():
            options.gold.mkdir(parents=True, exist_ok=True)
            (options.gold / f"{truth.title.replace('/', '_')}.txt").write_text(f"{truth.text}\n", "utf-8")
        compare(case, golds, options)
        if terms:
            check_terms(case, wiki, terms)


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the wiki stage against MediaWiki's rendering of a dump.")
    parser.add_argument("dump", type=Path, nargs="?", help="without: the dumps in shared/data/wiki and samples/wiki")
    parser.add_argument("--templates", type=Path, metavar="DUMP", help="for templates that the dump lacks")
    parser.add_argument("--variant", default="zh-cn", help="zh-cn (default), zh-tw, zh-hk …")
    parser.add_argument("--tables", action="store_true", help="keep the text of tables in the gold text")
    parser.add_argument("--terms", type=Path, help="JSON: [{title, variant, present: […], absent: […]}, …]")
    parser.add_argument("--pages", action="store_true", help="print each page's scores")
    parser.add_argument("--diff", metavar="TITLE", help="print what only one side of this page has")
    parser.add_argument("--gold", type=Path, metavar="FOLDER", help="keep the gold texts here")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keep the wiki below this folder")
    options = parser.parse_args()
    known = [(SHARED, SAMPLE, None), (SAMPLE, None, TERMS if TERMS.exists() else None)]
    for dump, templates, terms in [(options.dump, options.templates, options.terms)] if options.dump else known:
        try:
            run(dump, templates, terms, options)
        except NotRun as error:
            print(f"not run: {error}")
            if options.dump:  # with no dump named this is one bench of many, on whatever machine
                sys.exit(2)
    if not options.dump:
        try:
            check_kinds(options)
        except NotRun as error:
            print(f"kinds: not run: {error}")


if __name__ == "__main__":
    main()
