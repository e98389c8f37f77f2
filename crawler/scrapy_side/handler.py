"""Bound what comes before a body in Scrapy's HTTP handler: headers without end would fill the memory."""

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE

MAX_HEAD_BYTES = 256 << 10
"""Browsers stop at 256 KiB (Chromium) or 384 KiB (Firefox); Twisted bounds a line, but not their number."""


class HeadTooLarge(Exception):
    """The status line and headers, those of 1xx answers before it included, were longer than that."""


class _Protocol(_LenientHTTP11ClientProtocol):
    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        return super().request(request)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: N802 (Twisted's name)
        parser = self._parser
        if parser is not None and parser.state not in (BODY, DONE):
            self._head += len(bytes)
            if self._head > MAX_HEAD_BYTES:
                self._giveUp(Failure(HeadTooLarge(f"more than {MAX_HEAD_BYTES} bytes before the body")))
                return
        super().dataReceived(bytes)


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: ARG002, N802
        return _Protocol(self._quiescentCallback)


class Handler(HTTP11DownloadHandler):
    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory


def is_head_too_large(error: BaseException) -> bool:
    """Whether the downloader's error has that cause."""
    reasons = getattr(error.__cause__, "reasons", ())
    return any(reason.check(HeadTooLarge) for reason in reasons)
