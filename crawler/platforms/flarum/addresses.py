"""Flarum by its JSON:API: /api/discussions lists twenty a page, /api/posts?filter[discussion]= gives the posts."""

import json
import re

from crawler.addresses.roles import Role
from crawler.addresses.urls import origin
from crawler.platforms.address_parts import page_of, query_of, skip
from crawler.platforms.platform import API, Address, Answer, ApiState, Traits

POSTS_A_PAGE = 50
_DISCUSSION = re.compile(r"^(https?://[^/]+)((?:/[^/]+)*?)/d/(\d+)(?:-[^/?]*)?(?:/[^/?]*)?(?:\?|$)")
_API = re.compile(r"/api/(?:discussions|posts)(?:\?|$)")
_FUNCTIONS = re.compile(
    r"/(?:u|settings|notifications|login|logout|register|flags|admin|api|assets|confirm|reset|following|private"
    r"|posts)(?:[/?]|$)"
)


def place(url: str, traits: Traits) -> Address:
    query = query_of(url)
    if match := _DISCUSSION.match(url):
        return _discussion(match, page_of(query), api=traits.get(API) != ApiState.REFUSED)
    if _API.search(url):
        of, offset = query.get("filter[discussion]"), query.get("page[offset]", "0")
        series = f"{origin(url)}|discussion|{of}" if of else url.partition("?")[0]
        return Address(url, f"{series}|{offset}|json" if of else url, series, role=Role.API)
    if _FUNCTIONS.search(url[len(origin(url)) :]):
        return skip(url)
    if set(query) & {"q", "sort", "filter"}:
        return skip(url)  # a search, or the same list in another order
    first, page = url.partition("?")[0], page_of(query)
    if set(query) <= {"page"}:
        if page > 1 and traits.get(API) == ApiState.WORKS:
            return skip(url)  # the API lists the discussions
        return Address(f"{first}?page={page}" if page > 1 else first, f"{first}|{page}", first)
    return Address(url, url)


def _discussion(match: re.Match[str], page: int, *, api: bool) -> Address:
    """The API gives its posts from the first on, whatever page was linked to; each answer names the next."""
    at, folder, discussion = match.group(1, 2, 3)
    series = f"{at}|discussion|{discussion}"
    if api:
        return Address(_posts(f"{at}{folder}", discussion, 0), f"{series}|0|json", series, role=Role.API)
    first = f"{at}{folder}/d/{discussion}"
    return Address(f"{first}?page={page}" if page > 1 else first, f"{series}|{page}|html", series)


def starts(origin: str) -> list[str]:
    return [f"{origin}/api/discussions?sort=-createdAt"]


def read_api(url: str, body: bytes) -> Answer:
    data = json.loads(body)
    items = data.get("data") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ValueError("no JSON:API list")
    following = (data.get("links") or {}).get("next")
    answer = Answer(links=[following] if isinstance(following, str) else [])
    base = url.partition("/api/")[0]
    for item in items:
        if item.get("type") == "discussions":
            answer.links.append(_posts(base, str(item["id"]), 0))
        elif item.get("type") == "posts":
            answer.text = True
    return answer


def instead(url: str) -> str | None:
    discussion = query_of(url).get("filter[discussion]")
    return f"{url.partition('/api/')[0]}/d/{discussion}" if discussion else None


def _posts(base: str, discussion: str, offset: int) -> str:
    tail = f"&page%5Boffset%5D={offset}" if offset else ""
    return f"{base}/api/posts?filter%5Bdiscussion%5D={discussion}&sort=createdAt&page%5Blimit%5D={POSTS_A_PAGE}{tail}"
