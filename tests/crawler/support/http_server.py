"""A web server of the tests' own that can also break HTTP: answers from tables, keeps a log of all it was asked."""

import http
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

MAX_HEAD_BYTES = 65_536
HTML = "text/html; charset=utf-8"
Header = tuple[str, str]


@dataclass
class Request:
    """One request as it arrived, and what became of it."""

    host: str
    """The Host header, port included if it stood there."""
    target: str
    """Path and query exactly as sent."""
    headers: dict[str, str]
    """Names in lower case."""
    nth: int
    """The first, second … request for this host and target."""
    began: float
    """Monotonic seconds at its last byte."""
    answered: float | None = None
    """Just before the first byte of the answer went: the other side cannot have asked for more because of it."""
    ended: float | None = None
    """When the last byte of the answer was handed to the kernel, or the other side had gone."""
    sent: int = 0
    """Bytes of the answer."""

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.target}"


@dataclass(frozen=True)
class Reply:
    """A well-formed answer; Content-Length is added unless `length` is false."""

    body: bytes = b""
    type: str | None = HTML
    status: int = 200
    headers: tuple[Header, ...] = ()
    length: bool = True
    pause_s: float = 0
    """The server thinks so long before it answers."""

    def encoded(self) -> bytes:
        names = {status.value: status.phrase for status in http.HTTPStatus}
        lines = [f"HTTP/1.1 {self.status} {names.get(self.status, 'Odd')}"]
        if self.type is not None:
            lines.append(f"Content-Type: {self.type}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.length:
            lines.append(f"Content-Length: {len(self.body)}")
        else:
            lines.append("Connection: close")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


Raw = Iterable[bytes]
"""Bytes put on the wire as they are, after which the connection is closed."""
Answer = Reply | Raw
Handler = Callable[[Request], Answer]


@dataclass
class Server:
    """Listens on a free port of 127.0.0.1 until `close`; one thread a connection.

    `sites` maps a host (as the Host header has it) to what answers for it; an unknown host gets status 421.
    """

    sites: Mapping[str, Handler]
    log: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._seen: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        with suppress(OSError):  # wakes the thread that waits in accept
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def asked(self, host: str) -> list[str]:
        """Targets that a host was asked for, in order."""
        return [request.target for request in self.log if request.host == host]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):
                kept = b""
                goes_on = True
                while goes_on:
                    head, kept = _read_head(connection, kept)
                    if not head:
                        return
                    goes_on = self._answer(connection, head)
        finally:
            with self._lock:
                self._open.discard(connection)

    def _answer(self, connection: socket.socket, head: bytes) -> bool:
        """Answer one request; whether the connection stays open."""
        request = self._logged(head)
        site = self.sites.get(request.host)
        answer = site(request) if site else Reply("此处无此主机".encode(), status=421)
        try:
            if isinstance(answer, Reply):
                if answer.pause_s:
                    time.sleep(answer.pause_s)
                self._send(connection, request, answer.encoded())
                return answer.length
            for piece in answer:
                self._send(connection, request, piece)
            return False
        finally:
            request.ended = time.monotonic()

    @staticmethod
    def _send(connection: socket.socket, request: Request, piece: bytes) -> None:
        if request.answered is None:
            request.answered = time.monotonic()
        connection.sendall(piece)
        request.sent += len(piece)

    def _logged(self, head: bytes) -> Request:
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        target = first.split(" ")[1]
        host = headers.get("host", "")
        with self._lock:
            self._seen[host, target] += 1
            request = Request(host, target, headers, self._seen[host, target], time.monotonic())
            self.log.append(request)
        return request


def _read_head(connection: socket.socket, kept: bytes) -> tuple[bytes, bytes]:
    """The next request's line and headers, and what came after; nothing if the other side has gone."""
    while b"\r\n\r\n" not in kept:
        piece = connection.recv(4096)
        if not piece or len(kept) > MAX_HEAD_BYTES:
            return b"", b""
        kept += piece
    head, _, rest = kept.partition(b"\r\n\r\n")
    return head, rest


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(b"", None, status, (("Location", location),))


def drip(head: bytes, seconds: float, pause_s: float = 1.0) -> Iterator[bytes]:
    """The head at once, then a byte a second."""
    yield head
    for _ in range(int(seconds / pause_s)):
        time.sleep(pause_s)
        yield b"<"


def without_end(head: bytes, piece: bytes, most_bytes: int) -> Iterator[bytes]:
    """The head, then the same piece for ever; `most_bytes` guards the tests themselves."""
    yield head
    for _ in range(most_bytes // len(piece)):
        yield piece
