"""Keep the page from asking any other host: Gradio's template names a content delivery network and web fonts.

References to other hosts are taken out of the page, and a Content-Security-Policy makes the browser refuse what is
left. A second header keeps other sites from showing the page in a frame.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

FOREIGN = re.compile(
    rb"<(?:link|meta)\b[^>]*\b(?:href|content|property)=[\"'](?:https?:)?//(?!127\.0\.0\.1|localhost)[^>]*>"
    rb"|<script\b[^>]*\bsrc=[\"'](?:https?:)?//(?!127\.0\.0\.1|localhost)[^>]*>\s*</script>",
    re.IGNORECASE,
)
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; "
    "form-action 'self'; base-uri 'self'"
)


class LocalOnly:
    """ASGI middleware around the page's application."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def rewrite(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"]]
                headers += [(b"content-security-policy", POLICY.encode()), (b"referrer-policy", b"no-referrer")]
                message = {**message, "headers": headers}
                if _is_page(headers):
                    start = message  # its length is known when its body is
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                body = FOREIGN.sub(b"", body)
                kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
                message = {"type": "http.response.body", "body": body}
            await send(message)

        # What is compressed cannot be rewritten.
        plain = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, rewrite)


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)
