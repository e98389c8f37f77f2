"""Check once more, as a request leaves, that its origin is in the allow-list; else it does not go."""

from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.addresses.scope import Scope
from crawler.addresses.urls import BadAddress


class OriginCheck:
    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> "OriginCheck":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        scope: Scope = self.crawler.spider.session.scope
        try:
            inside = scope.site(scope.normalise(request.url)) is not None
        except BadAddress as error:
            raise IgnoreRequest(f"{request.url}: {error}") from None
        if not inside:
            raise IgnoreRequest(f"{request.url}: outside the allow-list")
