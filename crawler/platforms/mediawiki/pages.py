"""MediaWiki: the article of a rendered page: headings, running text, lists, tables of data, formulas as TeX.

Boxes, notes, reference marks, pictures and links to edit go, and so do the sections that end an article, as the wiki
importer has it. A row of a table is a line.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.dates import find
from crawler.extraction.page_contents import Article, Found, View
from crawler.extraction.post_text import classes, first_of, one_line
from crawler.html.render import Block, blocks, text_of_lines
from pipeline.contract.drop import DropReason

_NAMES = (
    # what belongs to the software
    "mw-editsection mw-editsection-like toc mw-toc catlinks mw-jump-link printfooter mw-indicators mw-empty-elt "
    "noprint navigation-not-searchable subpages error scribunto-error mw-ext-cite-error autonumber "
    # notes and references
    "reference references reflist refbegin mw-references-wrap mw-cite-backlink hatnote dablink rellink Template-Fact "
    # boxes
    "infobox infobox_v2 infobox_v3 navbox navbox-styles vertical-navbox navbar sidebar metadata ambox cmbox dmbox "
    "fmbox imbox ombox tmbox mbox-small asbox stub boilerplate portal portalbox sistersitebox succession-box "
    "toccolours authority-control nomobile geo-default nmbox side-box "
    # pictures
    "thumb thumbcaption tleft tright gallery"
)
_FURNITURE = frozenset(_NAMES.split())
_PICTURES = frozenset(("figure", "figcaption"))
_IDS = frozenset(("toc", "catlinks", "siteSub", "contentSub", "jump-to-nav", "disambigbox"))
_DATA_TABLES = frozenset(("wikitable", "sortable", "prettytable"))
_BESIDE = re.compile(r"float\s*:|position\s*:\s*absolute", re.IGNORECASE)
_END_SECTIONS = re.compile(
    r"(?:[参參][见見看阅閱]|[另详詳][见見]|另[请請][参參][见見阅閱]|相[关關](?:[条條]目|[页頁]面|[链鏈連][接結结])"
    r"|(?:延伸|[扩擴]展|[进進][阶階]|深入|[进進]一步)[阅閱][读讀]|外部(?:[链鏈連][接結结]|連接|连接)"
    r"|[参參]考(?:文[献獻]|[资資]料|[书書]目|[来來]源|[链鏈連][接結结])?(?:[与與和及](?:[注註][释釋]|[注註]解|[脚腳][注註]))?"
    r"|(?:[资資]料|引用)?[来來]源|文[献獻]|[书書]目|引[用文注註]|[脚腳附备備]?[注註]"
    r"|[注註][释釋解记記脚腳](?:[与與和及][参參]考(?:文[献獻]|[资資]料|[来來]源)?)?"
    r"|see also|references|external links|notes|further reading)",
    re.IGNORECASE,
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_MAIN_PAGE = '"wgIsMainPage":true'
_MEANINGS = "#disambigbox, .dmbox-disambig"
_MEANINGS_TITLE = re.compile(r"[(（]消歧[义義][)）]$")
_MISSING = re.compile(r"^(?:Template|Module|模板|模块|模塊|模組):", re.IGNORECASE)


def read(view: View) -> Found:
    tree = view.html
    content = first_of(tree, "#mw-content-text .mw-parser-output", "#mw-content-text", "#bodyContent")
    if content is None:
        return DropReason.INDEX_PAGE
    if (reason := _no_article(tree)) is not None:
        return reason
    title = re.sub(r"\s*\[(编辑|編輯|edit)\]$", "", one_line(first_of(tree, "#firstHeading", "h1")) or "") or None
    if _leads_to_articles(view, title or ""):
        return DropReason.INDEX_PAGE
    lines = _without_end_sections(blocks(content, _skip))
    modified = first_of(tree, "#footer-info-lastmod", "#lastmod", ".last-modified-bar")
    created = find(modified.text() or "") if modified is not None else None
    return Article(title, text_of_lines(lines), created)


def _no_article(tree: LexborHTMLParser) -> DropReason | None:
    """By its namespace, a class of the body, and the notices of the software."""
    names = classes(tree.body.attributes) if tree.body is not None else frozenset()
    if "ns-special" in names:
        return DropReason.INDEX_PAGE
    if tree.css_first(".noarticletext") is not None:
        return DropReason.SOFT_404
    if any(name.startswith("ns-") for name in names) and "ns-0" not in names:
        return DropReason.OTHER_NAMESPACE
    if tree.css_first(".redirectMsg, .mw-redirectedfrom") is not None:
        return DropReason.REDIRECT  # what it leads to is a page of its own
    return None


def _leads_to_articles(view: View, title: str) -> bool:
    """The main page, or the list of all meanings of a word."""
    return (
        _MAIN_PAGE in view.text
        or view.html.css_first(_MEANINGS) is not None
        or _MEANINGS_TITLE.search(title) is not None
    )


def _skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in _PICTURES or attributes.get("id") in _IDS:
        return True
    names = classes(attributes) if attributes.get("class") else frozenset()
    if names and not _FURNITURE.isdisjoint(names):
        return True
    if tag == "table":
        return _DATA_TABLES.isdisjoint(names) and _is_box(node, attributes)
    if tag == "a":
        title = attributes.get("title") or ""
        # The name of a template that is not there, and of a picture; [[:File:…]] would be a missing page.
        return _MISSING.match(title) is not None if "new" in names else title.startswith("File:")
    return False


def _is_box(table: LexborNode, attributes: dict[str, str | None]) -> bool:
    """A table without the look of data: one that stands beside the text, or holds a single cell."""
    if attributes.get("role") in ("presentation", "note", "navigation"):
        return True
    if attributes.get("align") in ("right", "left") or _BESIDE.search(attributes.get("style") or ""):
        return True
    return len(table.css("td, th")) < 2


def _without_end_sections(lines: list[Block]) -> list[Block]:
    """Sections of references and links go, with all below them; so do headings of sections that became empty."""
    kept: list[Block] = []
    ended: str | None = None
    for block in lines:
        tag = block.element.tag
        if tag in _HEADINGS:
            if ended is None or tag <= ended:
                ended = tag if _END_SECTIONS.fullmatch(block.text) else None
            _drop_empty_sections(kept, tag)
        if ended is None:
            kept.append(block)
    _drop_empty_sections(kept, "h1")
    return kept


def _drop_empty_sections(kept: list[Block], tag: str) -> None:
    """Headings at the end, from those of this level down."""
    while kept and kept[-1].element.tag in _HEADINGS and kept[-1].element.tag >= tag:
        kept.pop()
