"""Turn a page's Creative Commons marks into SPDX identifiers.

A mark is a link or badge to a licence's deed, or a sentence that puts this page under one; a text about licences that
links to their deeds is not under any. What the article says of itself goes before what the site's footer says. A
licence without a version has no SPDX identifier and is none; `转载请注明出处` is no licence.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html.class_names import names_of, naming
from crawler.html.render import Block
from crawler.html.tree import beginning

_LICENCE = re.compile(
    r"creativecommons\.org/licen[sc]es/(by(?:-nc)?(?:-nd|-sa)?|by-(?:sa|nd)-nc)/(\d\.\d)(?:/([a-z]{2,3})\b)?",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"creativecommons\.org/(?:publicdomain/(zero|mark)/1\.0|licen[sc]es/(publicdomain))", re.IGNORECASE
)
_PUBLIC_NAMES = {"zero": "CC0-1.0", "mark": "CC-PDM-1.0", "publicdomain": "CC-PDDC"}
_CODES = (re.compile(r"cc[\s-]*(?:by|0)"), re.compile(r"CC[\s-]*(?:[Bb][Yy]|0)"))
"""No sentence names a licence without one of these, 署名 or 姓名標示: far quicker looked for than what follows."""
_PORTED = frozenset(
    (
        "CC-BY-2.5-AU",
        "CC-BY-3.0-AT",
        "CC-BY-3.0-AU",
        "CC-BY-3.0-DE",
        "CC-BY-3.0-IGO",
        "CC-BY-3.0-NL",
        "CC-BY-3.0-US",
        "CC-BY-NC-3.0-DE",
        "CC-BY-NC-ND-3.0-DE",
        "CC-BY-NC-ND-3.0-IGO",
        "CC-BY-NC-SA-2.0-DE",
        "CC-BY-NC-SA-2.0-FR",
        "CC-BY-NC-SA-2.0-UK",
        "CC-BY-NC-SA-3.0-DE",
        "CC-BY-NC-SA-3.0-IGO",
        "CC-BY-ND-3.0-DE",
        "CC-BY-SA-2.0-UK",
        "CC-BY-SA-2.1-JP",
        "CC-BY-SA-3.0-AT",
        "CC-BY-SA-3.0-DE",
        "CC-BY-SA-3.0-IGO",
    )
)
"""The adaptations to a jurisdiction that SPDX lists; others, 3.0 Taiwan among them, go by their version alone."""
_CODE = re.compile(
    r"(?<![A-Za-z])CC[\s-]*(BY(?:[\s-]+NC)?(?:[\s-]+(?:SA|ND))?|0)(?![A-Za-z])[\s-]*(\d\.\d)?", re.IGNORECASE
)
_WORDS = re.compile(
    r"(?:署名|姓名標示)(?P<rest>(?:\s*[-‐–—─－·、（(]?\s*"
    r"(?:非商业性使用|非商业性|非商业使用|非商业|非商業性|非商業使用|非商業|禁止演绎|禁止演繹|禁止改作|相同方式共享|相同方式分享))*)"
    r"[^\d。]{0,24}?(?P<version>[1-4]\.[0-5])"
)
_STATES = re.compile(
    r"(?:本|此|该|該|所有|全部|除[^。]{2,12}外)[^。，]{0,16}(?:作品|文|站|博客|页|頁|网|網|内容|內容|著作|资料|資料|刊|帖|项目|专栏|外)"
    r"[^。]{0,20}"
    r"(?:采用|採用|采取|遵循|遵守|遵照|使用|基于|基於|依据|依據|根据|按照|[以在])"
    r"|(?:许可|許可|授权|授權|版权|版權|著作权|著作權|协议|協議|[Ll]icen[cs]e)[^。，：:]{0,6}[:：]"
    r"|[Ll]icen[cs]ed under|available under"
)
_ALONE = re.compile(
    r"(?:许可|許可|授权|授權|协议|協議|条款|條款|国际|國際|知识共享|創用|创用|创作共用|版权|International|Licen[cs]e|[\W\d_])*",
    re.IGNORECASE,
)
_SITE = naming(r"footer|foot|site-?info|side-?bar|aside|widget\w*|bottom|copyright-?bar")
_INLINE = frozenset(("a", "b", "span", "strong", "em", "i", "small", "font", "u"))
STATEMENT_CHARS = 240
"""Longer lines tell of licences, they do not grant one."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Licences by what a mark of theirs speaks for."""

    article: set[str]
    site: set[str]
    named: list[str]
    """Those of rel=license in the page's order, whichever of the two they are of."""


