"""Threads in, the routes of a Discuz! X3.4 board in GBK out: the thread pages, their many other addresses, the rest.

Every route comes with the reason why it is no document, or None if it is one or is no page.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from routes import Route
from threads import SMILEY, Member, Post, Thread, at_names, expected_row, read_members, read_threads

HERE = Path(__file__).parent
HOST = "http://luntan.wenyuan.test"
TYPE = "text/html; charset=gbk"
POSTS, THREADS = 10, 5
"""A page."""
NOW = datetime(2025, 3, 20, 10, 0)
"""When the pages were saved: the clock of "3 天前"."""
BOARDS = {
    2: ("生活杂谈", "柴米油盐，阳台上的番茄，楼上楼下的邻居"),
    3: ("数码与手艺", "电烙铁、键盘、望远镜和一把磨不快的刀"),
    4: ("读书与学问", "读书、考试、下棋、猜谜，吵得起来也收得了场"),
    5: ("行走与影像", "火车、山路、鸟和天上的云"),
}
MEMBERS_ONLY = (9, "站务议事", "版主与元老商量事情的地方")
FLOORS = {1: "楼主", 2: "沙发", 3: "板凳", 4: "地板"}
DELETED_TID = 99
SID = r"(?:&sid=\w{6})?"

MEMBERS = read_members(HERE / "text/luntan")
NAMES = at_names(MEMBERS)
ALL_THREADS = read_threads(HERE / "text/luntan", MEMBERS)
ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates/luntan"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def digits(*parts: object) -> int:
    """A number that looks chosen at will and is the same in every build."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:6])


def day(time: datetime) -> str:
    return f"{time.year}-{time.month}-{time.day}"


def minute(time: datetime) -> str:
    return f"{day(time)} {time:%H:%M}"


def ago(time: datetime) -> Markup:
    """As Discuz shows recent times: a word, and the time itself in a title; older ones as the day."""
    days = (NOW.date() - time.date()).days
    words = {0: f"今天 {time:%H:%M}", 1: f"昨天 {time:%H:%M}", 2: f"前天 {time:%H:%M}"}
    word = words.get(days, f"{days} 天前" if days <= 7 else day(time)).replace(" ", "\u00a0")
    return Markup('<span title="{}">{}</span>').format(f"{minute(time)}:{time:%S}", word)


def jammed(line: Markup, *seed: object) -> Markup:
    """The line between garbage that a browser hides and a copy shows."""
    garbage = [
        "".join(chr(33 + digits(*seed, side, n) % 90) if n % 3 else " " for n in range(1, 16)) for side in "ab"
    ]
    front, back = '<span style="display:none">{}</span>', '<font class="jammer">{}</font>'
    return Markup(front).format(garbage[0]) + line + Markup(back).format(garbage[1])


def inline(line: str) -> Markup:
    smiley = '<img src="static/image/smiley/default/{}.gif" smilieid="{}" border="0" alt="" />'

    def face(found: re.Match[str]) -> Markup:
        return Markup(smiley).format(found[1], 1 if found[1] == "smile" else 9)

    def link(found: re.Match[str]) -> Markup:
        uid = MEMBERS[found[1]].uid
        return Markup('<a href="home.php?mod=space&amp;uid={}" target="_blank">@{}</a>').format(uid, found[1])

    html = SMILEY.sub(lambda found: f" {face(found)}", str(escape(line)))
    return Markup(NAMES.sub(lambda found: str(link(found)), html))


def code(lines: list[str], name: str) -> Markup:
    rows = Markup("\r\n").join(Markup("<li>{}<br />").format(line) for line in lines)
    return Markup(
        '<div class="blockcode"><div id="code_{0}"><ol>{1}</ol></div>'
        "<em onclick=\"copycode($('code_{0}'));\">复制代码</em></div>"
    ).format(name, rows)


