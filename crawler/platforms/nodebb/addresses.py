"""NodeBB by its read API: what stands under /api/ is the page of the same path as JSON."""

import json
import re
from typing import Any

from crawler.addresses.roles import Role
from crawler.addresses.urls import origin
from crawler.platforms.address_parts import page_of, query_of, skip
from crawler.platforms.platform import API, Address, Answer, ApiState, Traits

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


def place(url: str, traits: Traits) -> Address:
    if (match := _PAGED.match(url)) and not _FUNCTIONS.search(f"{match[2]}/"):
        return _paged(match, page_of(query_of(url)), api=traits.get(API) != ApiState.REFUSED)
    if match := _CHILDREN.match(url):
        return Address(url, url, match[1], role=Role.API)
    path = url[len(origin(url)) :]
    if "/api/categories" in path:
        return Address(url, url, role=Role.API)
    return skip(url) if _FUNCTIONS.search(path) else Address(url, url)


def _paged(match: re.Match[str], page: int, *, api: bool) -> Address:
    """A page of a topic, of a category or of what is recent. Without its title, the page is sent on to the address
    with it; the API is not."""
    at, folder, title, name = match[1], match[2], match[6] or "", match[7] or f"{match[4]}/{match[5]}"
    first = f"{at}{folder}/api/{name}" if api else f"{at}{folder}/{name}{title}"
    series = f"{at}|{name.replace('/', '|')}"
    url = f"{first}?page={page}" if page > 1 else first
    if api:
        return Address(url, f"{series}|{page}|json", series, role=Role.API)
    return Address(url, f"{series}|{page}|html", series)


def starts(origin: str) -> list[str]:
    return [f"{origin}/api/categories"]


def read_api(url: str, body: bytes) -> Answer:
    data, base = json.loads(body), url.partition("/api/")[0]
    if isinstance(data, str) and data.startswith("/"):  # where the page has moved to, instead of a redirect
        return Answer(links=[f"{base}/api{data.removeprefix(base[len(origin(url)) :])}"])
    if not isinstance(data, dict):
        raise ValueError("no JSON object")
    children = data.get("response") if _CHILDREN.match(url) else data
    if not isinstance(children, dict):
        raise ValueError("no list of categories")
    is_topic = isinstance(data.get("posts"), list) and "tid" in data
    if not is_topic and not ({"topics", "categories", "children"} & set(children)):
        raise ValueError("neither a topic nor a list of topics or categories")
    return Answer(is_topic, _links(url, data, children))


def _links(url: str, data: dict[str, Any], children: dict[str, Any]) -> list[str]:
    """To topics, to categories below this one, to the next page."""
    base = url.partition("/api/")[0]
    topics = [f"{base}/api/topic/{topic['tid']}" for topic in data.get("topics") or () if topic.get("tid")]
    categories = [f"{base}/api/category/{cid}" for cid in _categories(children)]
    return [*topics, *categories, *_more_children(url, data, children), *_next_page(url, data)]


def instead(url: str) -> str | None:
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


def _next_page(url: str, data: dict[str, Any]) -> list[str]:
    page, pages = page_of(query_of(url)), (data.get("pagination") or {}).get("pageCount") or 1
    return [f"{url.partition('?')[0]}?page={page + 1}"] if page < int(pages) else []


def _categories(data: dict[str, object]) -> list[int]:
    """Categories at any depth, in the order of the page."""
    found: list[int] = []
    for name in ("categories", "children"):
        items = data.get(name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and isinstance(item.get("cid"), int):
                found += [item["cid"], *_categories(item)]
    return found
