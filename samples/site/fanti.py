"""Topics in, the routes of a phpBB 3.3 board in Big5 out; every link carries a session id that differs by page.

Every route comes with the reason why it is no document, or None if it is one or is no page.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from routes import Route
from threads import SMILEY, Post, Thread, at_names, expected_row, read_members, read_threads

HERE = Path(__file__).parent
HOST = "http://fanti.wenyuan.test"
TYPE = "text/html"
POSTS, TOPICS = 10, 4
"""A page."""
BOARDS = {
    2: ("生活與器物", "廚房、工具、窗台上的植物"),
    3: ("山海路上", "爬山、騎車，還有回得來的冒險"),
    4: ("語文與人情", "詞語、樂器、一封寄得到的信"),
}
DELETED_TID = 99
SID = r"(?:&sid=[0-9a-f]{32})?"

MEMBERS = read_members(HERE / "text/fanti")
NAMES = at_names(MEMBERS)
ALL_THREADS = read_threads(HERE / "text/fanti", MEMBERS)
ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates/fanti"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def clock(time: datetime) -> str:
    return f"{time.year}年 {time.month}月 {time.day}日, {time:%H:%M}"


def zulu(time: datetime) -> str:
    """phpBB writes the attribute in UTC, whatever zone the page shows."""
    return f"{time - timedelta(hours=8):%Y-%m-%dT%H:%M:%S}+00:00"


def body(post: Post) -> Markup:
    """The lines as phpBB writes them; authors with an even uid leave an empty line between paragraphs."""
    gap = "<br>\n" if post.author.uid % 2 else "<br>\n<br>\n"
    return Markup(gap).join(SMILEY.sub("", line) for line in post.lines)


def quoted(post: Post) -> str:
    return post.lines[0]


def url_of(thread: Thread, page: int = 1) -> str:
    start = f"&start={(page - 1) * POSTS}" if page > 1 else ""
    return f"{HOST}/viewtopic.php?t={thread.tid}{start}"


def render(template: str, url: str, **values: object) -> bytes:
    """HKSCS is what browsers call Big5; the characters it lacks become numeric entities."""
    html = ENVIRONMENT.get_template(template).render(
        sid=hashlib.md5(url.encode()).hexdigest(),
        boards=BOARDS,
        members=MEMBERS,
        clock=clock,
        zulu=zulu,
        quoted=quoted,
        url=url,
        **values,
    )
    return html.encode("big5hkscs", "xmlcharrefreplace")


def topic_routes(thread: Thread) -> Iterable[tuple[Route, str | None]]:
    pages = thread.pages(POSTS)
    for number, posts in enumerate(pages, 1):
        url = url_of(thread, number)
        html = render(
            "topic.html.j2",
            url,
            thread=thread,
            board=BOARDS[thread.fid][0],
            number=number,
            total=len(pages),
            size=POSTS,
            posts=[(post, body(post)) for post in posts],
        )
        start = "(?:&start=0)?" if number == 1 else f"&start={(number - 1) * POSTS}"
        yield Route(url, html, TYPE), None
        topic = rf"(?:f={thread.fid}&)?t={thread.tid}"
        floors = "|".join(f"{post.floor:02}" for post in posts)
        by_post = rf"(?:f={thread.fid}&)?(?:t={thread.tid}&)?p={thread.tid}(?:{floors})"
        itself = url.partition("?")[2]
        other = rf"{HOST}/viewtopic\.php\?(?!{itself}$)(?:{topic}{start}|{by_post}){SID}"
        yield Route(other, html, TYPE, pattern=True), "alias"
        yield Route(rf"{HOST}/viewtopic\.php\?{topic}{start}&view=print{SID}", html, TYPE, pattern=True), "disallowed"


def forum_routes(fid: int) -> Iterable[tuple[Route, str | None]]:
    threads = sorted((t for t in ALL_THREADS if t.fid == fid), key=lambda t: t.posts[-1].time, reverse=True)
    total = -(-len(threads) // TOPICS)
    for number in range(1, total + 1):
        start = "" if number == 1 else f"&start={(number - 1) * TOPICS}"
        url = f"{HOST}/viewforum.php?f={fid}{start}"
        html = render(
            "forum.html.j2",
            url,
            fid=fid,
            board=BOARDS[fid],
            number=number,
            total=total,
            count=len(threads),
            size=TOPICS,
            posts=POSTS,
            threads=threads[(number - 1) * TOPICS : number * TOPICS],
        )
        yield Route(url, html, TYPE), "index"
        sid = SID.removesuffix("?")
        yield (
            Route(rf"{HOST}/viewforum\.php\?f={fid}{start or '(?:&start=0)?'}{sid}", html, TYPE, pattern=True),
            "index",
        )


def message(name: str, title: str, text: str, **values: object) -> bytes:
    return render(
        "message.html.j2", f"{HOST}/{name}", title=title, message=text, **{"login": False, "member": None} | values
    )


def other_routes() -> Iterable[tuple[Route, str | None]]:
    threads = sorted(ALL_THREADS, key=lambda thread: thread.posts[-1].time, reverse=True)
    home = render("index.html.j2", f"{HOST}/", threads=threads, deleted=DELETED_TID)
    yield Route(f"{HOST}/", home, TYPE), "index"
    yield Route(rf"{HOST}/(?:index\.php)?(?:\?sid=[0-9a-f]{{32}})?", home, TYPE, pattern=True), "index"
    for member in MEMBERS.values():
        page = message(f"memberlist.php?u={member.uid}", f"檢視會員資料 - {member.name}", "會員資料", member=member)
        yield (
            Route(rf"{HOST}/memberlist\.php\?mode=viewprofile&u={member.uid}{SID}", page, TYPE, pattern=True),
            "profile",
        )
    gone = message("gone", "訊息", "您所請求的主題不存在。")
    address = rf"{HOST}/viewtopic\.php\?(?:f=\d+&)?t={DELETED_TID}{SID}"
    yield Route(address, gone, TYPE, 404, pattern=True), "deleted"
    login = message("ucp.php", "登入", "您必須登入才能繼續。", login=True)
    contact = r"memberlist\.php\?mode=contactadmin.*"
    yield Route(rf"{HOST}/(?:ucp\.php\?.*|{contact})", login, TYPE, pattern=True), "login"
    posting = message("posting.php", "登入", "您必須登入才能發表文章。", login=True)
    yield Route(rf"{HOST}/posting\.php\?.*", posting, TYPE, pattern=True), "disallowed"
    search = message("search.php", "搜尋", "抱歉，您不能使用搜尋系統。")
    yield Route(rf"{HOST}/search\.php(?:\?.*)?", search, TYPE, pattern=True), "search"
    robots = (HERE / "templates/fanti/robots.txt").read_bytes()
    yield Route(f"{HOST}/robots.txt", robots, "text/plain"), None
    missing = message("404", "404 Not Found", "找不到您要的網頁。")
    yield Route(f"{HOST}/404.html", missing, TYPE, 404), None


def served() -> list[tuple[Route, str | None]]:
    parts = [*map(topic_routes, ALL_THREADS), *map(forum_routes, BOARDS), other_routes()]
    return [row for part in parts for row in part]


def expected() -> list[dict[str, object]]:
    return [
        expected_row(
            thread,
            [url_of(thread, number) for number in range(1, len(thread.pages(POSTS)) + 1)],
            NAMES,
            "fanti",
            "zh-Hant-TW",
        )
        for thread in ALL_THREADS
    ]
