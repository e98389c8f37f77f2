"""A wiki crawled from its home page: each article once, in the variant that was asked for."""

from itertools import count
from urllib.parse import quote, unquote

import pytest

from tests.crawler.support.crawl_run import site
from tests.crawler.support.http_server import Reply
from tests.crawler.support.sites import page

HOST = "wiki.wenyuan.test"
VARIANTS = ("zh", "zh-cn", "zh-tw")
LINKS = {"首页": ("古琴", "舟子"), "古琴": ("首页",), "舟子": ("首页",), "摆渡人": ("古琴",)}


def wiki():
    """Articles at /wiki/<title> and /<variant>/<title>; no two answers are the same to the byte."""
    requests = count()

    def answer(request):
        path, _, query = unquote(request.target).partition("?")
        variant, _, title = path.removeprefix("/").partition("/")
        if path == "/":
            return Reply(status=301, headers=(("Location", f"/wiki/{quote('首页')}{'?' * bool(query)}{query}"),))
        if title not in LINKS:
            return Reply(status=404)
        variant = query.removeprefix("variant=") or variant
        menu = [f"/{name}/{quote(title)}" for name in VARIANTS]
        links = [f"/wiki/{quote(name)}" for name in LINKS[title]]
        canonical = f'<link rel="canonical" href="/wiki/{quote("摆渡人" if title == "舟子" else title)}">'
        head = f'<meta name="generator" content="MediaWiki 1.39.17">{canonical}<!-- {next(requests)} {variant} -->'
        return Reply(page(title, [*menu, *links], head, key=title).encode())

    return answer


@pytest.mark.parametrize(
    ("seeds", "forms"),
    [
        (["/"], ["/wiki/{}"]),
        (["/wiki/首页"], ["/wiki/{}"]),
        (["/zh-tw/首页"], ["/zh-tw/{}"]),
        (["/?variant=zh-tw"], ["/wiki/{}?variant=zh-tw"]),
        (["/zh-cn/首页", "/zh-tw/首页"], ["/zh-cn/{}", "/zh-tw/{}"]),
        (["/wiki/首页", "/wiki/首页?variant=zh-tw"], ["/wiki/{}", "/wiki/{}?variant=zh-tw"]),
    ],
)
@pytest.mark.parametrize("platform", ["auto", pytest.param("mediawiki", marks=pytest.mark.acceptance)])
def test_every_article_is_kept_once_in_each_variant_that_is_asked_for(serve, crawl, seeds, forms, platform):
    server = serve({HOST: wiki()})
    home = f"http://{HOST}"
    of_site = site(home, seeds=[home + seed for seed in seeds], platform=platform)
    done = crawl({"sites": {"w": of_site}, "addresses": {f"{HOST}:80": server.address}})
    assert done.status == 0, done.said
    kept = sorted(unquote(row["url"]).removeprefix(home) for row in done.rows if row["reason"] is None)
    assert kept == sorted(form.format(title) for title in LINKS for form in forms)