def body(post: Post, thread: Thread) -> Markup:
    """The lines as Discuz writes them; authors with an even uid leave an empty line between paragraphs."""
    parts: list[Markup] = []
    block: list[str] | None = None
    for number, line in enumerate(post.lines):
        if line == "[code]":
            block = []
        elif line == "[/code]":
            parts.append(code(block or [], f"{post.pid}{number}"))
            block = None
        elif block is not None:
            block.append(line)
        elif line == "[hide]":
            parts.append(Markup(ENVIRONMENT.get_template("hidden.html.j2").render(tid=thread.tid)))
        else:
            html = inline(line)
            parts.append(jammed(html, post.pid, number) if "jammer" in thread.head else html)
    gap = "<br />\r\n" if post.author.uid % 2 else "<br />\r\n<br />\r\n"
    return Markup(gap).join(parts)


def quoted(post: Post) -> Markup:
    text = SMILEY.sub("", " ".join(line for line in post.lines if not line.startswith("[")))
    return Markup("{}").format(text if len(text) <= 60 else text[:60] + " ...")


def page_of(post: Post) -> int:
    return (post.floor - 1) // POSTS + 1


def url_of(thread: Thread, page: int = 1) -> str:
    return f"{HOST}/thread-{thread.tid}-{page}-1.html"


def render(template: str, **values: object) -> bytes:
    html = ENVIRONMENT.get_template(template).render(
        boards=BOARDS,
        day=day,
        minute=minute,
        ago=ago,
        digits=digits,
        members=MEMBERS,
        page_of=page_of,
        now=NOW,
        **values,
    )
    return html.encode("gbk", "xmlcharrefreplace")


def thread_page(thread: Thread, number: int, posts: tuple[Post, ...]) -> bytes:
    return render(
        "thread.html.j2",
        thread=thread,
        board=BOARDS[thread.fid][0],
        number=number,
        total=len(thread.pages(POSTS)),
        posts=[(post, body(post, thread)) for post in posts],
        quoted=quoted,
        floors=FLOORS,
    )


def thread_routes(thread: Thread) -> Iterable[tuple[Route, str | None]]:
    pages = thread.pages(POSTS)
    redirect = r"/forum\.php\?mod=redirect&"
    for number, posts in enumerate(pages, 1):
        html = thread_page(thread, number, posts)
        view = rf"forum\.php\?mod=viewthread&tid={thread.tid}(?:&extra=page%3D\d+)?"
        part = r"(?:&page=1)?" if number == 1 else f"&page={number}"
        yield Route(url_of(thread, number), html, TYPE), None
        other = rf"{HOST}/(?:thread-{thread.tid}-{number}-(?!1\.)\d+\.html|{view}{part}{SID})"
        yield Route(other, html, TYPE, pattern=True), "alias"
        turned = rf"{HOST}/{view}{part}&(?:authorid=\d+|ordertype=1)"
        yield Route(turned, html, TYPE, pattern=True), "disallowed"
        floors = "|".join(f"{post.floor:02}" for post in posts)
        target = (("Location", url_of(thread, number)),)
        pid = f"pid={thread.tid}(?:{floors})"
        find = rf"{HOST}{redirect}goto=findpost&(?:ptid={thread.tid}&{pid}|{pid}&ptid={thread.tid})"
        yield Route(find, b"", TYPE, 301, target, pattern=True), "alias"
    last = rf"{HOST}{redirect}(?:tid={thread.tid}&goto=lastpost|goto=lastpost&tid={thread.tid})"
    yield Route(last, b"", TYPE, 301, (("Location", url_of(thread, len(pages))),), pattern=True), "alias"
    plain = render(
        "archiver.html.j2", thread=thread, threads=[thread], posts=[(p, p.text(NAMES)) for p in thread.posts]
    )
    yield Route(rf"{HOST}/archiver/\??tid-{thread.tid}\.html", plain, TYPE, pattern=True), "disallowed"


