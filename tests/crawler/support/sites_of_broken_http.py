"""Sites that are hostile below the page: encodings of the body, floods, broken HTTP, slowness, errors that pass."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import brotli
import zstandard

from tests.crawler.support.http_server import Handler, Reply, drip, without_end
from tests.crawler.support.sites import Site, page

MIB = 1 << 20

RESPONSE_BYTES = 8 * MIB

BOMBS = {"gzip": "gzip", "er": "gzip, gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}
"""Name -> Content-Encoding."""


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def zeros(pack: "zlib._Compress") -> bytes:
    """120 MiB of them, packed."""
    block = bytes(MIB)
    return b"".join(pack.compress(block) for _ in range(120)) + pack.flush()


@cache
def bomb(name: str) -> bytes:
    """120 MiB in 120 KB (gzip, deflate) or a few KB (twice gzip, Brotli, Zstandard); made when it is asked for."""
    match name:
        case "gzip":
            return zeros(zlib.compressobj(9, wbits=31))
        case "er":
            return gzip.compress(bomb("gzip"), mtime=0)
        case "deflate":
            return zeros(zlib.compressobj(9))
        case "br":
            return brotli.compress(bytes(120 * MIB), quality=1)
        case "zstd":
            return zstandard.compress(bytes(120 * MIB))
    raise ValueError(name)


def make_bombs() -> None:
    """Before a crawl begins: on a busy machine its time limit passes while one is made."""
    for name in BOMBS:
        bomb(name)


def compressed(site: Site) -> None:
    """Every Content-Encoding that may come; chunks; the header that lies."""
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
        "gzip, gzip": lambda body: gzip.compress(gzip.compress(body, mtime=0), mtime=0),
        "identity": bytes,
    }
    paths = {encoding: f"/yasuo/{encoding.replace(', ', '-')}" for encoding in packers}
    for encoding, path in paths.items():
        links = [*paths.values(), "/yasuo/kuai", "/yasuo/huangbao"] if encoding == "gzip" else []
        body = packers[encoding](page(f"压缩{encoding}", links).encode())
        site.good(path, Reply(body, headers=(("Content-Encoding", encoding),)))
    body = page("分块传来").encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.good("/yasuo/kuai", lambda _: [head, *chunks(body, 500), b"0\r\n\r\n"], body)
    site.good("/yasuo/huangbao", Reply(page("谎报压缩").encode(), headers=(("Content-Encoding", "gzip"),)))


def jumo(_: int) -> Site:
    """Answers too large: bombs, 100 MB with and without a length, pages and headers without end."""
    site = Site("jumo")
    for name, encoding in BOMBS.items():
        headers = (("Content-Encoding", encoding),)
        site.bad(
            "TOO_LARGE", f"/zhadan/{name}", lambda _, name=name, headers=headers: Reply(bomb(name), headers=headers)
        )
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    text = page("没有尽头").encode()
    piece = text * 50
    chunk = b"".join(chunks(piece, 4096))
    bodies = {
        "/baizhao/you": (b"Content-Length: 104857600\r\n\r\n", piece, 100 * MIB),
        "/baizhao/wu": (b"\r\n", piece, 100 * MIB),
        "/baizhao/kuai": (b"Transfer-Encoding: chunked\r\n\r\n", chunk, 100 * MIB),
        "/wujin": (b"\r\n", text, 1000 * MIB),
    }
    for path, (rest, block, most) in bodies.items():
        site.bad(
            "TOO_LARGE", path, lambda _, start=head + rest, block=block, most=most: without_end(start, block, most)
        )
    lines = [b"X-%d: %s\r\n" % (number, b"k" * 1000) for number in range(1000)]
    patience = b"HTTP/1.1 100 Continue\r\n\r\n" * 1000
    site.bad("TOO_LARGE", "/biaotou/duo", lambda _: [head, *lines, b"\r\n", text])
    site.bad("TOO_LARGE", "/biaotou/wujin", lambda _: without_end(head, b"".join(lines), 300 * MIB))
    site.bad("TOO_LARGE", "/biaotou/yibai", lambda _: without_end(b"", patience, 300 * MIB))
    site.bad("UNREACHABLE", "/biaotou/zhao", lambda _: [head, b"X-Kong: " + b"k" * MIB, b"\r\n\r\n", text])
    near = text + b"<!-- " + b"k" * (RESPONSE_BYTES - len(text) - 10) + b" -->"
    site.good("/gangehao", near)
    site.start(list(site.expected))
    return site


def huai(_: int) -> Site:
    """Broken HTTP, and bytes that are no page."""
    site = Site("huai")
    text = page("坏了的页").encode()
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

    def wire(*pieces: bytes) -> Handler:
        return lambda _: iter(pieces)

    def length(number: object) -> bytes:
        return f"Content-Length: {number}\r\n".encode()

    chunked = b"Transfer-Encoding: chunked\r\n\r\n"
    for path, answer in {
        "/changdu/fu": wire(ok, length(-5), b"\r\n", text),
        "/changdu/zimu": wire(ok, length("abc"), b"\r\n", text),
        "/changdu/liangge": wire(ok, length(len(text)), length(len(text) + 7), b"\r\n", text),
        "/wu-tou": wire(text),
        "/guanbi": wire(),
        "/guanbi-hou": wire(b"HTTP/1.1 200 OK\r\n"),
        "/zhuangtai/zimu": wire(b"HTTP/1.1 abc OK\r\n\r\n", text),
    }.items():
        site.bad("UNREACHABLE", path, answer)
    site.bad("HTTP_ERROR", "/zhuangtai/999", wire(b"HTTP/1.1 999 Hmm\r\n", length(len(text)), b"\r\n", text))
    for path, answer in {
        "/zhuangtai/204": wire(b"HTTP/1.1 204 No Content\r\n\r\n"),
        "/guanbi-tou": wire(ok, length(5), b"\r\n"),
        "/kuai/huai": wire(ok, chunked, b"zz\r\n", text),
        "/kuai/fu": wire(ok, chunked, b"-5\r\n", text),
        "/ling": Reply(b"\0" * 3000),
        "/kong": Reply(b""),
        "/kongbai": Reply(b"  \r\n\t \n"),
        "/kong-yasuo": Reply(gzip.compress(b"", mtime=0), headers=(("Content-Encoding", "gzip"),)),
    }.items():
        site.bad("EMPTY_BODY", path, answer)
    _cut(site, ok)
    lenient = page("无冒号").encode()
    site.good("/wu-maohao", wire(ok, b"mei you mao hao\r\n", length(len(lenient)), b"\r\n", lenient), lenient)
    site.good("/yidian-ling", page("一点零", key="0").encode().replace("，".encode(), b"\0", 2))
    old = page("旧协议").encode()
    site.good("/http10", wire(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", old), old)
    bare = page("无话").encode()
    site.good("/wu-hua", wire(b"HTTP/1.1 200\r\nContent-Type: text/html\r\n", length(len(bare)), b"\r\n", bare), bare)
    untyped = page("无类型").encode()
    site.good("/wu-leixing", Reply(untyped, None))
    site.good("/daxie-leixing", Reply(page("大写类型").encode(), "TEXT/HTML;CHARSET=UTF-8"))
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20
    for name, body in {
        "pdf": pdf,
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20,
        "zip": b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)) * 20,
        "gz": gzip.compress(bytes(range(256)) * 20, mtime=0),
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 20,
    }.items():
        site.bad("NOT_A_PAGE", f"/erjinzhi/{name}", Reply(body))
    site.bad("NOT_A_PAGE", "/leixing/json", Reply(b'{"a": "b"}', "application/json"))
    site.bad("NOT_A_PAGE", "/leixing/tu", Reply(pdf, "image/png"))
    site.start(list(site.expected))
    return site


CUT = ("/changdu/taichang", "/kuai/duan", "/jiaban")
"""Pages whose connection ends before they do; what came of them is kept, and marked."""


def _cut(site: Site, ok: bytes) -> None:
    """Answers that end too early, in their length, their chunks, their compression; and one that goes on too long."""
    texts = {path: page(f"断了的页{path}").encode() for path in (*CUT, "/changdu/taiduan", "/yasuo-huai", "/qieduan")}
    packed = {path: gzip.compress(text, mtime=0) for path, text in texts.items()}
    zipped = (("Content-Encoding", "gzip"),)
    long, part, half = CUT
    pieces = list(chunks(texts[part], 300))[:3]
    most = texts[part][:900]
    site.good(long, lambda _: [ok, b"Content-Length: 9000\r\n\r\n", texts[long]], texts[long])
    site.good(part, lambda _: [ok, b"Transfer-Encoding: chunked\r\n\r\n", *pieces], most)
    head = ok + b"Content-Encoding: gzip\r\nContent-Length: 2000\r\n\r\n"
    site.good(half, lambda _: [head, packed[half][:700]], packed[half][:700])
    short = texts["/changdu/taiduan"][:-200]
    stated = ok + f"Content-Length: {len(short)}\r\n\r\n".encode()
    site.good("/changdu/taiduan", lambda _: [stated, texts["/changdu/taiduan"]], short)
    site.good("/yasuo-huai", Reply(packed["/yasuo-huai"][:400] + b"\xff" * 800, headers=zipped))
    site.good("/qieduan", Reply(packed["/qieduan"][:400], headers=zipped))


TIMEOUT_S = 3.0


def manman(_: int) -> Site:
    """A byte a second, in the body and in the headers; and silence."""
    site = Site("manman")
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    site.bad("TIMED_OUT", "/di/zhengwen", lambda _: drip(ok + b"\r\n<p>", 30))
    site.bad("TIMED_OUT", "/di/tou", lambda _: drip(ok, 30))
    site.bad("TIMED_OUT", "/chenmo", lambda _: drip(b"", 30, pause_s=30))
    site.good("/di/hao", Reply(page("慢，但是到了").encode(), pause_s=1.0))
    site.start(list(site.expected))
    return site


def xianliu(_: int) -> Site:
    """Errors that pass: 500 the first time, then the page; and one that stays."""
    site = Site("xianliu")
    for status in (500, 502, 503, 429):
        text = page(f"第二次才有{status}").encode()
        answers = (Reply(b"busy", status=status), Reply(text))
        site.good(f"/hui/{status}", lambda request, answers=answers: answers[request.nth > 1], text)
    site.bad("HTTP_ERROR", "/yizhi/503", Reply(b"busy", status=503))
    site.start(list(site.expected))
    return site
