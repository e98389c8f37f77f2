"""A Hugging Face hub on loopback: one repository at one commit, as huggingface_hub (2.4) asks for it."""

import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Hub:
    """Serves `files` of `repository` at `revision`, anything else is 404; a context manager."""

    def __init__(self, repository: str, revision: str, files: Mapping[str, bytes]) -> None:
        self.asked: list[str] = []
        """Method and path of each request."""
        served = {f"/{repository}/resolve/{revision}/{name}": content for name, content in files.items()}
        tree = [
            {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
            for name, content in files.items()
        ]
        served[f"/api/models/{repository}/tree/{revision}"] = json.dumps(tree).encode()
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                asked.append(f"{self.command} {path}")
                content = served.get(path)
                self.send_response(200 if content is not None else 404)
                self.send_header("Content-Length", str(len(content or b"")))
                self.send_header("X-Repo-Commit", revision)
                self.send_header("ETag", f'"{hashlib.sha1(content or b"").hexdigest()}"')
                if path.startswith("/api/"):
                    self.send_header("Content-Type", "application/json")
                if content is None and "/resolve/" in path:
                    self.send_header("X-Error-Code", "EntryNotFound")
                self.end_headers()
                if self.command == "GET" and content:
                    self.wfile.write(content)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """The requests are kept, not printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Hub":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
