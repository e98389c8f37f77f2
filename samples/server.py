"""Serve a folder of files on loopback under their own host names, as its routes.json says. Nothing is dated."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.core.errors import SourceError

_NUMBER = re.compile(rb"\{\{(\d+)(?:([+-])(\d+))?\}\}")
_PHRASES = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    403: "Forbidden",
    404: "Not Found",
}


class Site:
    """routes.json: exact addresses, then patterns whose groups fill `{{1}}`, `{{1+1}}` and `{{1-1}}`, then each
    host's page for what is missing."""

    def __init__(self, folder: Path) -> None:
        path = folder / "routes.json"
        try:
            routes = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SourceError(f"{path}: cannot be read: {error}") from None
        self.folder = folder
        self.routes: dict[str, dict[str, Any]] = {route["url"]: route for route in routes["routes"]}
        self.patterns = [(route["host"], re.compile(route["pattern"]), route) for route in routes["patterns"]]
        self.missing: dict[str, dict[str, Any]] = routes["missing"]

    def answer(self, host: str, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body for a request."""
        route = self.routes.get(f"http://{host}{path}")
        if route is not None:
            return self._filled(route, self._read(route))
        for pattern_host, pattern, route in self.patterns:
            match = pattern.search(path) if pattern_host == host else None
            if match is not None:
                return self._filled(route, _NUMBER.sub(partial(_fill, match), self._read(route)))
        route = self.missing.get(host)
        if route is not None:
            return self._filled(route, self._read(route))
        return 404, [("Content-Type", "text/plain")], b""

    def _read(self, route: dict[str, Any]) -> bytes:
        return self.file(route["file"]).read_bytes() if route.get("file") else b""

    def file(self, name: str) -> Path:
        return self.folder / "www" / name

    def files(self) -> list[Path]:
        """Every file that an answer can come from, routes.json first; SourceError if one is missing."""
        routes = [*self.routes.values(), *(route for _, _, route in self.patterns), *self.missing.values()]
        names = sorted({str(route["file"]) for route in routes if route.get("file")})
        for name in names:
            if not self.file(name).is_file():
                raise SourceError(f"{self.folder / 'routes.json'}: {self.file(name)} is named, but is not there")
        return [self.folder / "routes.json", *map(self.file, names)]

    @staticmethod
    def _filled(route: dict[str, Any], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = [("Content-Type", route["type"])] if route.get("type") else []
        headers += list((route.get("headers") or {}).items())
        return int(route.get("status", 200)), headers, body


def _fill(match: re.Match[str], place: re.Match[bytes]) -> bytes:
    text = match[int(place[1])]
    if place[2]:
        step = int(place[3])
        text = str(int(text) + (step if place[2] == b"+" else -step))
    return text.encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the client's delayed acknowledgement
    site: Site

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0]
        status, headers, body = self.site.answer(host, self.path)
        self.send_response_only(status, _PHRASES.get(status))
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the crawl has its own account."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the folder on a free loopback port; gives address:port."""
    handler = type("Handler", (_Handler,), {"site": Site(folder)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
