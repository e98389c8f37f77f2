"""A forum whose robots.txt forbids its API is read by its pages, whether its platform is named or told from them."""

import pytest

from tests.crawler.support.crawl_run import Crawler, site
from tests.crawler.support.http_server import Reply, Server
from tests.crawler.support.sites import prose

HOST = "cha.wenyuan.test"
NODEBB_POST = "<ul component='topic'><li component='post' data-pid='{}'><p>{}</li></ul>{}"
NODEBB = {
    "/": f"<div component='brand/wrapper'></div><p>{prose('a')}"
    "<a href='/topic/7/tea'>茶</a> <a href='/topic/8/rice/12'>饭</a>",
    "/topic/7/tea": NODEBB_POST.format(1, prose("b"), "<a href='/topic/7/tea?page=2'>2</a>"),
    "/topic/7/tea?page=2": NODEBB_POST.format(2, prose("c"), "<a href='/topic/7/tea?page=2'>2</a>"),
    "/topic/8/rice": NODEBB_POST.format(3, prose("d"), ""),
}
DISCOURSE_POST = "<div id='post_{}' class='topic-body crawler-post'><div class='post'><p>{}</div></div>{}"
DISCOURSE = {
    "/": f"<meta name=generator content='Discourse 3.5'><p>{prose('a')}"
    "<a href='/t/tea/7'>茶</a> <a href='/t/rice/8/2'>饭</a>",
    "/t/tea/7": DISCOURSE_POST.format(1, prose("b"), "<a rel=next href='/t/tea/7?page=2'>2</a>"),
    "/t/tea/7?page=2": DISCOURSE_POST.format(21, prose("c"), "<a rel=prev href='/t/tea/7'>1</a>"),
    "/t/rice/8": DISCOURSE_POST.format(1, prose("d"), ""),
}
RULES = {"nodebb": "User-agent: *\nDisallow: /api/\n", "discourse": "User-agent: *\nDisallow: /*.json\n"}
WHOLE = {"/topic/7": "/topic/7/tea", "/topic/8": "/topic/8/rice", "/t/7": "/t/tea/7", "/t/8": "/t/rice/8"}


class Forum:
    """A page without its title in the address is sent on, as both engines do."""

    def __init__(self, platform):
        self.pages, self.rules = NODEBB if platform == "nodebb" else DISCOURSE, RULES[platform]

    def __call__(self, request):
        if request.target == "/robots.txt":
            return Reply(self.rules.encode(), "text/plain")
        path, mark, query = request.target.partition("?")
        if path in WHOLE:
            return Reply(status=308, headers=(("Location", f"{WHOLE[path]}{mark}{query}"),))
        body = self.pages.get(request.target)
        return Reply((body or "").encode(), status=200 if body else 404)


@pytest.mark.parametrize(
    ("engine", "platform", "seed"),
    [("nodebb", "nodebb", "/topic/7/tea"), ("nodebb", "auto", "/"), ("discourse", "auto", "/")],
)
def test_a_forum_whose_robots_txt_forbids_its_api_is_read_by_its_pages(tmp_path, engine, platform, seed):
    of_forum = site(f"http://{HOST}", platform=platform)
    of_forum["seeds"] = [f"http://{HOST}{path}" for path in sorted({"/", seed})]
    forum = Forum(engine)
    with Server({HOST: forum}) as server:
        run = Crawler(tmp_path)({"sites": {"cha": of_forum}, "addresses": {f"{HOST}:80": server.address}})
        assert run.status == 0, run.said
        asked = server.asked(HOST)
    assert [target for target in asked if "/api/" in target or ".json" in target] == []
    assert {url.removeprefix(f"http://{HOST}") for url in run.kept} == set(forum.pages)
    assert len(asked) == len(set(asked))
