"""NodeBB by its read API: what stands under /api/ is the page of the same path as JSON."""

import json
import re

from crawler.fetch.urls import origin
from crawler.spiders.platform import Address, Api, Platform, page_of, query_of, skip

_PAGED = re.compile(r"^(https?://[^/]+)((?:/[^/]+)*?)(/api)?/(topic|category)/([0-9]{1,9})(?:/[^?]*)?(?:\?|$)")
_FUNCTIONS = re.compile(
    r"/(?:api/)?(?:user|users|uid|login|register|reset|compose|admin|search|notifications|chats|tags|groups|flags|post|"
    r"unread|popular|top|recent|assets|ping|sping|email|me|world|outgoing)(?:[/?]|$)"
)


class NodeBB(Platform):
    name = "nodebb"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:
        if match := _PAGED.match(url):
            page = page_of(query_of(url))
            api = traits.get("api") != "refused"
            first = f"{match[1]}{match[2]}{'/api' if api else ''}/{match[4]}/{match[5]}"
            series = f"{match[1]}|{match[4]}|{match[5]}"
            return Address(
                f"{first}?page={page}" if page > 1 else first,
                f"{series}|{page}|{'json' if api else 'html'}",
                series,
                role="api" if api else "page",
            )
        path = url[len(origin(url)) :]
        if "/api/categories" in path:
            return Address(url, url, role="api")
        return skip(url) if _FUNCTIONS.search(path) else Address(url, url)

    def starts(self, origin: str) -> list[str]:
        return [f"{origin}/api/categories"]

    def read_api(self, url: str, body: bytes) -> Api:
        data = json.loads(body)
        if isinstance(data, str) and data.startswith("/"):  # where the page has moved to, instead of a redirect
            return Api(links=[f"{url.partition('/api/')[0]}/api{data}"])
        if not isinstance(data, dict):
            raise ValueError("no JSON object")
        base = url.partition("/api/")[0]
        api = Api(text=isinstance(data.get("posts"), list) and "tid" in data)
        api.links = [f"{base}/api/topic/{topic['tid']}" for topic in data.get("topics") or () if topic.get("tid")]
        api.links += [f"{base}/api/category/{cid}" for cid in _categories(data)]
        page, pages = page_of(query_of(url)), (data.get("pagination") or {}).get("pageCount") or 1
        if page < int(pages):
            api.links.append(f"{url.partition('?')[0]}?page={page + 1}")
        if not api.text and not ({"topics", "categories", "children"} & set(data)):
            raise ValueError("neither a topic nor a list of topics or categories")
        return api

    def instead(self, url: str) -> str | None:
        return url.replace("/api/", "/", 1) if _PAGED.match(url) and "/api/" in url else None


def _categories(data: dict[str, object]) -> list[int]:
    """Categories at any depth, in the order of the page."""
    found: list[int] = []
    for name in ("categories", "children"):
        items = data.get(name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and isinstance(item.get("cid"), int):
                found += [item["cid"], *_categories(item)]
    return found
