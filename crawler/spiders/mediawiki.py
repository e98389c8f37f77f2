"""MediaWiki: the article behind each address; no histories, edits, special pages, or talk about them."""

import re
from urllib.parse import unquote, urlsplit

from crawler.fetch.urls import origin
from crawler.spiders.platform import Address, Platform, query_of, skip

_ARTICLE = re.compile(r"^(.*?)/(?:wiki|index\.php|w|zh(?:-[a-z]+)?)/(.+)$")
"""Article paths; /zh-hans/ and the like are the same articles in a variant. Elsewhere the whole path is the title."""
_NAMESPACES = re.compile(
    r"^(?:special|user|user[ _]talk|talk|file|image|template|mediawiki|help|project|module|category[ _]talk|特殊|"
    r"特别|用户|用戶|使用者|讨论|討論|文件|檔案|模板|帮助|幫助|模块|模塊|媒体文件|[^:]*(?:talk|讨论|討論|對話))\s*:",
    re.I,
)
_PARAMETERS = frozenset({"title", "variant", "from", "pagefrom", "subcatfrom", "filefrom", "until", "pageuntil"})
"""Of pages that can be read; categories are listed two hundred at a time."""


class MediaWiki(Platform):
    name = "mediawiki"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:  # noqa: ARG002
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
        if "variant" in query:
            url = re.sub(r"([?&])variant=[^&]*&?", r"\1", url).rstrip("?&")
        name = title.strip().replace(" ", "_")
        series = f"{origin(url)}|wiki|{name}"
        listed = "&".join(f"{key}={query[key]}" for key in sorted(query) if key not in ("title", "variant"))
        return Address(url, f"{series}|{listed}" if listed else series, series) if name else Address(url, url)
