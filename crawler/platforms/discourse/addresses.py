"""Discourse by its JSON: /latest.json lists all topics, /t/<id>.json gives twenty posts a page."""

import json
import re

from crawler.addresses.urls import origin
from crawler.platforms.platform import Address, Api, Platform, number, page_of, query_of, skip

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


class Discourse(Platform):
    name = "discourse"
    marks = "meta#data-discourse-setup, #data-preloaded, body > #main-outlet.wrap[role='main']"
    generator = "Discourse"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:
        if match := _TOPIC.match(url):
            page = page_of(query_of(url))
            api = traits.get("api") != "refused"
            # Without its title, the page is sent on to the address with it; the API is not.
            first = (
                f"{match[1]}{match[2]}/t/{match[4]}.json" if api else f"{match[1]}{match[2]}/t/{match[3]}{match[4]}"
            )
            series = f"{match[1]}|topic|{match[4]}"
            return Address(
                f"{first}?page={page}" if page > 1 else first,
                f"{series}|{page}|{'json' if api else 'html'}",
                series,
                role="api" if api else "page",
            )
        path = url[len(origin(url)) :]
        if path.partition("?")[0].endswith(".rss") or _FUNCTIONS.search(f"{path.partition('/c/')[0]}/"):
            return skip(url)  # /c/review/5 is a category
        if match := _LIST.search(url):
            return Address(url, url, url.partition("?")[0], role="api" if match[1] else "page")
        return Address(url, url)

    def starts(self, origin: str) -> list[str]:
        return [f"{origin}/latest.json?page=0"]

    def read_api(self, url: str, body: bytes) -> Api:
        data = json.loads(body)
        if not isinstance(data, dict):
            raise ValueError("no JSON object")
        api = Api()
        topics = (data.get("topic_list") or {}).get("topics")
        if isinstance(topics, list):
            base = re.sub(r"/(?:latest|top|new|c/).*", "", url)
            api.links = [f"{base}/t/{topic['id']}.json" for topic in topics if isinstance(topic.get("id"), int)]
            if topics and (data["topic_list"].get("more_topics_url")):
                page = number(query_of(url).get("page", "")) or 0
                api.links.append(f"{url.partition('?')[0]}?page={page + 1}")
            return api
        stream = data.get("post_stream")
        if not isinstance(stream, dict):
            raise ValueError("neither a list of topics nor a topic")
        api.text = True
        count = len(stream.get("stream") or ()) or int(data.get("posts_count") or 0)
        page = page_of(query_of(url))
        if page * POSTS_A_PAGE < count:
            api.links = [f"{url.partition('?')[0]}?page={page + 1}"]
        return api

    def instead(self, url: str) -> str | None:
        match = _TOPIC.match(url)
        return f"{match[1]}{match[2]}/t/{match[4]}" if match and match[5] else None
