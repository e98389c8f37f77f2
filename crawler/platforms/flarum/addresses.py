"""Flarum by its JSON:API: /api/discussions lists twenty a page, /api/posts?filter[discussion]= gives the posts."""

import json
import re

from crawler.addresses.urls import origin
from crawler.platforms.platform import Address, Api, Platform, page_of, query_of, skip

POSTS_A_PAGE = 50
_DISCUSSION = re.compile(r"^(https?://[^/]+)((?:/[^/]+)*?)/d/(\d+)(?:-[^/?]*)?(?:/[^/?]*)?(?:\?|$)")
_API = re.compile(r"/api/(?:discussions|posts)(?:\?|$)")
_FUNCTIONS = re.compile(
    r"/(?:u|settings|notifications|login|logout|register|flags|admin|api|assets|confirm|reset|following|private"
    r"|posts)(?:[/?]|$)"
)


class Flarum(Platform):
    name = "flarum"
    marks = "#flarum-content, #flarum-loading"
    generator = "Flarum"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:
        if match := _DISCUSSION.match(url):
            at, folder, discussion = match[1], match[2], match[3]
            series = f"{at}|discussion|{discussion}"
            if traits.get("api") != "refused":
                return Address(_posts(f"{at}{folder}", discussion, 0), f"{series}|0|json", series, role="api")
            page = page_of(query_of(url))
            first = f"{at}{folder}/d/{discussion}"
            return Address(f"{first}?page={page}" if page > 1 else first, f"{series}|{page}|html", series)
        if _API.search(url):
            query = query_of(url)
            of, offset = query.get("filter[discussion]"), query.get("page[offset]", "0")
            series = f"{origin(url)}|discussion|{of}" if of else url.partition("?")[0]
            return Address(url, f"{series}|{offset}|json" if of else url, series, role="api")
        if _FUNCTIONS.search(url[len(origin(url)) :]):
            return skip(url)
        query = query_of(url)
        if set(query) & {"q", "sort", "filter"}:
            return skip(url)  # a search, or the same list in another order
        first, page = url.partition("?")[0], page_of(query)
        if set(query) <= {"page"}:
            if page > 1 and traits.get("api") == "works":
                return skip(url)  # the API lists the discussions
            return Address(f"{first}?page={page}" if page > 1 else first, f"{first}|{page}", first)
        return Address(url, url)

    def starts(self, origin: str) -> list[str]:
        return [f"{origin}/api/discussions?sort=-createdAt"]

    def read_api(self, url: str, body: bytes) -> Api:
        data = json.loads(body)
        items = data.get("data") if isinstance(data, dict) else None
        if not isinstance(items, list):
            raise ValueError("no JSON:API list")
        following = (data.get("links") or {}).get("next")
        api = Api(links=[following] if isinstance(following, str) else [])
        base = url.partition("/api/")[0]
        for item in items:
            if item.get("type") == "discussions":
                api.links.append(_posts(base, str(item["id"]), 0))
            elif item.get("type") == "posts":
                api.text = True
        return api

    def instead(self, url: str) -> str | None:
        discussion = query_of(url).get("filter[discussion]")
        return f"{url.partition('/api/')[0]}/d/{discussion}" if discussion else None


def _posts(base: str, discussion: str, offset: int) -> str:
    tail = f"&page%5Boffset%5D={offset}" if offset else ""
    return f"{base}/api/posts?filter%5Bdiscussion%5D={discussion}&sort=createdAt&page%5Blimit%5D={POSTS_A_PAGE}{tail}"
