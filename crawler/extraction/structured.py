"""Read what a page tells machines in meta elements, JSON-LD, microdata and scripts: date, author, language."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.dates import from_epoch, written
from crawler.extraction.furniture import is_comments_name, is_furniture_name
from crawler.html.render import Element

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "bytedance:published_time",
    "news:published_time",
    "datepublished",
    "publishdate",
    "publish-date",
    "publish_date",
    "publishtime",
    "publish_time",
    "pubdate",
    "pubtime",
    "_pubtime",
    "apub:time",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "article:create_at",
    "og:release_date",
    "og:time",
    "firstpublishedtime",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "prism.publicationdate",
    "dcterms.created",
    "dcterms.issued",
    "dcterms.date",
    "dc.date.issued",
    "dc.date.created",
    "dc.date",
    "sailthru.date",
    "parsely-pub-date",
    "createdate",
    "datecreated",
    "date",
)
"""Best first; in use at the large Chinese news sites, on journals' pages and in blogs' templates."""
_CHANGED = (
    "dateupdate",
    "datemodified",
    "article:modified_time",
    "og:updated_time",
    "weibo: article:update_at",
    "weibo:article:update_at",
    "lastmodifiedtime",
    "updatetime",
)
"""Baidu's platforms give this one alone."""
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "dc.creator",
    "citation_author",
    "citation_authors",
)
_NO_ARTICLE = frozenset(("Comment", "Review", "Product", "Event", "Person", "Answer", "UserComments", "ImageObject"))
_ARTICLE = re.compile("Article|Posting|Report|Question|QAPage")
_SCRIPT_DATE = re.compile(
    r"""["'](?:datePublished|pubDate|publish_?[tT]ime|pubtime)["']\s*:\s*["']([^"'\\]{8,40})["']"""
)
_ASSIGNED = re.compile(r"""[=:](?=\s*["']?(1\d{9}(?!\d)|1\d{12}(?!\d)|(?:19|20)\d\d[-/.年][^"'\\;,<]{4,24}))""")
_VARIABLE = re.compile(
    r"""\b(?:pub_?time|pub_?date|publish_?time|publish_?date|create_?time|ct)["']?\s*$""", re.IGNORECASE
)
"""What stands right before a date; to look for dates first is five times as quick."""
NAME_CHARS = 40
MAX_JSON_CHARS = 300_000
MAX_JSON_NODES = 2000
MAX_SCRIPTS = 10
MAX_TIMES = 12


@dataclass(frozen=True, slots=True)
class StructuredData:
    """Dates and names as a page tells them to machines; None for what it does not."""

    published: str | None
    changed: str | None
    author: str | None


def structured_data(tree: LexborHTMLParser, fetched: str | None, authors: bool) -> StructuredData:
    """Meta elements before JSON-LD before microdata; names only where they are asked for."""
    metas = _metas(tree)
    published = _first_date(metas, _PUBLISHED, fetched)
    things = list(_things(tree)) if published is None or authors else []
    if published is None:
        published = _thing_date(things, fetched) or _marked_date(tree, fetched)
    author = None
    if authors:
        names = [metas.get(name, "") for name in _AUTHORS]
        author = next(
            (name for name in [*names[1:], _thing_author(things), _marked_author(tree), names[0]] if name), None
        )
    return StructuredData(published, _first_date(metas, _CHANGED, fetched), author)


def lang_of(tree: LexborHTMLParser) -> str | None:
    """The language that the page names: of <html>, else of a Content-Language or og:locale meta element."""
    root = tree.css_first("html")
    lang = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root is not None else None
    if lang:
        return lang
    meta = tree.css_first(
        "meta[http-equiv='Content-Language' i], meta[name='language' i], meta[property='og:locale']"
    )
    return (meta.attributes.get("content") or None) if meta is not None else None


def in_scripts(html: str, fetched: str | None) -> str | None:
    """The day that the page's scripts give under a publishing name, if all of them give the same."""
    found = (
        each[1]
        for each in _ASSIGNED.finditer(html)
        if _VARIABLE.search(html, max(0, each.start() - NAME_CHARS), each.start())
    )
    said = set(islice(found, MAX_JSON_NODES))
    dates = {
        date
        for value in said
        if (date := from_epoch(float(value)) if value.isdecimal() else written(value, fetched)) is not None
    }
    return min(dates) if len({date[:10] for date in dates}) == 1 else None


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Name, property or itemprop in lower case -> content; the first of each that says something."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        content = (attributes.get("content") or "").strip()
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        if content and name:
            found.setdefault(name.strip().lower(), content)
    return found


