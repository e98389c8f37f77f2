"""Pages made to cost time or memory, or to break what reads them, and the snapshot that holds them."""

import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from crawler.warc.format import Capture

SENTENCE = "搬家剩下两块松木板，长一米二，宽二十五厘米，扔了可惜，就想着给窗台上的书找个去处。"
TEXT = f"<p>{SENTENCE}</p>" * 3
HEAD = "<html><head><title>题</title></head><body>"
NESTED = (
    "div span table font b i p svg math template select x-foo ruby rt dl dd li ul blockquote button form h1 pre"
    " option"
    " optgroup details summary address center nobr a object td tr caption body html title textarea script iframe"
    " svg:g mi foreignObject frameset noscript"
)


def shapes(tags: int, chars: int) -> dict[str, str]:
    """HTML of about so many tags or characters, by what is odd in it."""

    def fill(unit: str) -> str:
        return unit * (tags // max(1, unit.count("<")))

    def long(unit: str) -> str:
        return unit * (chars // len(unit))

    def each(unit: str, number: int = 1) -> str:
        return "".join(unit.replace("{n}", str(n)) for n in range(tags // max(1, unit.count("<")) // number))

    many = " ".join(f"a{n}=1" for n in range(tags))
    found = {f"nested {name}": HEAD + TEXT + fill(f"<{name}>字，") + TEXT for name in NESTED.split()}
    found |= {
        "misnested b and p": HEAD + fill("<b><p>字，</b>"),
        "links in links": HEAD + fill("<a href=x><div>字</a>"),
        "formatting": HEAD + "".join(f"<b id={n}>" for n in range(390)) + fill("<p>字，</p>"),
        "formatting never closed": HEAD + each("<p><i id={n}>字，"),
        "text in tables": HEAD + "<table>" + fill("字<p>"),
        "deep and wide": HEAD + "<table><tr><td>" * 130 + fill("<p>字，</p>"),
        "rows of cells": HEAD + "<table>" + fill("<tr>" + "<td>字" * 39),
        "one row": HEAD + "<table><tr>" + fill("<td>字</td>"),
        "lists in lists": HEAD + "<ul><li>" * 190 + fill("<li>字，"),
        "quotes in quotes": HEAD + fill("<p>甲说：</p><blockquote>字，</blockquote>"),
        "attributes": HEAD + f"<p {many}>" + TEXT,
        "attributes by tabs": HEAD + "<p " + many.replace(" ", "\t") + ">" + TEXT,
        "attributes by slashes": HEAD + "<p/" + many.replace(" ", "/") + ">" + TEXT,
        "attributes with tags": HEAD + "<p " + many.replace("=1", "='>'") + ">" + TEXT,
        "attributes of an end tag": HEAD + f"<p>字</p {many}>" + TEXT,
        "attributes on many": HEAD + each("<p a{n}=1 b{n}=2>字，"),
        "names": HEAD + each("<x-{n}>字</x-{n}>") + TEXT,
        "attributes of the body": HEAD + each("<body a{n}=1>") + TEXT,
        "attribute without end": HEAD + TEXT + '<p a="' + many,
        "data address": HEAD + "<img src='data:" + "A" * (chars - 10_000) + "'>" + TEXT,
        "classes": HEAD + "<p class='" + long("tag- ") + "'>" + TEXT,
        "style of spaces": HEAD + "<p style='display" + " " * (chars // 2) + "'>" + TEXT,
        "zeros": HEAD + "\0" * (chars // 2) + TEXT,
        "controls": HEAD + "".join(map(chr, range(1, 32))) * (chars // 40) + TEXT,
        "script as text": HEAD + TEXT + "<script>" + fill("<div>"),
        "script in comment in script": HEAD + TEXT + "<script>" + fill("<!--<script>"),
        "comment without end": HEAD + TEXT + "<!--" + fill("<p>"),
        "comments": HEAD + fill("<!-- -->") + TEXT,
        "entities": HEAD + "<p>" + long("&amp;"),
        "numeric entity": HEAD + "<p>&#" + "9" * (chars // 2) + ";" + TEXT,
        "surrogate entities": HEAD + TEXT + "<p>" + "&#xD800;" * (chars // 10),
        "entity bomb": '<!DOCTYPE a [<!ENTITY a0 "好">'
        + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
        + "]>" + HEAD + "&a9;" * 99 + TEXT,
        "ampersands": HEAD + "<p>" + "&" * (chars - 100),
        "one line with stops": HEAD + "<p>" + "字，" * (chars // 2 - 50),
        "one line without": HEAD + "<p>" + "字" * (chars - 100),
        "spaces": HEAD + "<p>字" + " " * (chars // 2) + "字" + TEXT,
        "line breaks": HEAD + TEXT + "<br>" * (tags - 20),
        "lines and breaks": HEAD + fill("字，<br>"),
        "blank lines": HEAD + "<pre>" + "\n" * (chars // 2) + "</pre>" + TEXT,
        "lines of code": HEAD + "<pre>" + "a\n" * (chars // 3) + "</pre>" + TEXT,
        "paragraphs": HEAD + fill("<p>这是一句话，不长不短，说的是下雨。</p>"),
        "links": HEAD + fill("<a href=/a>字，字字</a>"),
        "links to users": HEAD + each("<a href=/u/{n}>张{n}</a>"),
        "licences": HEAD + TEXT + fill("<a rel=license href='//creativecommons.org/licenses/by/4.0/'>字</a>"),
        "options": HEAD + "<select>" + fill("<option>字，") + "</select>" + TEXT,
        "titles in titles": HEAD + "<div class=title>" * 390 + SENTENCE * (chars // 60),
        "title": "<title>" + "字 | " * (chars // 6) + "</title>" + TEXT,
        "title of spaces": "<title>字" + " " * (chars // 2) + "字</title>" + TEXT,
        "title without end": "<html><title>" + SENTENCE * (chars // 60),
        "plaintext": HEAD + TEXT + "<plaintext>" + fill("<p>字，"),
        "xmp": HEAD + TEXT + "<xmp>" + SENTENCE * (chars // 60),
        "textarea without end": HEAD + TEXT + "<textarea>" + SENTENCE * (chars // 60),
        "noscript": HEAD + "<noscript>" + fill("<p>字，"),
        "srcdoc": HEAD + TEXT + '<iframe srcdoc="' + fill("<p>字") + '">',
        "frames": "<html><frameset>" + fill("<frame src=a>"),
        "refresh": "<html><head><meta http-equiv=refresh content='0;url=/x'></head></html>",
        "byte order marks": "\ufeff" * (chars // 4),
        "zero width": HEAD + TEXT + "<p>" + "字\u200b\u200d\u2060，" * (chars // 6),
        "bidi": HEAD + TEXT + "<p>" + "\u202e字\u202d，" * (chars // 6),
        "brackets": HEAD + TEXT + "<" * (tags // 2),
        "dates": HEAD + "<br>".join(["2024 - 3 - 45 , 昨天 " * 4] * (tags // 4)),
        "huge dates": HEAD + f"<p>{'9' * 5000}天前</p><p>999999999天前</p><p>999999999年前</p><p>十十天</p>" + TEXT,
        "notices": HEAD + "<br>".join(["本帖" + "编辑" * 35] * (tags // 4)),
        "bars": HEAD + "<br>".join(["首页|" * 20] * (tags // 4)),
        "dates of data": HEAD + "<script type='application/ld+json'>" + '"datePublished" ' * (chars // 20)
        + "</script>" + TEXT,
        "sniffed": "<" + " " * (chars // 2) + "html>" + TEXT,
        "posts of no engine": HEAD + each(
            f"<div class=post><a href=/u/{{n}}>张{{n}}</a> <span>2024-3-5 9:30</span><div>好，{SENTENCE}</div></div>"
        ),
        "discuz": HEAD + '<div id="postlist">' + each(
            '<div id="post_{n}"><em id="authorposton{n}">2024-3-5 12:30</em><a id="postnum{n}">{n}</a>'
            '<div id="postmessage_{n}">字，</div></div>'
        ),
        "discuz marks": HEAD + '<div id="postlist">' + each("<p id=postmessage_{n}>字，"),
        "discuz in discuz": HEAD + '<div id="postlist">'
        + "".join(f"<div id=postmessage_{n}>" for n in range(390)) + "字，" * (chars // 60),
        "discuz floors": HEAD + '<div id="postlist"><div id="post_1"><a id="postnum1">' + "9" * 4000
        + f"</a><p id=postmessage_1>{SENTENCE}",
        "discuz on mobiles": HEAD + each("<div class=plc id=pid{n}><div class=message>字，</div></div>"),
        "phpbb": "<html><body id=phpbb>" + each(
            "<div class=post id=p{n}><p class=author>2024-3-5 12:30</p><div class=content>字，</div></div>"
        ),
        "phpbb in phpbb": "<html><body id=phpbb>"
        + "".join(f"<div class=post id=p{n}><div class=content>字，" for n in range(190)) + fill("<p>字，</p>"),
        "phpbb 2": "<table><tr><td><span class=postbody>字，</span>" + each("<a name={n}></a>"),
        "phpbb 2 details": "<table><tr><td><span class=postbody>字，</span>"
        + each("<i class=gensmall>x</i>", 2) + each("<a name={n}></a>", 2),
        "discourse": HEAD + each("<div class=crawler-post id=post_{n}><div class=post>字，</div></div>"),
        "nodebb": HEAD + each(
            "<div component=post data-pid={n} data-index={n}><div component='post/content'>字，</div></div>"
        ),
        "nodebb floor": HEAD + f"<div component=post data-pid=1 data-index={'9' * 5000}>{TEXT}",
        "ptt": HEAD + "<div id=main-content class=bbs-content>" + each(
            "<div class=push><b class=push-tag>推</b><b class=push-content>: 字，</b>"
            "<b class=push-ipdatetime> 03/05 12:30</b></div>"
        ),
        "ptt lines": HEAD + "<div id=main-content class=bbs-content>" + long("作者: 字 看板: 字\n--\n※ 發信站: \n"),
        "ptt in ptt": HEAD + "<div id=main-content class=bbs-content>"
        + "<div class=push><b class=push-tag></b>" * 190 + fill("<i>字，</i>"),
        "mediawiki": "<html><body class='mediawiki'><div id=mw-content-text>" + fill("<h2>甲</h2><h3>乙</h3>"),
    }  # fmt: skip
    return found | searched(tags, chars)


def searched(tags: int, chars: int) -> dict[str, str]:
    """HTML of about so many tags or characters in which many elements each ask for what stands below, above or
    anywhere: linear only where the answer is kept or the question bounded."""

    def each(unit: str, number: int = 1) -> str:
        return "".join(unit.replace("{n}", str(n)) for n in range(2, tags // max(1, unit.count("<")) // number))

    deed, post = "//creativecommons.org/licenses/by/4.0/", "<div class=crawler-post id=post_1><div class=post>"
    return {
        "licences in a line": HEAD + each(f"<a href={deed}>x</a>河"),
        "licences in each other": HEAD + f"<div><a href={deed}>x</a>" * 380 + "桥，河。" * ((chars - 24_000) // 4),
        "licences far below": HEAD + "<div class=abc>" * 380 + each(f"<a href={deed}><i></i></a>"),
        "sentences far below": HEAD + "<div class=abc>" * 380 + each("<p>本文采用 CC BY-SA 4.0 许可协议</p>"),
        "lines behind images": HEAD + "<i>x" + each("<img>", 2) + each("<br><a href=/x>八个字以上的标题文字</a>", 2),
        "discuz boxes": HEAD + "<div id=postlist><div id=postmessage_1>字，</div>" + each("<div id=post_{n}></div>"),
        "discuz times": HEAD + "<div id=threadlisttableid>" + each("<p class=postmessage>字，</p>"),
        "discuz notices": HEAD + "<div id=threadlisttableid><div id=annofilter></div>"
        + each("<div class=um id=announce{n}>河</div>"),
        "discuz strong": HEAD + "<div id=postmessage_1>" + "<strong><span>" * 180 + each("<i></i>字，"),
        "xiuno in xiuno": HEAD + "<div class=postlist>"
        + "".join(f"<div class=post data-pid={n}>" for n in range(1, 380))
        + "<div class=message>" + each("<b>桥</b>河"),
        "quotes around a text": HEAD + post + "<blockquote>" * 370 + "桥，河。" * ((chars - 24_000) // 4),
        "quotes around elements": HEAD + post + "<blockquote>" * 370 + each("<i></i>桥，"),
        "quotes before quotes": HEAD + post + "<blockquote>" * 190 + "桥，河。" * ((chars - 24_000) // 4)
        + "</blockquote><blockquote></blockquote>" * 190,
        "mentions in mentions": HEAD + post + "<i class=mention>" * 370 + "桥，河。" * ((chars - 24_000) // 4),
    }  # fmt: skip


def large() -> dict[str, str]:
    """HTML that a slow parser or a slow pattern would take minutes for."""
    return {
        "nested": "<div>" * 2_000_000,
        "attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">字",
        "formatting": "".join(f"<b id={i}>" for i in range(20_000)) + "<p>字" * 20_000,
        "unclosed": "<table><tr><td><a><b><i>" * 100_000,
        "zeros": "\0" * 1_000_000 + "<p>" + SENTENCE,
        "script": "<script>" + "<div>" * 100_000,
        "entities": "&amp;" * 1_000_000,
        "comment": "<!--" + "<p>" * 100_000,
        "deep and long": "<div>" * 390 + "<p>字，字</p>" * 48_000,
        "items in items": "<ul><li>" * 190 + "<li>字，" * 50_000,
        "wide table": "<table><tr>" + "<td>字</td>" * 48_000,
        "brackets": "<" * 1_000_000,
        "long tag": "<p " + "x" * 4_900_000,
    }


def large_json() -> dict[str, tuple[str, str]]:
    """Platform and JSON, by what stands in its post."""
    posts = {
        "nested": "<div>" * 80_000 + "桥，河。",
        "formatting": "<p>" + "<b id=x>" * 20_000 + "桥，河。",
        "quotes": "<blockquote>" * 380 + "<i></i>桥，" * 48_000,
        "open mentions": "<a " + 'class="UserMention ' * 40_000,
    }
    found = {}
    for name, html in posts.items():
        discourse = {"post_type": 1, "cooked": html, "post_number": 1}
        nodebb = {"pid": 1, "content": html, "timestamp": 1}
        flarum = {"type": "posts", "attributes": {"contentType": "comment", "contentHtml": html, "number": 1}}
        discussion = {"id": "1", "type": "discussions", "attributes": {"title": "题"}}
        pages = {
            "discourse": {"title": "题", "post_stream": {"posts": [discourse]}},
            "nodebb": {"tid": 1, "titleRaw": "题", "posts": [nodebb]},
            "flarum": {"data": discussion, "included": [flarum]},
        }
        found |= {f"{platform} {name}": (platform, json.dumps(page)) for platform, page in pages.items()}
    return found


ODD = (None, [], {}, 7, -1, 1e308, "字", True, "9" * 5000, [[]], "\\ud83d", 10**30)
"""What stands in a field that should hold something else."""


def odd_json() -> dict[str, tuple[str, str]]:
    """Platform and JSON by what is odd in it: each field of each engine with each wrong value, and bombs."""
    html = f"<p>{SENTENCE}</p>"
    discourse = {"post_type": 1, "cooked": html, "post_number": 1, "created_at": "2024-03-05", "hidden": False}
    nodebb = {"pid": 1, "content": html, "timestampISO": "2024-03-05", "timestamp": 1, "index": 0, "deleted": False}
    flarum = {
        "contentType": "comment",
        "contentHtml": html,
        "number": 1,
        "createdAt": "2024-03-05",
        "isHidden": False,
    }

    def flat(row: object) -> object:
        return {"data": {"type": "discussions", "attributes": {"title": "题"}}, "included": [row]}

    whole = {
        "discourse": lambda row: {"title": "题", "post_stream": {"posts": [row]}},
        "nodebb": lambda row: {"tid": 1, "titleRaw": "题", "posts": [row]},
        "flarum": lambda row: flat({"type": "posts", "attributes": row}),
    }
    found = {}
    for platform, post in (("discourse", discourse), ("nodebb", nodebb), ("flarum", flarum)):
        for number, odd in enumerate(ODD):
            for name in post:
                page = json.dumps(whole[platform](post | {name: odd})).replace("\\\\ud83d", "\\ud83d")
                found[f"{platform} {name} {number}"] = (platform, page)
            found[f"{platform} post {number}"] = (platform, json.dumps(whole[platform](odd)))
            found[f"{platform} page {number}"] = (platform, json.dumps(odd))
            title = json.dumps(whole[platform](post)).replace('"\\u9898"', json.dumps(odd))
            found[f"{platform} title {number}"] = (platform, title.replace("\\\\ud83d", "\\ud83d"))
        found[f"{platform} depth"] = (platform, "[" * 100_000)
        found[f"{platform} closed depth"] = (platform, "[" * 100_000 + "]" * 100_000)
        found[f"{platform} keys"] = (platform, json.dumps({f"k{n}": n for n in range(100_000)}))
        found[f"{platform} number"] = (
            platform,
            json.dumps(whole[platform](post)).replace(": 1", ": " + "1" * 10_000),
        )
        found[f"{platform} NaN"] = (platform, json.dumps(whole[platform](post)).replace(": 1", ": NaN"))
        found[f"{platform} infinity"] = (platform, json.dumps(whole[platform](post)).replace(": 1", ": 1e999"))
        found[f"{platform} cut"] = (platform, json.dumps(whole[platform](post))[:-9])
    return found


@dataclass
class Sent:
    """One response in a snapshot."""

    url: str
    body: bytes
    platform: str = "article"
    role: str = "page"
    headers: dict[str, str] = field(default_factory=dict)


def packed(body: bytes) -> dict[str, tuple[dict[str, str], bytes]]:
    """The body under each content encoding, whole, cut, broken and wrongly named, and in chunks."""
    deflated = zlib.compress(body)
    found = {
        "gzip": ({"Content-Encoding": "gzip"}, gzip.compress(body, mtime=0)),
        "deflate": ({"Content-Encoding": "deflate"}, deflated),
        "bare deflate": ({"Content-Encoding": "deflate"}, deflated[2:-4]),
        "brotli": ({"Content-Encoding": "br"}, brotli.compress(body)),
        "twice": ({"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(body, mtime=0), mtime=0)),
        "plain all the same": ({"Content-Encoding": "gzip"}, body),
        "cut gzip": ({"Content-Encoding": "gzip"}, gzip.compress(body, mtime=0)[:-8]),
        "wrong length": ({"Content-Length": "3"}, body),
        "chunked": (
            {"Transfer-Encoding": "chunked"},
            b"".join(b"%x\r\n%s\r\n" % (len(body[n : n + 50]), body[n : n + 50]) for n in range(0, len(body), 50))
            + b"0\r\n\r\n",
        ),
        "joined chunks": ({"Transfer-Encoding": "chunked"}, body),
    }
    return found


def write_snapshot(folder: Path, pages: Iterable[Sent]) -> Path:
    (folder / "warc").mkdir(parents=True)
    rows, offset = [], 0
    with open(folder / "warc" / "a.warc.gz", "wb") as file:
        for page in pages:
            headers = {"Content-Type": "text/html"} | page.headers
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            block = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + page.body
            head = (
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0>\r\n"
                "WARC-Date: 2024-03-10T00:00:00Z\r\n"
                f"WARC-Target-URI: {page.url}\r\nContent-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(block)}\r\n\r\n"
            )
            member = gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=1, mtime=0)
            file.write(member)
            rows.append(
                dict.fromkeys(Capture.__slots__)
                | {"url": page.url, "final_url": page.url, "site": "hostile", "platform": page.platform}
                | {"role": page.role, "status": 200, "time": "2024-03-10T00:00:00Z"}
                | {"warc": "a.warc.gz", "offset": offset, "length": len(member)}
            )
            offset += len(member)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in sorted(rows, key=lambda row: row["url"])]
    (folder / "crawl.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder
