"""What goes out to the browser names no other host, and the browser is told to ask none."""

import asyncio
from typing import Any

from pipeline.demo.local_only import POLICY, LocalOnly

PAGE = (
    '<head><meta property="og:title" content="文渊"><meta property="og:image" content="https://elsewhere.test/a.jpg">'
    '<link rel="preconnect" href="https://fonts.elsewhere.test" crossorigin><link rel="icon" href="./logo.svg">'
    '<script src="https://cdn.elsewhere.test/x.js" async></script><script src="./own.js"></script></head>'
)
CLEAN = (
    '<head><meta property="og:title" content="文渊">'
    '<link rel="icon" href="./logo.svg">'
    '<script src="./own.js"></script></head>'
)


def answer(kind: str, *parts: bytes) -> tuple[dict[bytes, bytes], bytes, Any]:
    """Headers and body as they leave, and the scope that the application saw."""
    sent: list[Any] = []
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        seen.append(scope)
        headers = [(b"content-type", kind.encode()), (b"Content-Length", str(sum(map(len, parts))).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, part in enumerate(parts, start=1):
            await send({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": "http", "headers": [(b"accept-encoding", b"gzip"), (b"host", b"127.0.0.1")]}
    asyncio.run(LocalOnly(app)(scope, receive, send))
    assert [message["type"] for message in sent].count("http.response.start") == 1
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:]), seen[0]


def test_a_page_loses_what_leads_elsewhere_and_nothing_else() -> None:
    raw = PAGE.encode()
    headers, body, scope = answer("text/html; charset=utf-8", raw[:100], raw[100:])
    assert body.decode() == CLEAN
    assert headers[b"content-length"] == str(len(body)).encode() and b"Content-Length" not in headers
    assert headers[b"content-security-policy"] == POLICY.encode()
    assert scope["headers"] == [(b"host", b"127.0.0.1")]


def test_a_stream_of_events_goes_through_as_it_comes() -> None:
    headers, body, _ = answer("text/event-stream", b"data: 1\n", b"data: https://elsewhere.test\n")
    assert body == b"data: 1\ndata: https://elsewhere.test\n"
    assert headers[b"content-security-policy"] == POLICY.encode()


def test_the_policy_names_no_other_host() -> None:
    assert "http" not in POLICY and "//" not in POLICY and "*" not in POLICY
    assert "default-src 'self'" in POLICY and "connect-src 'self'" in POLICY and "frame-ancestors 'none'" in POLICY
