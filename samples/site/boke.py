"""Blog sources in, the pages of boke.wenyuan.test out: markup as Hexo's theme NexT writes it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from markup import Article, Block, inline, plain, read_articles
from markupsafe import Markup
from routes import Route

HERE = Path(__file__).parent
BASE = "http://boke.wenyuan.test"
HTML, XML, TEXT = "text/html; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"
PER_PAGE = 6
ROBOTS = f"User-agent: *\nDisallow: /draft/\nDisallow: /*?preview=\n\nSitemap: {BASE}/sitemap.xml\n"
MOVED = ("/p/17", "nongdong-chaoxi")
REFRESHED = ("/old/zhi.html", "zhi-zouguo-de-lu")
COMMENTS = (
    ("河边的芦苇", "沙发！写得真细，收藏了慢慢看。"),
    ("路过的胖橘", "笑出声，我也干过一模一样的傻事。"),
    ("三两", "博主更新太慢了，催一催。"),
    ("南墙", "第二段有个错别字，已私信。"),
    ("小满妈妈", "转给我家那位看了，他说下个周末就动手。"),
    ("阿七", "请问博客用的是什么主题呀？挺清爽的。"),
    ("不吃香菜", "看饿了。"),
    ("老秦", "可以，下次来店里喝茶。"),
    ("夜航船", "每次读你的文章，都觉得时间慢了一点。"),
)

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Post:
    article: Article

    @property
    def where(self) -> str:
        """listed, or the only way that leads to it: feed, sitemap, end (after </html>), draft, noindex, nofollow."""
        return self.article.get("where") or "listed"

    @property
    def path(self) -> str:
        folder = "draft" if self.where == "draft" else self.article["date"][:10].replace("-", "/")
        return f"/{folder}/{self.article['slug']}/"

    @property
    def url(self) -> str:
        return BASE + self.path

    @property
    def tags(self) -> list[str]:
        return self.article["tags"].split()

    @property
    def shown(self) -> str:
        """The date as a reader sees it: to the minute where the source has a time."""
        return self.article["date"][:16].replace("T", " ")

    @property
    def excerpt(self) -> str:
        return next(plain(block.lines[0]) for block in self.article.blocks if block.kind in ("paragraph", "quote"))

    @property
    def headings(self) -> list[str]:
        return [plain(block.lines[0]) for block in self.article.blocks if block.kind == "heading"]

    @property
    def length(self) -> str:
        chars = len(re.sub(r"\s", "", self.article.text()))
        return f"{chars / 1000:.1f}k" if chars >= 1000 else str(chars)

    @property
    def minutes(self) -> int:
        return max(1, len(self.article.text()) // 300)

    @property
    def html(self) -> Markup:
        return Markup("\n".join(map(block_html, self.article.blocks)))


def block_html(block: Block) -> str:
    lines = [inline(line) for line in block.lines]
    match block.kind:
        case "heading":
            name = escape(plain(block.lines[0]))
            return f'<h2 id="{name}"><a href="#{quote(name)}" class="headerlink" title="{name}"></a>{lines[0]}</h2>'
        case "list" | "steps":
            tag = "ul" if block.kind == "list" else "ol"
            return f"<{tag}>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + f"</{tag}>"
        case "quote":
            return "<blockquote>\n<p>" + "<br>\n".join(lines) + "</p>\n</blockquote>"
        case "code":
            return code_html(block)
        case _:
            return "".join(f"<p>{line}</p>" for line in lines)


def code_html(block: Block) -> str:
    """Hexo's own: a table with the line numbers in one cell and the code in the other."""
    numbers = "".join(f'<span class="line">{number}</span><br>' for number in range(1, len(block.lines) + 1))
    code = "".join(f'<span class="line">{escape(line, quote=False)}</span><br>' for line in block.lines)
    return (
        f'<figure class="highlight {block.language}"><table><tr><td class="gutter"><pre>{numbers}</pre></td>'
        f'<td class="code"><pre>{code}</pre></td></tr></table></figure>'
    )


POSTS = [Post(article) for article in read_articles(HERE / "text" / "boke")]
LISTED = [post for post in reversed(POSTS) if post.where == "listed"]
"""Newest first."""
ALL_TAGS = sorted({tag for post in LISTED for tag in post.tags})
BY_TAG = {tag: [post for post in LISTED if tag in post.tags] for tag in ALL_TAGS}
TAGS = {tag: posts for tag, posts in BY_TAG.items() if len(posts) > 1}
"""Tags with a page of their own."""


def only(where: str) -> Post:
    return next(post for post in POSTS if post.where == where)


def render(template: str, **values: object) -> bytes:
    page = templates.get_template(template).render(base=BASE, listed=LISTED, tags=TAGS, recent=LISTED[:5], **values)
    return page.encode("utf-8")


def article_page(post: Post) -> bytes:
    place = LISTED.index(post) if post in LISTED else len(LISTED)
    number = POSTS.index(post)
    return render(
        "boke_article.html",
        kind="post",
        post=post,
        newer=LISTED[place - 1] if 0 < place < len(LISTED) else None,
        older=LISTED[place + 1] if place + 1 < len(LISTED) else None,
        comments=[COMMENTS[(number * 2 + step) % len(COMMENTS)] for step in range(number % 4)],
    )


