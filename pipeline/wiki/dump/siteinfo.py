"""What a dump's head says about its wiki: names, language, namespaces, and the address of a page."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.core.errors import SourceError

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?mediawiki[\s>]")
_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding=["']([^"']+)["']""")
_DATABASE = re.compile(r"\w[\w.-]*")
"""Shards are named after it."""
_BEFORE_TITLE = re.compile(r".*?[?&]title=|.*?/index\.php/|.*?/wiki/")
_SAFE_IN_URL = ";@$!*(),/~:"
"""What MediaWiki leaves as it is in the address of a page (wfUrlencode)."""


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """The `<siteinfo>` of a dump."""

    name: str
    database: str
    base: str
    """Address of the main page: all other addresses are built like it."""
    language: str
    """xml:lang of the dump."""
    case: str
    namespaces: dict[int, str]
    """Key to local name, as in the dump; 0 is "" ."""

    def url(self, title: str) -> str:
        """Address of a page, built as the main page's is: …/wiki/首页, …/index.php/首页, …/index.php?title=首页."""
        before = _BEFORE_TITLE.match(self.base)
        stem = before.group() if before else self.base[: self.base.rfind("/") + 1]
        return stem + quote(title.replace(" ", "_"), safe=_SAFE_IN_URL)


def parse_head(place: str, head: bytes) -> tuple[SiteInfo, str]:
    """The site and the prefix of the dump's tags ("" or "mw:"), from the dump's first bytes up to `</siteinfo>`.

    SourceError for what is no MediaWiki export, for a DOCTYPE (a dump has none, and entities can be bombs), for
    another encoding than UTF-8.
    """
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    root = _ROOT.search(head)
    if re.search(rb"(?i)<!doctype\s+html|<html", head[:1000]):
        raise SourceError(f"{place}: this is an HTML page, no dump; it begins with {shown(head)}")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise SourceError(f"{place}: the head holds a DOCTYPE, which no MediaWiki export has; refused")
    if not root:
        raise SourceError(f"{place}: not a MediaWiki export: it begins with {shown(head)}")
    encoding = _ENCODING.match(head)
    if encoding and encoding.group(1).upper() != b"UTF-8":
        raise SourceError(f"{place}: encoding {encoding.group(1).decode('latin-1')}, but exports are UTF-8")
    prefix = root.group(1).decode() + ":" if root.group(1) else ""
    close = re.compile(rb"</%ssiteinfo\s*>" % prefix.encode()).search(head)
    if not close:
        raise SourceError(f"{place}: no whole <siteinfo> in the first {len(head):,} bytes")
    try:
        tree = ElementTree.fromstring(head[: close.end()] + f"</{prefix}mediawiki>".encode())
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise SourceError(f"{place}: the head is no XML: {error}") from error
    return _site(place, tree), prefix


def shown(data: bytes) -> str:
    """The first bytes of a file for a message."""
    return repr(data[:60].decode(errors="backslashreplace")) + (f" ({data[:8].hex(' ')})" if data else "")


def _site(place: str, tree: ElementTree.Element) -> SiteInfo:
    for element in tree.iter():
        element.tag = element.tag.rpartition("}")[2]
    names = ("sitename", "dbname", "base", "case")
    values = {name: (tree.findtext(f"siteinfo/{name}") or "").strip() for name in names}
    values["xml:lang"] = tree.get(_XML_LANG, "")
    namespaces = tree.findall("siteinfo/namespaces/namespace")
    missing = [name for name in ("dbname", "base", "xml:lang") if not values[name]]
    if missing or not namespaces:
        raise SourceError(f"{place}: the head lacks {', '.join(missing) or 'namespaces'}")
    if not _DATABASE.fullmatch(values["dbname"]):
        raise SourceError(f"{place}: dbname {values['dbname']!r} is not letters, digits, dots and dashes")
    try:
        keys = {int(space.get("key", "")): space.text or "" for space in namespaces}
    except ValueError as error:
        raise SourceError(f"{place}: the head has a namespace without a number: {error}") from error
    return SiteInfo(values["sitename"], values["dbname"], values["base"], values["xml:lang"], values["case"], keys)