def licence_of(tree: LexborHTMLParser, html: str, lines: Callable[[], Iterable[Block]]) -> str | None:
    """What the article's mark names, else the site's; None where there is none or several differ.

    `lines` gives the page's, and is asked only if some word in the page may be of a licence.
    """
    places = _Places()
    marks = _linked(tree, places)
    if not marks.article and _may_say(html):
        _add_said(marks, lines(), places)
    for found in (marks.article, marks.site):
        if len(found) == 1:
            return next(iter(found))
    return marks.named[0] if marks.named else None


def _linked(tree: LexborHTMLParser, places: "_Places") -> Marks:
    """Links and badges to deeds."""
    marks = Marks(set(), set(), [])
    for node in tree.css("[rel~=license][href], a[href*='creativecommons.org/']"):
        licence = _by_address(node.attributes.get("href") or "")
        if licence is not None:
            _mark(marks, licence, node, places)
    return marks


def _mark(marks: Marks, licence: str, node: LexborNode, places: "_Places") -> None:
    is_named = "license" in (node.attributes.get("rel") or "").split()
    if is_named:
        marks.named.append(licence)
    if (is_named and node.tag == "link") or places.is_of_site(node):
        marks.site.add(licence)
    elif is_named or _is_badge(node) or places.states(node):
        marks.article.add(licence)


def _may_say(text: str) -> bool:
    return "署名" in text or "姓名標示" in text or any(code.search(text) for code in _CODES)


def _by_address(address: str) -> str | None:
    public = _PUBLIC.search(address)
    if public:
        return _PUBLIC_NAMES[(public[1] or public[2]).lower()]
    found = _LICENCE.search(address)
    return _spdx(found[1], found[2], found[3]) if found else None


def _spdx(kind: str, version: str, place: str | None = None) -> str:
    parts = [part for part in ("BY", "NC", "ND", "SA") if part in kind.upper().split("-")]
    licence = f"CC-{'-'.join(parts)}-{version}"
    ported = f"{licence}-{(place or '').upper()}"
    return ported if ported in _PORTED else licence


def _add_said(marks: Marks, lines: Iterable[Block], places: "_Places") -> None:
    """The licences that sentences of the article and of the site put this page under."""
    for block in lines:
        if len(block.text) <= STATEMENT_CHARS and _may_say(block.text) and (licence := said_in(block.text)):
            (marks.site if places.is_of_site(block.element.node) else marks.article).add(licence)


def said_in(text: str) -> str | None:
    """本作品采用 CC BY-SA 4.0 许可协议 and the like; None for a line that only speaks of licences."""
    code = _CODE.search(text)
    if not (_STATES.search(text) or (code and _ALONE.fullmatch(_CODE.sub("", text)))):
        return None
    if code and code[1] == "0":
        return "CC0-1.0"
    if code and code[2]:
        return _spdx(re.sub(r"[\s-]+", "-", code[1]), code[2])
    return _in_words(text)


def _in_words(text: str) -> str | None:
    """署名-非商业性使用-相同方式共享 4.0."""
    words = _WORDS.search(text)
    if words is None:
        return None
    rest = words["rest"]
    parts = ["BY"]
    parts += ["NC"] if "非商" in rest else []
    parts += ["ND"] if "禁止" in rest else ["SA"] if "相同" in rest else []
    return _spdx("-".join(parts), words["version"])


def _is_badge(link: LexborNode) -> bool:
    """A licence's picture."""
    return link.css_first("img, svg, i") is not None and len((link.text() or "").strip()) < 40


class _Places:
    """Where marks stand; each element is asked once, however many marks stand in it."""

    def __init__(self) -> None:
        self.of_site = dict[int, bool]()
        self.stating = dict[int, bool]()

    def is_of_site(self, node: LexborNode) -> bool:
        """Whether it stands in the site's footer or side column."""
        above: LexborNode | None = node
        passed, found = list[int](), False
        while above is not None and above.tag not in ("body", "article", "main"):
            passed.append(above.mem_id)
            if above.mem_id in self.of_site:
                found = self.of_site[above.mem_id]
                break
            if _names_site(above):
                found = True
                break
            above = above.parent
        self.of_site.update(dict.fromkeys(passed, found))
        return found

    def states(self, link: LexborNode) -> bool:
        """Whether the words around a link put the page under what it names."""
        holder = link.parent
        passed = list[int]()
        while holder is not None and holder.tag in _INLINE and holder.mem_id not in self.stating:
            passed.append(holder.mem_id)
            holder = holder.parent
        if holder is None:
            return False
        found = self.stating.get(holder.mem_id)
        if found is None:
            text = " ".join(beginning(holder, STATEMENT_CHARS).split())
            found = len(text) <= STATEMENT_CHARS and _STATES.search(text) is not None
            passed.append(holder.mem_id)
        self.stating.update(dict.fromkeys(passed, found))
        return found


def _names_site(node: LexborNode) -> bool:
    return node.tag in ("footer", "aside") or _SITE.search(names_of(node.attributes)) is not None