def list_pages() -> Iterator[tuple[str, bytes]]:
    last = -(-len(LISTED) // PER_PAGE)
    special = {"noindex": only("noindex"), "draft": only("draft"), "nofollow": only("nofollow")}
    for page in range(1, last + 1):
        posts = LISTED[(page - 1) * PER_PAGE : page * PER_PAGE]
        values = {"page": page, "last": last, "posts": posts, "after_end": only("end"), **special}
        path = f"/page/{page}/" if page > 1 else "/"
        yield path, render("boke_list.html", kind="index", path=path, title="半亩闲田", **values)
    collections: list[tuple[str, str, str, str, list[Post]]] = [
        ("/archives/", "archives", "归档", f"目前共计 {len(LISTED)} 篇日志，继续努力。", LISTED),
        ("/tags/", "tags", "标签", f"目前共计 {len(TAGS)} 个标签", []),
        *((f"/tags/{quote(tag)}/", "tag", tag, "标签", posts) for tag, posts in TAGS.items()),
    ]
    for path, kind, heading, note, posts in collections:
        values = {"heading": heading, "note": note, "posts": posts, "title": f"{heading} | 半亩闲田"}
        yield path, render("boke_list.html", kind=kind, path=path, **values)


def sitemap() -> bytes:
    known = [post for post in POSTS if post.where in ("listed", "sitemap")]
    rows = "".join(
        f"  <url>\n    <loc>{post.url}</loc>\n    <lastmod>{post.article.get('updated') or post.article['date'][:10]}"
        "</lastmod>\n  </url>\n"
        for post in reversed(known)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{rows}</urlset>\n".encode()


def feed() -> bytes:
    posts = [post for post in reversed(POSTS) if post.where in ("listed", "feed")][:10]
    entries = "".join(
        f'  <entry>\n    <title>{escape(post.article["title"])}</title>\n    <link href="{post.url}"/>\n'
        f"    <id>{post.url}</id>\n    <published>{stamp(post)}</published>\n    <updated>{stamp(post)}</updated>\n"
        f'    <summary type="html">{escape(post.excerpt)}</summary>\n  </entry>\n'
        for post in posts
    )
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        "  <title>半亩闲田</title>\n"
        f'  <link href="{BASE}/atom.xml" rel="self"/>\n  <link href="{BASE}/"/>\n  <id>{BASE}/</id>\n'
        f"  <updated>{stamp(posts[0])}</updated>\n  <author><name>林晚晚</name></author>\n"
    )
    return f"{head}{entries}</feed>\n".encode()


def stamp(post: Post) -> str:
    date = post.article["date"]
    return date if "T" in date else f"{date}T00:00:00+08:00"


def aliases() -> list[tuple[str, Post, str]]:
    """Address, post, why it gives no document of its own."""
    return [
        *((f"{post.url}?utm_source=sidebar", post, "alias") for post in LISTED[:3]),
        (f"{LISTED[1].url}?utm_source=home&utm_medium=banner", LISTED[1], "alias"),
        (f"{LISTED[0].url}?preview=true", LISTED[0], "disallowed"),
    ]


def slug_url(slug: str) -> str:
    return next(post.url for post in POSTS if post.article["slug"] == slug)


def pages() -> Iterable[Route]:
    yield from (Route(post.url, article_page(post), HTML) for post in POSTS)
    yield from (Route(url, article_page(post), HTML) for url, post, _ in aliases())
    yield from (Route(BASE + path, body, HTML) for path, body in list_pages())
    moved = b"<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n<body>301</body>\r\n</html>\r\n"
    yield Route(BASE + MOVED[0], moved, "text/html", 301, (("Location", slug_url(MOVED[1])),))
    target = slug_url(REFRESHED[1])
    refresh = (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>正在跳转…</title>\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n</head>\n'
        f'<body>文章已经搬家，若没有自动跳转，请点 <a href="{target}">这里</a>。</body>\n</html>\n'
    )
    yield Route(BASE + REFRESHED[0], refresh.encode(), HTML)
    yield Route(f"{BASE}/robots.txt", ROBOTS.encode(), TEXT)
    yield Route(f"{BASE}/sitemap.xml", sitemap(), XML)
    yield Route(f"{BASE}/atom.xml", feed(), "application/atom+xml; charset=utf-8")
    values = {"heading": "404", "note": "这里什么也没有种", "posts": [], "title": "页面不存在 | 半亩闲田"}
    yield Route(f"{BASE}/404.html", render("boke_list.html", kind="missing", path="/404.html", **values), HTML, 404)


def expected() -> Iterable[dict[str, object]]:
    for post in POSTS:
        if post.where in ("listed", "feed", "sitemap", "end"):
            yield {
                "url": post.url,
                "source": "boke",
                "kind": "article",
                "title": post.article["title"],
                "created": post.article["date"],
                "variant": "zh-Hans-CN",
                "licence": "CC-BY-SA-4.0",
                "text": post.article.text(),
                "posts": None,
            }


def without() -> Iterable[dict[str, object]]:
    yield {"url": only("draft").url, "why": "disallowed"}
    yield {"url": only("noindex").url, "why": "noindex"}
    yield {"url": only("nofollow").url, "why": "nofollow"}
    yield from ({"url": url, "why": why} for url, _, why in aliases())
    yield from ({"url": BASE + path, "why": "index"} for path, _ in list_pages())
    yield from ({"url": BASE + path, "why": "redirect"} for path in (MOVED[0], REFRESHED[0]))
    yield from ({"url": f"{BASE}/{name}", "why": "not_html"} for name in ("robots.txt", "sitemap.xml", "atom.xml"))
