"""Sites that speak through files of their own: robots.txt of every kind, sitemaps, feeds."""

import gzip
from html import escape

from tests.crawler.support.http_server import Answer, Handler, Reply, drip, redirect, without_end
from tests.crawler.support.sites import Site, page
from tests.crawler.support.sites_of_broken_http import MIB, bomb
from tests.crawler.support.sites_of_links import outside

ROBOTS = """\
User-agent: BaiduSpider
Disallow: /

User-agent: *
Disallow: /bieren

User-agent: otherbot
User-agent: wenyuan
Disallow: /mimi/
Allow: /mimi/gongkai
Disallow: /*.shtml$
Disallow: /*?daochu=
Disallow: /中文/秘密
Disallow: /a%3cd
Allow: /pingshou
Disallow: /pingshou

User-agent: Wenyuan
Disallow: /hebing/
"""


def jinzhi(_: int) -> Site:
    """robots.txt: groups, wildcards, the end sign, the longest rule wins."""
    site = Site("jinzhi")
    site.routes["/robots.txt"] = Reply(("\ufeff" + ROBOTS.replace("\n", "\r\n")).encode(), "text/plain")
    secret = "/%E4%B8%AD%E6%96%87/%E7%A7%98%E5%AF%86/1"
    for path in (
        "/mimi/jia",
        "/shu.shtml",
        "/mulu/shu.shtml",
        "/biao?daochu=csv",
        secret,
        "/a%3Cd",
        "/hebing/jia",
        "/mimi/",
    ):
        site.unasked("ROBOTS", path)
    open_ = (
        "/mimi/gongkai/jia",
        "/shu.shtml.html",
        "/biao?x=1&daochu=csv",
        "/bieren/jia",
        "/MIMI/jia",
        "/pingshou/jia",
    )
    for path in open_:
        site.good(path, page(f"可以看的{path}"))
    site.start(list(site.expected))
    return site


def robots_sites(trap: int) -> list[Site]:
    """Hosts whose robots.txt is no plain file: one page each, and what RFC 9309 makes of it."""
    ok = b"HTTP/1.1 200 OK\r\n\r\n"
    answers: dict[str, tuple[Answer | Handler, str | None]] = {
        "wubai": (Reply(b"broken", status=500), "ROBOTS"),
        "quanjin": (Reply(b"User-agent: *\nDisallow: /\n", "text/plain"), "ROBOTS"),
        "meiyou": (Reply(b"no", status=404), None),
        "jujue": (Reply(b"no", status=403), None),
        "neizhuan": (redirect("/robots2.txt", 301), "ROBOTS"),
        "wangye": (Reply(page("这不是规则").encode()), None),
        "juda": (
            lambda _: without_end(ok + b"User-agent: *\nDisallow: /\n", b"# kong\n" * 1000, 300 * MIB),
            "ROBOTS",
        ),
        "manrobots": (lambda _: drip(ok, 30), "ROBOTS"),
        "waizhuan": (redirect(f"http://127.0.0.1:{trap}/robots.txt"), None),
        "zizhuan": (redirect("/robots.txt"), None),
        "shouye": (redirect("/"), None),
        "linju": (redirect("http://neizhuan.wenyuan.test/robots2.txt"), "ROBOTS"),
    }
    sites = []
    for name, (answer, reason) in answers.items():
        site = Site(name)
        site.routes["/robots.txt"] = answer
        site.routes["/robots2.txt"] = Reply(b"User-agent: *\nDisallow: /\n", "text/plain")
        if reason:
            site.unasked(reason, "/")
        else:
            site.start([])
        sites.append(site)
    return sites


def ditu(trap: int) -> Site:
    """Pages that only sitemaps and feeds name; sitemaps that are bombs, loops, entities, cut."""
    site = Site("ditu")
    named = f"Sitemap: {site.url('/suoyin.xml')}\nSitemap: /wen.txt\nSitemap: http://127.0.0.1:{trap}/sitemap.xml\n"
    site.routes["/robots.txt"] = Reply(named.encode(), "text/plain")
    maps = ["yi.xml.gz", "er.xml", "zhadan.xml.gz", "suoyin.xml", "shiti.xml", "jiduan.xml", "baixiao.xml", "wu.xml"]
    urls = {
        "/yi.xml.gz": ["/tu/yi", "/tu/er"],
        "/er.xml": ["/tu/san", "/tu/si", *outside(trap).values()],
        "/jiduan.xml": ["/tu/wu"],
        "/zhadan.xml.gz": ["/tu/zha"],
    }

    def locations(kind: str, paths: list[str]) -> str:
        where = (site.url(path) if path.startswith("/") else path for path in paths)
        return "".join(
            f"<{kind}><loc>\n {escape(path)} </loc><lastmod>2025-01-01</lastmod></{kind}>\n" for path in where
        )

    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

    def urlset(path: str) -> bytes:
        return f"{head}<urlset {space}>\n{locations('url', urls[path])}</urlset>".encode()

    lists = [*(f"/{name}" for name in maps), f"http://127.0.0.1:{trap}/map.xml"]
    index = f"{head}<sitemapindex {space}>\n{locations('sitemap', lists)}</sitemapindex>"
    site.routes["/suoyin.xml"] = Reply(index.encode(), "application/xml")
    site.routes["/yi.xml.gz"] = Reply(gzip.compress(urlset("/yi.xml.gz"), mtime=0), "application/x-gzip")
    site.routes["/er.xml"] = Reply(urlset("/er.xml"), "text/xml")
    site.routes["/jiduan.xml"] = Reply(urlset("/jiduan.xml")[:-30], "text/xml")
    start = gzip.compress(urlset("/zhadan.xml.gz"), mtime=0)
    site.routes["/zhadan.xml.gz"] = lambda _: Reply(start + bomb("gzip"), "application/x-gzip")
    entities = f'<!ENTITY mima SYSTEM "file:///etc/passwd"><!ENTITY wai SYSTEM "http://127.0.0.1:{trap}/x">'
    laughs = "".join(f'<!ENTITY h{n} "{f"&h{n - 1};" * 10}">' for n in range(1, 10))
    for path, declared, used in (
        ("/shiti.xml", entities, f"{site.url('/tu/')}&mima;&wai;"),
        ("/baixiao.xml", f'<!ENTITY h0 "哈哈">{laughs}', f"{site.url('/tu/')}&h9;"),
    ):
        text = f"{head}<!DOCTYPE urlset [{declared}]><urlset {space}><url><loc>{used}</loc></url></urlset>"
        site.routes[path] = Reply(text.encode(), "text/xml")
    for name in ("yi", "er", "san", "si"):
        site.good(f"/tu/{name}", page(f"地图里的{name}"))
    site.routes["/tu/wu"] = Reply(page("截断的地图里的").encode())
    for name in ("rss", "atom"):
        site.good(f"/ding/{name}", page(f"订阅{name}里的"))
        feed = _feed(name, [site.url(f"/ding/{name}"), *outside(trap).values()])
        site.routes[f"/{name}.xml"] = Reply(feed, f"application/{name}+xml")
    link = "<link rel=alternate type=application/{0}+xml href=/{0}.xml>".format
    site.start([], head=link("rss") + link("atom"))
    return site


def _feed(name: str, links: list[str]) -> bytes:
    if name == "rss":
        items = "".join(f"<item><title>新文</title><link>{escape(link)}</link></item>" for link in links)
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>订阅</title>{items}</channel></rss>".encode()
    items = "".join(f"<entry><title>新文</title><link href='{escape(link)}'/></entry>" for link in links)
    return (
        f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>订阅</title>{items}</feed>".encode()
    )