def _first_date(metas: dict[str, str], names: tuple[str, ...], fetched: str | None) -> str | None:
    for name in names:
        if name in metas and (date := written(metas[name], fetched)):
            return date
    return None


def _things(tree: LexborHTMLParser) -> Iterator[dict[str, object]]:
    """The objects of a page's JSON-LD that may be its text: of @graph, of lists, of mainEntity; articles first."""
    others: list[dict[str, object]] = []
    for script in tree.css("script[type='application/ld+json']")[:MAX_SCRIPTS]:
        text = script.text() or ""
        if len(text) > MAX_JSON_CHARS:
            continue
        try:
            parsed = json.loads(text, strict=False)
        except (ValueError, RecursionError):  # trailing commas and the like: the date can still be read
            others += [{"datePublished": found[1]} for found in islice(_SCRIPT_DATE.finditer(text), 1)]
            continue
        for thing, kinds in _objects(parsed):
            if any(_ARTICLE.search(kind) for kind in kinds):
                yield thing
            else:
                others.append(thing)
    yield from others


def _objects(parsed: object) -> Iterator[tuple[dict[str, object], list[str]]]:
    """Objects and their types, outer before inner; those that are no text are left out with all in them."""
    stack: list[object] = [parsed]
    for _ in range(MAX_JSON_NODES):
        if not stack:
            break
        thing = stack.pop()
        if isinstance(thing, list):
            stack += reversed(thing)
        elif isinstance(thing, dict) and _NO_ARTICLE.isdisjoint(kinds := _kinds(thing)):
            yield thing, kinds
            stack += [thing[key] for key in ("mainEntity", "mainEntityOfPage", "@graph") if key in thing]


def _kinds(thing: dict[str, object]) -> list[str]:
    kinds = thing.get("@type")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds or "")]


def _thing_date(things: list[dict[str, object]], fetched: str | None) -> str | None:
    for thing in things:
        for key in ("datePublished", "pubDate", "dateCreated", "uploadDate"):
            value = thing.get(key)
            if isinstance(value, str) and (date := written(value[:100], fetched)):
                return date
    return None


def _thing_author(things: list[dict[str, object]]) -> str | None:
    for thing in things:
        people = thing.get("author")
        names = []
        for person in people if isinstance(people, list) else [people]:
            name = person.get("name") if isinstance(person, dict) else person
            if isinstance(name, str):
                names.append(name)
        if names:
            return "、".join(names)
    return None


def _marked_date(tree: LexborHTMLParser, fetched: str | None) -> str | None:
    """itemprop=datePublished, <time pubdate>, WordPress's, else the first <time> outside comments and columns."""
    for selector in ("[itemprop=datePublished]", "time[pubdate]", "article time.published", "time[datetime]"):
        for node in tree.css(selector)[:MAX_TIMES]:
            attributes = node.attributes
            said = attributes.get("datetime") or attributes.get("content") or node.text() or ""
            date = written(said[:100], fetched)
            if date and not _is_aside(node):
                return date
    return None


def _marked_author(tree: LexborHTMLParser) -> str | None:
    for selector in ("[itemprop=author] [itemprop=name]", "[itemprop=author]", "[rel=author]"):
        node = tree.css_first(selector)
        if node is not None and not _is_aside(node):
            return node.attributes.get("content") or (node.text() or "")[:100]
    return None


def _is_aside(node: LexborNode) -> bool:
    """Whether it stands in comments, a side column or a footer, or says when the text was changed."""
    names = (node.attributes.get("class") or "").split()
    if "published" in names and "entry-date" in names:
        return False  # in the footer of WordPress's articles, and `updated` as well if they never were
    if re.search("update|modif", " ".join(names)):
        return True
    above: LexborNode | None = node.parent
    while above is not None and above.tag not in ("body", "article", "main"):
        if _is_furniture(Element(above, above.tag or "", above.attributes, None)):
            return True
        above = above.parent
    return False


def _is_furniture(element: Element) -> bool:
    return element.tag in ("aside", "footer", "nav") or is_comments_name(element) or is_furniture_name(element)