def board_routes(fid: int) -> Iterable[tuple[Route, str | None]]:
    """Threads by their last post, the newest first; the sticky ones head every page."""
    threads = sorted((t for t in ALL_THREADS if t.fid == fid), key=lambda t: t.posts[-1].time, reverse=True)
    sticky = [thread for thread in threads if "stick" in thread.head]
    normal = [thread for thread in threads if "stick" not in thread.head]
    total = -(-len(normal) // THREADS)
    for number in range(1, total + 1):
        shown = normal[(number - 1) * THREADS : number * THREADS]
        html = render(
            "board.html.j2",
            fid=fid,
            board=BOARDS[fid],
            number=number,
            total=total,
            sticky=sticky,
            normal=shown,
            size=POSTS,
        )
        yield Route(f"{HOST}/forum-{fid}-{number}.html", html, TYPE), "index"
        part = r"(?:&page=1)?" if number == 1 else f"&page={number}"
        yield Route(rf"{HOST}/forum\.php\?mod=forumdisplay&fid={fid}{part}{SID}", html, TYPE, pattern=True), "index"


def member_route(member: Member) -> tuple[Route, str | None]:
    written = [post for thread in ALL_THREADS for post in thread.posts if post.author == member]
    started = [thread for thread in ALL_THREADS if thread.posts[0].author == member]
    html = render("profile.html.j2", member=member, written=written, started=started)
    return Route(rf"{HOST}/home\.php\?mod=space&uid={member.uid}(?:&do=\w+)?", html, TYPE, pattern=True), "profile"


def notice(message: str, login: bool) -> bytes:
    return render("notice.html.j2", message=message, login=login)


def other_routes() -> Iterable[tuple[Route, str | None]]:
    home = render(
        "home.html.j2",
        threads=sorted(ALL_THREADS, key=lambda thread: thread.posts[-1].time, reverse=True),
        closed=MEMBERS_ONLY,
        deleted=DELETED_TID,
    )
    yield Route(f"{HOST}/", home, TYPE), "index"
    yield Route(rf"{HOST}/(?:index\.php|forum\.php)", home, TYPE, pattern=True), "index"
    closed = notice("抱歉，您尚未登录，没有权限访问该版块", True)
    yield Route(f"{HOST}/forum-{MEMBERS_ONLY[0]}-1.html", closed, TYPE), "login"
    gone = notice("抱歉，指定的主题不存在或已被删除或正在被审核", False)
    yield Route(f"{HOST}/thread-{DELETED_TID}-1-1.html", gone, TYPE), "deleted"
    yield Route(rf"{HOST}/member\.php\?.*", notice("请先登录后才能继续浏览", True), TYPE, pattern=True), "login"
    refused = notice("抱歉，您所在的用户组(游客)无法进行此操作", True)
    for address in (
        r"forum\.php\?mod=(?:post|attachment|misc)&.*",
        r"misc\.php\?.*",
        r"home\.php\?mod=(?:spacecp|misc).*",
        r"forum\.php\?mobile=yes",
    ):
        yield Route(f"{HOST}/{address}", refused, TYPE, pattern=True), "disallowed"
    yield Route(rf"{HOST}/search\.php(?:\?.*)?", render("search.html.j2"), TYPE, pattern=True), "search"
    archive = render("archiver.html.j2", thread=None, threads=ALL_THREADS, posts=[])
    yield Route(f"{HOST}/archiver/", archive, TYPE), "disallowed"
    robots = (HERE / "templates/luntan/robots.txt").read_bytes()
    yield Route(f"{HOST}/robots.txt", robots, "text/plain"), None
    yield Route(f"{HOST}/404.html", render("missing.html.j2"), "text/html", 404), None


def served() -> list[tuple[Route, str | None]]:
    parts = [*map(thread_routes, ALL_THREADS), *map(board_routes, BOARDS), other_routes()]
    return [row for part in parts for row in part] + [member_route(member) for member in MEMBERS.values()]


def expected() -> list[dict[str, object]]:
    return [
        expected_row(
            thread,
            [url_of(thread, number) for number in range(1, len(thread.pages(POSTS)) + 1)],
            NAMES,
            "luntan",
            "zh-Hans-CN",
        )
        for thread in ALL_THREADS
    ]
