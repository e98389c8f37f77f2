"""Sites without end: a maze, a calendar, sessions, a well, a page of 100,000 links."""

import hashlib
import itertools
import random

from tests.crawler.support.http_server import Reply, Request
from tests.crawler.support.sites import Site, page, prose

MAZE_PAGES = 40


def migong(_: int) -> Site:
    """A maze without end, new text at every page, whose addresses are words."""
    site = Site("migong", changes={"max_pages": MAZE_PAGES})
    words = [a + b for a in "天地玄黄宇宙洪荒日月盈昃" for b in "寒来暑往秋收冬藏"]

    def room(request: Request) -> Reply:
        choose = random.Random(request.target)
        below = [request.target.rstrip("/") + "/" + choose.choice(words) for _ in range(4)]
        beside = ["/" + choose.choice(words) + choose.choice(words) for _ in range(4)]
        return Reply(page("房间" + "".join(choose.sample(words, 4)), below + beside, key=request.target).encode())

    site.routes["/robots.txt"] = Reply(b"", status=404)
    site.wild = room
    return site


CALENDAR_IDENTICAL = 6

PER_TEMPLATE = 30

MAX_DEPTH = 12


def xianjing(_: int) -> Site:
    """Traps: a calendar, sessions in three places, a well 20 steps deep."""
    site = Site("xianjing")
    well = [f"/jing/{letter * 3}" for letter in "abcdefghijklmnopqrst"]
    for depth, (path, below) in enumerate(itertools.pairwise([*well, "/jing/di"]), 1):
        text = page(f"井深{path}", [below])
        if depth <= MAX_DEPTH:
            site.good(path, text)
        elif depth == MAX_DEPTH + 1:
            site.bad("TOO_DEEP", path, text)
        else:
            site.routes[path] = Reply(text.encode())
    numbers = itertools.count(1)

    def session() -> str:
        return hashlib.md5(str(next(numbers)).encode()).hexdigest()

    def in_query(_: Request) -> Reply:
        links = [f"/hui/{place}?id={place[0]}&sid={session()}&utm_source=x" for place in ("jia", "yi", "bing")]
        return Reply(page("会话在参数里", links, key="q").encode())

    def in_parameter(_: Request) -> Reply:
        links = [f"/java/{place}.jsp;jsessionid={session().upper()}" for place in ("jia", "yi", "bing")]
        return Reply(page("会话在分号后", links, key="p").encode())

    for place in ("jia", "yi", "bing"):
        for path in (f"/hui/{place}?id={place[0]}", f"/java/{place}.jsp"):
            answer = in_query if path.startswith("/hui") else in_parameter
            site.routes[path] = answer
            site.expected[site.url(path)] = None

    def in_path(request: Request) -> Reply:
        if request.target.startswith("/lujing/"):
            text = page("会话在路径里", [f"/lujing/{session()}/wen/{place}" for place in ("jia", "yi")], key="l")
            return Reply(text.encode())
        if request.target.startswith("/rili?"):
            year = int(request.target.rpartition("=")[2])
            links = [f"/rili?nian={year - 1}", f"/rili?nian={year + 1}"]
            return Reply(page("日历", links, f"<!-- {year} -->").encode())
        return Reply("查无此页".encode(), status=404)

    site.wild = in_path
    site.start([well[0], f"/hui/jia?sid={session()}&id=j", f"/java/jia.jsp;jsessionid={session()}",
                f"/lujing/{session()}/wen/jia", "/rili?nian=2025"])  # fmt: skip
    return site


MANY_LINKS = 100_000


def yiwan(_: int) -> Site:
    """One page with 100,000 links."""
    site = Site("yiwan")
    links = "".join(f"<a href=/lian/{number}>{number}</a>\n" for number in range(MANY_LINKS))
    site.good("/", f"<title>十万链接</title>{prose('十万链接')}{links}")
    site.wild = lambda request: Reply(page(f"第{request.target}页").encode())
    return site
