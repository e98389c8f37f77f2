"""NodeBB by its read API: what stands under /api/ is the page of the same path as JSON."""

import json
import re

from crawler.addresses.urls import origin
from crawler.platforms.platform import Address, Api, Platform, page_of, query_of, skip

_ID = r"[0-9]{1,9}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""Topics that came from another server have a UUID."""
_PAGED = re.compile(
    rf"^(https?://[^/]+)((?:/[^/]+)*?)(/api)?/(?:(topic|category)/({_ID})(/[^/?]+)?(?:/[^?]*)?|(recent))(?:\?|$)"
)
_CHILDREN = re.compile(r"^(.*/api/v3/categories/([0-9]{1,9})/children)\?start=([0-9]{1,9})$")
"""Further categories below one: its page shows ten and loads the others by a button."""
_FUNCTIONS = re.compile(
    r"/(?:api/)?(?:user|users|uid|login|register|reset|compose|admin|search|notifications|chats|tags|groups|flags|"
    r"post|unread|popular|top|assets|ping|sping|email|me|world|outgoing|v3|post-queue|registration-queue|ip-blacklist|"
    r"confirm|tos|intents)(?:[/?]|$)|\.rss(?:\?|$)"
)


class NodeBB(Platform):
    name = "nodebb"
    marks = (
        "script[src*='/assets/nodebb'], body[class*='page-status-'] #content, [component='brand/wrapper'],"
        " [component='topic'] [component='post'], [component='category/topic']"
    )
    generator = "NodeBB"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:
        api = traits.get("api") != "refused"
        if (match := _PAGED.match(url)) and not _FUNCTIONS.search(f"{match[2]}/"):
            page = page_of(query_of(url))
            name = match[7] or f"{match[4]}/{match[5]}"
            first = f"{match[1]}{match[2]}{'/api' if api else ''}/{name}"
            if not api:  # without its title, the page is sent on to the address with it
                first += match[6] or ""
            series = f"{match[1]}|{name.replace('/', '|')}"
            return Address(
                f"{first}?page={page}" if page > 1 else first,
                f"{series}|{page}|{'json' if api else 'html'}",
                series,
                role="api" if api else "page",
            )
        if match := _CHILDREN.match(url):
            return Address(url, url, match[1], role="api")
        path = url[len(origin(url)) :]
        if "/api/categories" in path:
            return Address(url, url, role="api")
        return skip(url) if _FUNCTIONS.search(path) else Address(url, url)

    def starts(self, origin: str) -> list[str]:
        return [f"{origin}/api/categories"]

    def read_api(self, url: str, body: bytes) -> Api:
        data = json.loads(body)
        if isinstance(data, str) and data.startswith("/"):  # where the page has moved to, instead of a redirect
            base = url.partition("/api/")[0]
            return Api(links=[f"{base}/api{data.removeprefix(base[len(origin(url)) :])}"])
        if not isinstance(data, dict):
            raise ValueError("no JSON object")
        base = url.partition("/api/")[0]
        api = Api(text=isinstance(data.get("posts"), list) and "tid" in data)
        api.links = [f"{base}/api/topic/{topic['tid']}" for topic in data.get("topics") or () if topic.get("tid")]
        children = data.get("response") if _CHILDREN.match(url) else data
        if not isinstance(children, dict):
            raise ValueError("no list of categories")
        api.links += [f"{base}/api/category/{cid}" for cid in _categories(children)]
        api.links += _more_children(url, data, children)
        page, pages = page_of(query_of(url)), (data.get("pagination") or {}).get("pageCount") or 1
        if page < int(pages):
            api.links.append(f"{url.partition('?')[0]}?page={page + 1}")
        if not api.text and not ({"topics", "categories", "children"} & set(children)):
            raise ValueError("neither a topic nor a list of topics or categories")
        return api

    def instead(self, url: str) -> str | None:
        return url.replace("/api/", "/", 1) if _PAGED.match(url) and "/api/" in url else None


def _more_children(url: str, data: dict[str, object], children: dict[str, object]) -> list[str]:
    """The next ten categories below one, after its own page and after each ten."""
    base = url.partition("/api/")[0]
    if data.get("hasMoreSubCategories") and isinstance(data.get("cid"), int):
        return [f"{base}/api/v3/categories/{data['cid']}/children?start={data.get('nextSubCategoryStart')}"]
    match, shown = _CHILDREN.match(url), children.get("categories")
    if match and isinstance(shown, list) and shown:
        return [f"{match[1]}?start={int(match[3]) + len(shown)}"]
    return []


def _categories(data: dict[str, object]) -> list[int]:
    """Categories at any depth, in the order of the page."""
    found: list[int] = []
    for name in ("categories", "children"):
        items = data.get(name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and isinstance(item.get("cid"), int):
                found += [item["cid"], *_categories(item)]
    return found
