"""News sources in, the pages of xinwen.wenyuan.test out: an old portal in GBK (2024), a new one in UTF-8 (2025)."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from boke import HTML, TEXT, XML, templates
from markup import Article, Block, inline, plain, read_articles, to_blocks
from markupsafe import Markup
from routes import Route

HERE = Path(__file__).parent
BASE = "http://xinwen.wenyuan.test"
SECTIONS = {
    "shehui": "社会",
    "keji": "科技",
    "tianqi": "天气",
    "tiyu": "体育",
    "wenhua": "文化",
    "pinglun": "评论",
}
GBK_SECTIONS = ("shehui", "tianqi")
HTML_WITHOUT = "text/html"
TYPES = {"20307": HTML_WITHOUT, "20316": "text/html; charset=ISO-8859-1"}
"""UTF-8 stories whose header says nothing, or (Apache's old default) something wrong."""
ROBOTS = f"User-agent: *\nCrawl-delay: 0\nDisallow: /neibu/\n\nSitemap: {BASE}/sitemap_index.xml\n"
PRINTED, DEAD, ATTACHED = "10234", "/2024/01/09/10111.html", "/fujian/20304.html"
CALENDAR, SOFT_404 = r"/rili/(\d+)\.html", r"/2024/\d\d/\d\d/\d+\.html"
SESSIONS = {"/": "8f3a2c61", "/shehui/": "51d0be97", "/wenhua/": "c07745aa"}
ADS = (
    "急用钱？凭身份证当天放款，额度高至二十万，利息低到想不到，扫码领取免息券！",
    "一个月瘦了二十斤！她每天只喝一杯，不节食不运动，老同学聚会没人敢认。",
    "临江大宅，首付八万起，看房送电饭锅，仅剩最后三席！",
    "牙齿缺失别硬撑，本周种牙半价，满六十岁再送洗牙一次。",
    "白发变黑不用染，祖传草本配方，前一百名免费试用，点击领取。",
    "小孩不爱学习怎么办？一节课改变拖拉，名师一对一，限时九块九。",
    "净水器厂家直销，以旧换新，拨打热线即可预约免费检测水质。",
)
SAID = (
    "支持！希望越办越好。",
    "写得真好，看哭了。",
    "我家就住旁边，情况属实。",
    "什么时候轮到我们那条街？",
    "小编辛苦了，照片再多一点就更好了。",
    "涨知识了，转给孩子看看。",
)


@dataclass(frozen=True)
class Story:
    article: Article

    @property
    def path(self) -> str:
        folder = "zt" if self.article.get("kind") == "spam" else self.article["date"][:10].replace("-", "/")
        return f"/{folder}/{self.article['id']}.html"

    @property
    def url(self) -> str:
        return BASE + self.path

    @property
    def gbk(self) -> bool:
        return self.path.startswith("/2024/")

    @property
    def number(self) -> int:
        """From the id alone, so that no story changes another's furniture."""
        return zlib.crc32(self.article["id"].encode())

    @property
    def lead(self) -> str:
        return plain(self.article.blocks[0].lines[0])

    @property
    def shown(self) -> str:
        date, _, time = self.article["date"].partition("T")
        year, month, day = date.split("-")
        return f"{year}年{month}月{day}日 {time[:5]}".strip() if self.gbk else f"{date} {time[:5]}".strip()


def read_stories() -> list[Story]:
    """By date; a reprint gets the text of its original with its words changed."""
    articles = {article["id"]: article for article in read_articles(HERE / "text" / "xinwen")}
    folder = HERE / "text" / "xinwen"
    for name, article in articles.items():
        if article.get("copy"):
            text = (folder / f"{article['copy']}.md").read_text(encoding="utf-8").partition("\n\n")[2]
            for change in article["change"].split("; "):
                old, new = change.split("=>")
                if text.count(old) != 1:
                    raise ValueError(f"{name}: {old!r} stands {text.count(old)} times in {article['copy']}")
                text = text.replace(old, new)
            articles[name] = Article(article.head, to_blocks(text))
    return [Story(article) for article in articles.values()]


STORIES = read_stories()
LISTED = [story for story in reversed(STORIES) if not story.article.get("kind") and story.article.get("page") != "2"]
"""Newest first."""


def encode(page: str, gbk: bool) -> bytes:
    """GBK as servers have it: two bytes a character, the euro sign (added later) as GB18030 has it."""
    if not gbk:
        return page.encode("utf-8")
    data = page.encode("gb18030")
    if four := [char for char in page if len(char.encode("gb18030")) == 4]:
        raise ValueError(f"not in GBK: {four}")
    return data


def render(template: str, number: int, gbk: bool, **values: object) -> bytes:
    ads = [ADS[(number + step) % len(ADS)] for step in range(4)]
    page = templates.get_template(template).render(
        sections=SECTIONS, hot=LISTED[2:10], ads=ads, gbk=gbk, **{"side": True, **values}
    )
    return encode(page, gbk)


def block_html(block: Block, old: bool) -> str:
    """Old pages indent by ideographic spaces and know no headings; new ones have clean markup."""
    lines = [inline(line) for line in block.lines]
    match block.kind:
        case "heading" if old:
            return f"<p>　　<strong>{lines[0]}</strong></p>"
        case "heading":
            return f"<h3>{lines[0]}</h3>"
        case "list" | "steps" if not old:
            tag = "ul" if block.kind == "list" else "ol"
            return f"<{tag}>" + "".join(f"<li>{line}</li>" for line in lines) + f"</{tag}>"
        case "table":
            rows = [line.split(" | ") for line in lines]
            cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
            return f'<table border="1" cellspacing="0" width="100%">\n{cells}</table>'
        case _ if old:
            return "\n".join(f"<p>　　{line}</p>" for line in lines)
        case _:
            return "\n".join(f"<p>{line}</p>" for line in lines)


def body_html(story: Story) -> Markup:
    """The text with two advertisements in it, as the portals have them."""
    parts = [block_html(block, story.gbk) for block in story.article.blocks]
    for place, step in (len(parts) * 2 // 3, 4), (2, 1):
        text = ADS[(story.number + step) % len(ADS)]
        parts.insert(place, f'<div class="ad"><a href="https://example.com/ad{step}">{text}</a></div>')
    return Markup("\n".join(parts))


def story_page(story: Story) -> bytes:
    name, section = story.article["id"], story.article["section"]
    other = next((near for near in STORIES if near.article["date"] == story.article["date"] and near != story), None)
    related = [near for near in LISTED if near.article["section"] == section and near != story][:4]
    return render(
        "xinwen_story.html",
        story.number,
        story.gbk,
        story=story,
        section=section,
        body=body_html(story),
        printed=name == PRINTED,
        other=other,
        related=related,
        said=SAID[story.number % len(SAID)],
    )


def story_type(story: Story) -> str:
    return HTML_WITHOUT if story.gbk else TYPES.get(story.article["id"], HTML)


def print_page(story: Story) -> bytes:
    page = (
        '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=gb2312">\n'
        f'<title>打印：{story.article["title"]}</title>\n<link rel="canonical" href="{story.url}">\n</head>\n'
        f'<body onload="window.print()">\n<h1>{story.article["title"]}</h1>\n'
        f"<p>{story.shown} {story.article['source']}</p>\n"
        + "\n".join(block_html(block, True) for block in story.article.blocks)
        + "\n</body>\n</html>\n"
    )
    return encode(page, True)


def with_session(path: str) -> list[tuple[str, Story]]:
    """Links of an index page; every third carries the page's session id."""
    section = path.strip("/")
    stories = [story for story in LISTED if section in ("", story.article["section"])]
    sid = SESSIONS.get(path)
    return [(f"{story.path}?sid={sid}" if sid and story.number % 3 == 0 else story.path, story) for story in stories]


def list_pages() -> Iterator[tuple[str, bytes, str]]:
    """Path, body, type."""
    links = with_session("/")
    yield "/", render("xinwen_list.html", 0, False, kind="home", title="沄州新闻网_沄江两岸的消息", links=links), HTML
    extra = {
        "shehui": [(DEAD, "老城区路灯今晚全部换新")],
        "keji": [(ATTACHED, "附件：一号线过江段施工简报（PDF）")],
        "wenhua": [("/vip/20401.html", "【会员】沄州老字号口述史（一）")],
    }
    for number, (section, name) in enumerate(SECTIONS.items()):
        gbk, links = section in GBK_SECTIONS, with_session(f"/{section}/")
        values = {"section": section, "title": f"{name}_沄州新闻网", "links": links, "extra": extra.get(section, [])}
        body = render("xinwen_list.html", number, gbk, kind="section", **values)
        yield f"/{section}/", body, HTML_WITHOUT if gbk else HTML


def plain_page(number: int, title: str, body: str, gbk: bool = False, side: bool = True) -> bytes:
    return render("xinwen_list.html", number, gbk, kind="plain", title=title, body=Markup(body), side=side)


def calendar_page() -> bytes:
    days = "".join(f"<td>{day}</td>" + ("</tr>\n<tr>" if day % 7 == 0 else "") for day in range(1, 29))
    links = '<p><a href="/rili/{{1-1}}.html">上一月</a> <a href="/rili/{{1+1}}.html">下一月</a></p>'
    head = "<tr><th>日</th><th>一</th><th>二</th><th>三</th><th>四</th><th>五</th><th>六</th></tr>"
    table = f"<table>{head}\n<tr>{days}</tr></table><p>宜：晒书　忌：久坐</p>"
    return plain_page(3, "日历", f"<h1>沄州日历 第{{{{1}}}}期</h1>{links}{table}{links}", side=False)


def pdf() -> bytes:
    head = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    return head + b"stream\n\x00\x01\x9c\xff\xfe\x8b\x00\nendstream\n%%EOF\n"


def gzip_stored(data: bytes) -> bytes:
    """gzip without compression: other builds of zlib compress to other bytes. At most 65,535 bytes."""
    size = len(data)
    block = b"\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data
    ends = zlib.crc32(data).to_bytes(4, "little") + size.to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\xff" + block + ends


def sitemap(year: str) -> bytes:
    stories = [story for story in LISTED if story.path.startswith(f"/{year}/")]
    rows = "".join(
        f"<url><loc>{story.url}</loc><lastmod>{story.article['date']}</lastmod></url>\n" for story in stories
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{rows}</urlset>\n'.encode()


def sitemap_index() -> bytes:
    names = ("sitemap-2024.xml.gz", "sitemap-2025.xml")
    rows = "".join(f"<sitemap><loc>{BASE}/{name}</loc></sitemap>\n" for name in names)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{space}">\n{rows}</sitemapindex>\n'.encode()


def feed() -> bytes:
    rows = "".join(
        f"<item><title>{escape(story.article['title'])}</title><link>{story.url}</link><guid>{story.url}</guid>"
        f"<description>{escape(story.lead)}</description></item>\n"
        for story in LISTED[:10]
    )
    head = f"<title>沄州新闻网</title><link>{BASE}/</link><description>沄江两岸的消息</description>"
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{head}<language>zh-cn</language>'
    return f"{start}\n{rows}</channel></rss>\n".encode()


def session_urls() -> list[str]:
    return sorted({BASE + link for path in SESSIONS for link, _ in with_session(path) if "?" in link})


def special() -> list[tuple[Route, str]]:
    """Pages that must not give a document, and why not."""
    printed = next(story for story in STORIES if story.article["id"] == PRINTED)
    login = (
        "<h1>沄州老字号口述史（一）</h1><p>请登录后查看。本文为会员专享内容，登录后即可阅读全文。</p>"
        '<form><input name="u" placeholder="手机号"><input name="p" type="password" placeholder="密码">'
        '<button type="button">登录</button> <a href="#">立即注册</a> <a href="#">忘记密码</a></form>'
    )
    roster = "<h1>采编排班</h1><p>早班：方珺；中班：高堃；夜班：陆明远。内部使用，请勿外传。</p>"
    gone = "<h1>提示信息</h1><p>抱歉，您访问的页面不存在或已被删除。</p><p>3 秒后返回<a href='/'>首页</a>。</p>"
    return [
        (Route(f"{BASE}/print/{PRINTED}.html", print_page(printed), HTML_WITHOUT), "alias"),
        (Route(f"{BASE}/vip/20401.html", plain_page(1, "会员登录", login), HTML), "login"),
        (Route(f"{BASE}/neibu/paiban.html", plain_page(2, "采编排班", roster), HTML), "disallowed"),
        (Route(BASE + ATTACHED, pdf(), HTML_WITHOUT), "not_html"),
        (Route(f"{BASE}/robots.txt", ROBOTS.encode(), TEXT), "not_html"),
        (Route(f"{BASE}/sitemap_index.xml", sitemap_index(), XML), "not_html"),
        (Route(f"{BASE}/sitemap-2024.xml.gz", gzip_stored(sitemap("2024")), "application/gzip"), "not_html"),
        (Route(f"{BASE}/sitemap-2025.xml", sitemap("2025"), XML), "not_html"),
        (Route(f"{BASE}/rss.xml", feed(), "application/rss+xml; charset=utf-8"), "not_html"),
        (Route(BASE + CALENDAR, calendar_page(), HTML, pattern=True), "trap"),
        (Route(BASE + SOFT_404, plain_page(5, "提示信息", gone, gbk=True), HTML_WITHOUT, pattern=True), "soft404"),
    ]


def pages() -> Iterable[Route]:
    yield from (Route(story.url, story_page(story), story_type(story)) for story in STORIES)
    by_path = {story.path: story for story in STORIES}
    for url in session_urls():
        story = by_path[url.removeprefix(BASE).split("?")[0]]
        yield Route(url, story_page(story), story_type(story))
    yield from (Route(BASE + path, body, kind) for path, body, kind in list_pages())
    yield from (route for route, _ in special())
    missing = plain_page(4, "404", "<h1>404</h1><p>您要找的网页走丢了。</p>")
    yield Route(f"{BASE}/404.html", missing, HTML, 404)


def expected() -> Iterable[dict[str, object]]:
    """A story on two pages is one document."""
    others: dict[str, list[Story]] = {}
    for story in STORIES:
        if story.article.get("page") == "2":
            others.setdefault(story.article["id"].partition("_")[0], []).append(story)
    for story in STORIES:
        if story.article.get("page") == "2":
            continue
        parts = [story, *others.get(story.article["id"], [])]
        yield {
            "url": story.url,
            "source": "xinwen",
            "kind": "article",
            "title": story.article["title"],
            "created": story.article["date"],
            "variant": "zh-Hans-CN",
            "licence": "CC-BY-SA-4.0",
            "text": "\n".join(part.article.text() for part in parts),
            "posts": None,
            **({"pages": [part.url for part in parts]} if len(parts) > 1 else {}),
        }


def without() -> Iterable[dict[str, object]]:
    yield from ({"url": url, "why": "alias"} for url in session_urls())
    yield from ({"url": BASE + path, "why": "index"} for path, _, _ in list_pages())
    yield {"url": BASE + DEAD, "why": "soft404"}
    yield {"url": f"{BASE}/rili/202403.html", "why": "trap"}
    for route, why in special():
        yield {"url": route.url, "why": why, **({"pattern": True} if route.pattern else {})}
