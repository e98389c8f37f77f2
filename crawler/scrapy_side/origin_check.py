"""The last look at a request before it leaves: inside the allow-list, or it does not go."""

from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.addresses.scope import Scope
from crawler.addresses.urls import BadAddress


class Fence:
    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Fence":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        scope: Scope = self.crawler.spider.session.scope
        try:
            inside = scope.site(scope.normalise(request.url)) is not None
        except BadAddress as error:
            raise IgnoreRequest(f"{request.url}: {error}") from None
        if not inside:
            raise IgnoreRequest(f"{request.url}: outside the allow-list")
