"""Say on the page's address that the model is being opened, until it is.

Importing Gradio and torch takes most of the time that the demo takes to begin. A thread answers meanwhile: who opens
the address at once finds a page that reloads itself.
"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pipeline.demo.local_only import POLICY

PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="1"><title>文渊：正在打开模型</title>
<body style="font: 1.1rem/1.8 system-ui, sans-serif; margin: 4rem auto; max-width: 30rem; padding: 0 1rem">
<h1 style="font-size: 1.6rem">文渊</h1><p>正在打开模型，几秒钟就好，页面会自己刷新。</p></body></html>
"""
LOOKS_S, REQUEST_S = 0.1, 0.5
"""How often the thread looks whether it shall end, and how long it waits for a request on an open connection."""


def answer() -> bytes:
    """The page with status 503, so that no program takes it for the demo."""
    body = PAGE.encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nRetry-After: 1\r\n"
        f"Cache-Control: no-store\r\nContent-Security-Policy: {POLICY}\r\nReferrer-Policy: no-referrer\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


@contextmanager
def waiting_page(listener: socket.socket) -> Iterator[None]:
    """Answer all requests on the listening socket while the block runs; then the socket is free for the server."""
    over = threading.Event()
    thread = threading.Thread(target=_answer_all, args=(listener, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _answer_all(listener: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        if not select.select([listener], [], [], LOOKS_S)[0]:
            continue
        # A browser may go away, or open a connection and say nothing on it.
        with suppress(OSError), listener.accept()[0] as connection:
            connection.settimeout(REQUEST_S)
            if connection.recv(65536):
                connection.sendall(answer())
