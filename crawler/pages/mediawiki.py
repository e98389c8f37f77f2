"""MediaWiki: the article of a rendered page, without navigation, notes and references."""

import re

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.render import Block, blocks
from crawler.pages.kinds import Article, Found, View
from crawler.pages.posts import classes, one_line
from pipeline.contract.drop import DropReason

_NAMES = (
    "mw-editsection navbox infobox toc metadata ambox tmbox reference reflist references hatnote noprint "
    "catlinks mw-jump-link printfooter thumb tleft tright gallery vertical-navbox sistersitebox "
    "mbox-small mw-empty-elt navigation-not-searchable portal mw-indicators succession-box "
    "authority-control nomobile geo-default mw-references-wrap"
)
_FURNITURE = frozenset(_NAMES.split())
_END_SECTIONS = re.compile(
    "^(参见|參見|参看|參看|另见|另見|另请参[见阅]|另請參[見閱]|相关条目|相關條目|参考|參考|参考文献|參考文獻"
    "|参考资料|參考資料|参考来源|參考來源|注释|註釋|注釋|注解|註解|备注|備註"
    "|脚注|腳註|註腳|来源|來源|资料来源|資料來源|外部链接|外部連結|外部鏈接|外部连接|延伸阅读|延伸閱讀"
    "|扩展阅读|擴展閱讀|See also|References|External links|Notes)$"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def read(view: View) -> Found:
    tree = view.html
    body, content = tree.body, tree.css_first("#mw-content-text .mw-parser-output, #mw-content-text, #bodyContent")
    names = classes(body.attributes) if body is not None else frozenset()
    if content is None:
        return DropReason.INDEX_PAGE
    if "ns-special" in names or tree.css_first(".noarticletext") is not None:
        return DropReason.INDEX_PAGE if "ns-special" in names else DropReason.SOFT_404
    if any(name.startswith("ns-") for name in names) and "ns-0" not in names:
        return DropReason.OTHER_NAMESPACE
    if tree.css_first(".redirectMsg") is not None:
        return DropReason.REDIRECT
    lines = _without_end_sections(blocks(content, _skip))
    modified = tree.css_first("#footer-info-lastmod")
    created = find(modified.text() or "") if modified is not None else None
    return Article(one_line(tree.css_first("#firstHeading, h1")), "\n".join(block.text for block in lines), created)


def _skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:  # noqa: ARG001
    if attributes.get("id") in ("toc", "catlinks", "siteSub", "contentSub", "jump-to-nav"):
        return True
    if tag == "table":
        return True
    return bool(attributes.get("class")) and bool(_FURNITURE & classes(attributes))


def _without_end_sections(lines: list[Block]) -> list[Block]:
    """Sections of references and links go, with all below them; so do headings of sections that became empty."""
    kept: list[Block] = []
    ended: str | None = None
    for block in lines:
        tag = block.node.tag or ""
        if tag in _HEADINGS:
            if ended is None or tag <= ended:
                ended = tag if _END_SECTIONS.match(block.text) else None
            while kept and (kept[-1].node.tag or "") in _HEADINGS and (kept[-1].node.tag or "") >= tag:
                kept.pop()
        if ended is None:
            kept.append(block)
    while kept and (kept[-1].node.tag or "") in _HEADINGS:
        kept.pop()
    return kept
