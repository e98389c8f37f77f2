"""MediaWiki: the article behind each address; no histories, edits, special pages, or talk about them.

A wiki in several variants of Chinese shows each article in all of them. It is fetched in those of the addresses that
the site was entered by (`/zh-tw/…`, `?variant=zh-tw`); without any, in what the wiki answers readers of zh-CN with.
"""

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.addresses.urls import origin
from crawler.platforms.address_parts import query_of, skip
from crawler.platforms.platform import Address, Traits

_ARTICLE = re.compile(r"^(.*?)/(?:wiki|index\.php|w|zh(?:-[a-z]+)?)/(.+)$")
"""Article paths; /zh-hans/ and the like are the same articles in a variant. Elsewhere the whole path is the title."""
_VARIANT = re.compile(r"^/(zh(?:-[a-z]+)?)/(?=.)")
_VARIANT_PARAMETER = re.compile(r"(?:^|(?<=&))variant=[^&]*(?:&|$)")
_ANY = "-"
_NAMESPACES = re.compile(
    r"^(?:special|user|user[ _]talk|talk|file|image|template|mediawiki|help|project|module|category[ _]talk|特殊|"
    r"特别|用户|用戶|使用者|讨论|討論|文件|檔案|模板|帮助|幫助|模块|模塊|媒体文件|[^:]*(?:talk|讨论|討論|對話))\s*:",
    re.I,
)
_PARAMETERS = frozenset({"title", "variant", "from", "pagefrom", "subcatfrom", "filefrom", "until", "pageuntil"})
"""Of pages that can be read; categories are listed two hundred at a time."""


def enter(url: str, traits: Traits) -> None:
    path, query = _VARIANT.match(urlsplit(url).path), query_of(url)
    variant = path[1] if path is not None else query.get("variant") or _ANY
    wanted = traits.get("variants", "").split()
    if variant not in wanted:
        traits["variants"] = " ".join([*wanted, variant])
    if path is not None:
        traits["variant_in"] = "path"


def other_variants(url: str, first: Address, traits: Traits) -> list[Address]:
    others = traits.get("variants", "").split()[1:] if first.series else []
    return [replace(first, url=_in_variant(url, variant, traits), key=f"{first.key}|{variant}") for variant in others]


def place(url: str, traits: Traits) -> Address:
    path = urlsplit(url).path
    query = query_of(url)
    if path.endswith(("/api.php", "/load.php", "/opensearch_desc.php")) or "/rest.php" in path:
        return skip(url)
    if set(query) - _PARAMETERS:
        return skip(url)
    match = _ARTICLE.match(path)
    title = query.get("title") or unquote(match[2] if match else path.lstrip("/"))
    if _NAMESPACES.match(title.replace("_", " ").strip()):
        return skip(url)
    name = title.strip().replace(" ", "_")
    if not name:
        return Address(url, url)
    series = f"{origin(url)}|wiki|{name}"
    listed = "&".join(f"{key}={query[key]}" for key in sorted(query) if key not in ("title", "variant"))
    first = next(iter(traits.get("variants", "").split()), _ANY)
    return Address(_in_variant(url, first, traits), f"{series}|{listed}" if listed else series, series)


def _in_variant(url: str, wanted: str, traits: Traits) -> str:
    """The address in the variant that is wanted; for any, its query names none."""
    parts = urlsplit(url)
    path, query = parts.path, _VARIANT_PARAMETER.sub("", parts.query).rstrip("&")
    if wanted != _ANY:
        if _VARIANT.match(path):
            path = _VARIANT.sub(f"/{wanted}/", path)
        elif traits.get("variant_in") == "path" and path.startswith("/wiki/"):
            path = f"/{wanted}/{path.removeprefix('/wiki/')}"
        else:
            query = f"{query}&variant={wanted}" if query else f"variant={wanted}"
    return urlunsplit(parts._replace(path=path, query=query))
