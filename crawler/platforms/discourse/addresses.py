"""Discourse by its JSON: /latest.json lists all topics, /t/<id>.json gives twenty posts a page."""

import json
import re

from crawler.addresses.roles import Role
from crawler.addresses.urls import origin
from crawler.platforms.address_parts import number, page_of, query_of, skip
from crawler.platforms.platform import API, Address, Answer, ApiState, Traits

POSTS_A_PAGE = 20
_TOPIC = re.compile(
    r"^(https?://[^/]+)((?:/[^/]+)*?)/t/((?:[^/?]*[^/?0-9][^/?]*/)?)([0-9]{1,9})(?:/[0-9]+)?(\.json)?(?:\?|$)"
)
"""/t/title/12/17 or /t/12/17 is the topic 12 from its post 17 on; no title is a number."""
_LIST = re.compile(r"/(?:latest|top|new|c/[^?]*?)(\.json)?(?:\?|$)")
_FUNCTIONS = re.compile(
    r"/(?:u|users|g|groups|admin|search|login|signup|session|badges|my|tos|privacy|about|faq|posts|tag|tags|invites|"
    r"user-api-key|uploads|raw|letter_avatar_proxy|categories_and_latest|n|chat|review|"
    r"pub)(?:[/?.]|$)"
)


def place(url: str, traits: Traits) -> Address:
    if match := _TOPIC.match(url):
        return _topic(match, page_of(query_of(url)), api=traits.get(API) != ApiState.REFUSED)
    path = url[len(origin(url)) :]
    if path.partition("?")[0].endswith(".rss") or _FUNCTIONS.search(f"{path.partition('/c/')[0]}/"):
        return skip(url)  # /c/review/5 is a category
    if match := _LIST.search(url):
        return Address(url, url, url.partition("?")[0], role=Role.API if match[1] else Role.PAGE)
    return Address(url, url)


def _topic(match: re.Match[str], page: int, *, api: bool) -> Address:
    """Without its title, the page is sent on to the address with it; the API is not."""
    at, folder, title, topic = match.group(1, 2, 3, 4)
    first = f"{at}{folder}/t/{topic}.json" if api else f"{at}{folder}/t/{title}{topic}"
    series = f"{at}|topic|{topic}"
    url = f"{first}?page={page}" if page > 1 else first
    if api:
        return Address(url, f"{series}|{page}|json", series, role=Role.API)
    return Address(url, f"{series}|{page}|html", series)


def starts(origin: str) -> list[str]:
    return [f"{origin}/latest.json?page=0"]


def read_api(url: str, body: bytes) -> Answer:
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("no JSON object")
    listed = data.get("topic_list") or {}
    topics = listed.get("topics")
    if isinstance(topics, list):
        return Answer(links=_links_of_list(url, topics, has_more=bool(listed.get("more_topics_url"))))
    stream = data.get("post_stream")
    if not isinstance(stream, dict):
        raise ValueError("neither a list of topics nor a topic")
    count = len(stream.get("stream") or ()) or int(data.get("posts_count") or 0)
    page = page_of(query_of(url))
    more = [f"{url.partition('?')[0]}?page={page + 1}"] if page * POSTS_A_PAGE < count else []
    return Answer(text=True, links=more)


def _links_of_list(url: str, topics: list[dict[str, object]], *, has_more: bool) -> list[str]:
    """To its topics, and to the next page of the list, whose first page is 0."""
    base = re.sub(r"/(?:latest|top|new|c/).*", "", url)
    links = [f"{base}/t/{topic['id']}.json" for topic in topics if isinstance(topic.get("id"), int)]
    if topics and has_more:
        page = number(query_of(url).get("page", "")) or 0
        links.append(f"{url.partition('?')[0]}?page={page + 1}")
    return links


def instead(url: str) -> str | None:
    match = _TOPIC.match(url)
    return f"{match[1]}{match[2]}/t/{match[4]}" if match and match[5] else None
