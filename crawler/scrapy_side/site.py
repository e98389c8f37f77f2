"""Turn every address that the frontier hands out into a request, and hand every answer to the session."""

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy import exceptions as scrapy_exceptions
from scrapy.http import Response

from crawler.addresses.urls import hostname
from crawler.frontier.entries import Entry
from crawler.scrapy_side.guard import REFUSED
from crawler.scrapy_side.handler import is_head_too_large
from crawler.session.answer import Received
from crawler.session.session import Session
from pipeline.contract.drop import DropReason


class SiteSpider(Spider):
    name = "site"

    def __init__(self, session: Session, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.session = session

    async def start(self) -> AsyncIterator[Any]:
        """Seeds are in the frontier already."""
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    def make_request(self, entry: Entry) -> Request:
        headers = {name: value for name, value in self.session.headers(entry) if name != "Host"}
        return Request(
            entry.url,
            headers=headers,
            callback=self.answered,
            errback=self.failed,
            meta={
                "entry": entry,
                "download_slot": hostname(entry.origin),
                "download_timeout": self.session.config.timeout,  # of the whole response; a drip does not prolong it
            },
            dont_filter=True,
        )

    def answered(self, response: Response) -> None:
        entry: Entry = response.meta["entry"]
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        lost = bool({"dataloss", "partial"} & set(response.flags))
        ip = None if self.session.config.date else str(response.ip_address) if response.ip_address else None
        protocol = response.protocol or "HTTP/1.1"
        self.session.answered(entry, Received(response.status, protocol, headers, response.body, ip, lost))

    def failed(self, failure: Any) -> None:
        entry: Entry = failure.request.meta["entry"]
        reason, transient = cause(failure.value, hostname(entry.origin))
        self.session.failed(entry, reason, transient)


def cause(error: Exception, host: str) -> tuple[DropReason, bool]:
    """The reason that stands for an error of the downloader, and whether it may pass."""
    if isinstance(error, scrapy_exceptions.DownloadCancelledError) or is_head_too_large(error):
        return DropReason.TOO_LARGE, False
    if isinstance(error, scrapy_exceptions.DownloadTimeoutError):
        return DropReason.TIMED_OUT, True
    if host.strip("[]") in REFUSED:
        return DropReason.UNSAFE_ADDRESS, False
    if isinstance(error, scrapy_exceptions.IgnoreRequest):
        return DropReason.EXCLUDED, False
    return DropReason.UNREACHABLE, True
