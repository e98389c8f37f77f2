"""What a page is, and where it leads: read from its bytes, without network or files."""

import gzip

import pytest
from omegaconf import OmegaConf

from crawler.addresses.roles import Role
from crawler.addresses.scope import Scope
from crawler.addresses.urls import origin
from crawler.frontier.entries import Entry
from crawler.session.answer import Answer
from crawler.session.navigator import Navigator
from pipeline.contract.drop import DropReason
from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.schema.crawl import CrawlConfig

AT = "http://a.test"
TEXT = "昨夜下了一场小雨，清晨的石板路还是湿的，卖豆浆的老人已经支起了炉子。" * 12
PARAMS = OmegaConf.to_yaml(compose_params(["crawl=sample"]))


def navigator(platform: str = "auto", **changes) -> Navigator:
    params = OmegaConf.create(PARAMS)
    sites = {
        "a": {"seeds": [f"{AT}/"], "allow": [AT, "https://a.test"], "platform": platform, "exclude": ["/neibu/"]},
        "b": {"seeds": ["http://b.test/"], "allow": ["http://b.test"]},
    }
    OmegaConf.update(params, "crawl.sites", sites, merge=False)
    for key, value in changes.items():
        params.crawl[key] = value
    config = load_section(params, "crawl", CrawlConfig)
    return Navigator(config, Scope(config), {})


def entry(path: str = "/x.html", role: Role = Role.PAGE, **fields) -> Entry:
    url = path if path.startswith("http") else AT + path
    values = {"key": url, "depth": 1, "hops": 0, "attempts": 0, "via": None} | fields
    return Entry(1, values["key"], url, "a", origin(url), role, values["depth"], values["hops"], 0, None)


def read(body: str | bytes, at: Entry | None = None, nav: Navigator | None = None, status: int = 200, **headers):
    raw = body.encode() if isinstance(body, str) else body
    lists = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return (nav or navigator()).read(at or entry(), Answer(status, lists, raw))


def urls(reading, role: Role | None = None) -> list[str]:
    return [item.url.removeprefix(AT) for item in reading.found if role is None or item.role == role]


def test_links_of_a_page_inside_the_allow_list_are_found_with_their_reasons():
    page = f"""<html><head><title>街市</title></head><body><p>{TEXT}
      <a href="1.html#top">一</a><a href="/1.html?utm_source=qq">一</a><a href="http://b.test/2.html">二</a>
      <a href="/neibu/3.html">三</a><a href="/4.PDF">四</a><a href="https://c.test/">外</a><a href="ftp://a.test/">外</a>
      <a href="/5.html" rel="nofollow">五</a></body></html><a href="/late.html">六</a>"""
    reading = read(page)
    assert reading.reason is None
    assert [(item.url, item.site, item.reason) for item in reading.found] == [
        (f"{AT}/1.html", "a", None),
        ("http://b.test/2.html", "b", None),
        (f"{AT}/neibu/3.html", "a", DropReason.EXCLUDED),
        (f"{AT}/4.PDF", "a", DropReason.NOT_A_PAGE),
        (f"{AT}/late.html", "a", None),
    ]
    assert {item.depth for item in reading.found} == {2}
    assert (reading.outside, reading.nofollow) == (2, 1)


def test_a_gbk_page_is_read_in_its_encoding():
    page = f'<meta charset="gb2312"><title>论坛</title><p>{TEXT}<a href="/search?q=豆浆">搜</a>'.encode("gb18030")
    reading = read(page, content_type="text/html")
    assert urls(reading) == ["/search?q=%B6%B9%BD%AC"]


def test_links_beyond_the_depth_are_told():
    reading = read(f"<p>{TEXT}<a href=/y.html>", entry(depth=12))
    assert [(item.url, item.reason) for item in reading.found] == [(f"{AT}/y.html", DropReason.TOO_DEEP)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_one_hop_further(status):
    reading = read("", entry(hops=2), status=status, location="https://a.test/x.html")
    assert (reading.reason, reading.final_url) == (DropReason.REDIRECT, "https://a.test/x.html")
    assert [(item.url, item.hops, item.depth) for item in reading.found] == [("https://a.test/x.html", 3, 1)]


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:22/", "http://169.254.169.254/latest/", "file:///etc/passwd", "http://c.test/", "//[::1]/"],
)
def test_a_redirect_out_of_the_allow_list_leads_nowhere(location):
    reading = read("", status=302, location=location)
    assert (reading.reason, reading.found, reading.outside) == (DropReason.REDIRECT, [], 1)


def test_redirects_end():
    assert read("", entry(hops=5), status=302, location="/y").reason is DropReason.TOO_MANY_REDIRECTS
    assert read("", status=302, location="/x.html?sid=9f86d081").reason is DropReason.TOO_MANY_REDIRECTS


def test_a_refresh_of_an_empty_page_is_a_redirect_and_of_a_full_one_a_link():
    head = '<head><meta http-equiv="Refresh" content="3; url=/y.html"></head>'
    assert read(f"<html>{head}<body>正在跳转").reason is DropReason.REDIRECT
    full = read(f"<html>{head}<body>{TEXT}")
    assert (full.reason, urls(full)) == (None, ["/y.html"])


@pytest.mark.parametrize(
    ("page", "headers", "reason", "links"),
    [
        ('<meta name="robots" content="noindex">', {}, DropReason.NOINDEX, ["/y"]),
        ('<meta name="ROBOTS" content="NOINDEX,NOFOLLOW">', {}, DropReason.NOINDEX, []),
        ('<meta name="robots" content="nofollow">', {}, None, []),
        ('<meta name="robots" content="none">', {}, DropReason.NOINDEX, []),
        ('<meta name="googlebot" content="noindex">', {}, None, ["/y"]),
        ('<meta name="wenyuan" content="noindex">', {}, DropReason.NOINDEX, ["/y"]),
        ("", {"x_robots_tag": "noindex, nofollow"}, DropReason.NOINDEX, []),
        ("", {"x_robots_tag": "googlebot: noindex"}, None, ["/y"]),
        ("", {"x_robots_tag": "wenyuan: none"}, DropReason.NOINDEX, []),
    ],
)
def test_a_page_that_asks_not_to_be_kept_or_followed(page, headers, reason, links):
    reading = read(f"<html><head>{page}</head><body>{TEXT}<a href=/y>", **headers)
    assert (reading.reason, urls(reading)) == (reason, links)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<title>404 Not Found</title><p>nginx", DropReason.SOFT_404),
        ("<title>提示信息 - 论坛</title>抱歉，指定的主题不存在或已被删除或正在被审核", DropReason.SOFT_404),
        ("<title>新闻网</title><p>抱歉，您访问的页面不存在或已被删除。", DropReason.SOFT_404),
        ("<title>出口增长404亿元</title><p>海关数据显示，前三季度出口比去年同期增长404亿元。", None),
        ("<title>页眉</title><p>在所有页面中的页眉都将被删除，该文章已不如从前，对不起，我来晚了。", None),
        (f"<title>链接失效了怎么办</title><p>有时你访问的页面不存在，{TEXT * 4}", None),
        (b"%PDF-1.4 \xe2\xe3", DropReason.NOT_A_PAGE),
        (b"", DropReason.EMPTY_BODY),
        ('{"a": 1}', DropReason.NOT_A_PAGE),
    ],
)
def test_error_pages_and_files_in_disguise(body, reason):
    assert read(body).reason is reason


def test_a_refresh_for_readers_without_scripts_is_none():
    noscript = '<noscript><meta http-equiv="refresh" content="0; URL=/noscript.html"></noscript>'
    assert read(f"<html><head>{noscript}</head><body>目录 索引").reason is None


def test_errors_of_the_server_are_told_with_their_status():
    reading = read("", status=410)
    assert (reading.reason, reading.measured) == (DropReason.HTTP_ERROR, 410.0)


def test_a_page_that_names_another_address_is_an_alias_for_now():
    reading = read(f'<link rel="canonical" href="/real.html"><p>{TEXT}')
    assert (reading.reason, reading.final_url) == (DropReason.ALIAS, f"{AT}/real.html")
    assert urls(reading) == ["/real.html"]
    assert read(f'<link rel="canonical" href="/x.html?utm_source=1"><p>{TEXT}').reason is None
    assert read(f'<link rel="canonical" href="http://c.test/real.html"><p>{TEXT}').reason is None


def test_robots_lead_to_sitemaps_and_their_absence_to_the_usual_place():
    rules = read(
        "Sitemap: /map.xml\nUser-agent: *\nDisallow: /x\n", entry("/robots.txt", Role.ROBOTS, key=f"robots|{AT}")
    )
    assert (rules.reason, urls(rules, Role.SITEMAP)) == (DropReason.DISCOVERY_ONLY, ["/map.xml"])
    absent = read("", entry("/robots.txt", Role.ROBOTS, key=f"robots|{AT}"), status=404)
    assert (absent.rules, urls(absent, Role.SITEMAP)) == ("", ["/sitemap.xml"])


def test_a_robots_file_that_moves_is_followed_inside_the_allow_list_only():
    at = entry("/robots.txt", Role.ROBOTS, key=f"robots|{AT}")
    inside = read("", at, status=301, location="https://a.test/robots.txt")
    assert [(item.key, item.url, item.role) for item in inside.found] == [
        (f"robots|{AT}|1", "https://a.test/robots.txt", Role.ROBOTS)
    ]
    outside = read("", at, status=301, location="http://127.0.0.1/robots.txt")
    assert (outside.found, outside.rules) == ([], "")


def test_sitemaps_packed_or_not_lead_to_pages_and_further_sitemaps():
    index = b"<sitemapindex><sitemap><loc>http://a.test/s.xml.gz</loc></sitemap></sitemapindex>"
    assert urls(read(index, entry("/sitemap.xml", Role.SITEMAP)), Role.SITEMAP) == ["/s.xml.gz"]
    packed = gzip.compress(b"<urlset><url><loc>http://a.test/1.html</loc></url></urlset>", mtime=0)
    reading = read(packed, entry("/s.xml.gz", Role.SITEMAP, depth=0), content_type="application/gzip")
    assert (reading.reason, urls(reading, Role.PAGE)) == (DropReason.DISCOVERY_ONLY, ["/1.html"])


def test_a_discuz_site_is_recognised_and_its_addresses_written_one_way():
    nav = navigator()
    page = """<html><head><meta name="generator" content="Discuz! X3.4"></head><body id="nv_forum">
      <a href="forum.php?mod=viewthread&tid=7&extra=page%3D1">七</a><a href="thread-8-2-3.html">八</a>
      <a href="forum-2-1.html">版</a><a href="forum-3-1.html">版</a>
      <a href="home.php?mod=space&uid=1">某人</a></body></html>"""
    reading = read(page, entry("/forum.php"), nav)
    assert reading.platform == "discuz"
    assert [(item.url, item.reason) for item in reading.found] == [
        (f"{AT}/thread-7-1-1.html", None),
        (f"{AT}/thread-8-2-1.html", None),
        (f"{AT}/forum-2-1.html", None),
        (f"{AT}/forum-3-1.html", None),
        (f"{AT}/home.php?mod=space&uid=1", DropReason.NOT_CONTENT),
    ]


def test_a_thread_that_is_sent_to_its_rewritten_address_is_fetched_there():
    nav = navigator("discuz")
    at = entry("/forum.php?mod=viewthread&tid=7", key=f"{AT}|thread|7|1")
    reading = read("", at, nav, status=301, location="/thread-7-1-1.html")
    assert [(item.url, item.key, item.hops) for item in reading.found] == [
        (f"{AT}/thread-7-1-1.html", f"{AT}|thread|7|1|1", 1)
    ]


def test_a_rewritten_link_that_the_site_does_not_know_is_asked_for_in_its_plain_form():
    nav = navigator("discuz")
    at = entry("/thread-7-2-1.html", key=f"{AT}|thread|7|2")
    reading = read("", at, nav, status=404)
    assert [(item.url, item.key) for item in reading.found] == [
        (f"{AT}/forum.php?mod=viewthread&tid=7&page=2", f"{AT}|thread|7|2|1")
    ]


def test_a_topic_without_its_title_in_the_address_is_fetched_where_it_is_sent_to():
    nav = navigator("discourse")
    read("", entry("/latest.json?page=0", Role.API), nav, status=403)
    page = entry("/t/42", key=f"{AT}|topic|42|1|html")
    reading = read("", page, nav, status=301, location="/t/豆浆/42")
    assert [(item.url, item.hops) for item in reading.found] == [(f"{AT}/t/%E8%B1%86%E6%B5%86/42", 1)]


def test_further_pages_of_a_list_are_no_deeper_than_the_list():
    page = '<a href="/forum.php?mod=forumdisplay&fid=2&page=3">3</a><a href="/forum.php?mod=viewthread&tid=9">九</a>'
    at = entry("/forum.php?mod=forumdisplay&fid=2&page=2")
    assert [(item.url[-6:], item.depth) for item in read(page, at, navigator("discuz")).found] == [
        ("page=3", 1),
        ("&tid=9", 2),
    ]
    older = f'<p>{TEXT}<a href="/page/3/" rel="next">更早</a><a href="/x.html">文</a>'
    assert [item.depth for item in read(older, entry("/page/2/")).found] == [1, 2]


def test_one_refused_topic_does_not_turn_a_forum_away_from_its_api():
    nav = navigator("discourse")
    topics = b'{"topic_list": {"topics": [{"id": 1}, {"id": 2}]}}'
    read(topics, entry("/latest.json?page=0", Role.API), nav)
    assert read("", entry("/t/1.json", Role.API), nav, status=403).found == []
    later = read('<a href="/t/x/3">', entry("/"), nav)
    assert [item.url for item in later.found] == [f"{AT}/t/3.json"]


def test_robots_txt_that_is_plain_in_spite_of_its_header_is_read_and_a_bomb_forbids_all():
    at = entry("/robots.txt", Role.ROBOTS, key=f"robots|{AT}")
    plain = read("User-agent: *\nDisallow: /no/\n", at, content_encoding="deflate")
    assert "Disallow: /no/" in plain.rules
    bomb = read(gzip.compress(bytes(9_000_000), mtime=0), at, content_encoding="gzip")
    assert "Disallow: /\n" in bomb.rules


def test_a_short_thread_that_speaks_of_a_page_that_is_gone_is_no_error_page():
    post = "我昨天想打开那个教程，发现这个页面已经不存在了吧？有没有人存过一份。" + TEXT
    reading = read(f"<title>求教程</title><body><p>{post}<a href=/t2>下一帖</a>")
    assert (reading.reason, urls(reading)) == (None, ["/t2"])


def test_links_with_odd_numbers_and_many_parameters_are_read():
    odd = "/forum.php?mod=viewthread&tid=%C2%B2&page=%C2%B2"
    many = "/forum.php?" + "&".join(f"a{n}=1" for n in range(150))
    page = f'<meta name="generator" content="Discuz! X3.5"><p>{TEXT}<a href="{odd}">a</a><a href="{many}">b</a>'
    assert {item.reason for item in read(page).found} == {DropReason.NOT_CONTENT}


def test_a_post_about_a_forum_engine_does_not_make_its_site_one():
    nav = navigator()
    read(f"<title>Discuz! X3.5 升级记</title><p>{TEXT}从 Discuz! X3.4 升到 X3.5 只用了一个下午。", entry("/"), nav)
    assert nav.platform(AT).name == "article"


def test_a_recognised_platform_with_an_api_is_asked_by_it_and_by_its_pages_if_that_is_refused():
    nav = navigator()
    home = read('<meta name="generator" content="Discourse 3.2"><a href="/t/slug/42">', entry("/"), nav)
    assert [(item.url, item.role) for item in home.found] == [
        (f"{AT}/latest.json?page=0", Role.API),
        (f"{AT}/t/42.json", Role.API),
    ]
    refused = read("", entry("/t/42.json", Role.API), nav, status=403)
    assert [(item.url, item.role) for item in refused.found] == [(f"{AT}/t/42", Role.PAGE)]
    later = read('<a href="/t/other/43">', entry("/latest"), nav)
    assert [(item.url, item.role) for item in later.found] == [(f"{AT}/t/other/43", Role.PAGE)]


def test_where_robots_txt_forbids_the_api_the_page_is_asked_for_and_further_topics_as_pages():
    nav = navigator("nodebb")
    seen = [(item.url, item.role, item.hops) for item in nav.forbidden(entry("/api/topic/7?page=2", Role.API))]
    assert seen == [(f"{AT}/topic/7?page=2", Role.PAGE, 1)]
    later = read('<a href="/topic/8/豆">', entry("/"), nav)
    assert [(item.url, item.role) for item in later.found] == [(f"{AT}/topic/8/%E8%B1%86", Role.PAGE)]
    assert nav.forbidden(entry("/api/categories", Role.API)) == []
    assert nav.forbidden(entry("/neibu/1.html")) == []


def test_a_page_with_posts_is_no_error_page_though_it_says_that_one_was_deleted():
    gone = "<title>求种子</title><body><p>此主题已被删除！</p>"
    post = '<li component="post" data-pid="3"><div component="post/content">此主题已被删除！</div></li>'
    assert read(gone).reason is DropReason.SOFT_404
    assert read(f"<title>求种子</title><body><ul component='topic'>{post}</ul>").reason is None


def test_an_answer_of_an_api_that_asks_not_to_be_kept_is_not_kept_but_read():
    topic = f'{{"post_stream": {{"posts": [], "stream": {list(range(21))}}}, "visible": false}}'
    hidden = read(topic, entry("/t/42.json", Role.API), navigator("discourse"), x_robots_tag="noindex")
    assert (hidden.reason, urls(hidden)) == (DropReason.NOINDEX, ["/t/42.json?page=2"])
    assert read(topic, entry("/t/42.json", Role.API), navigator("discourse")).reason is None


def test_what_the_head_says_to_browsers_without_scripts_makes_no_page_an_error():
    said = "<div>抱歉，您的浏览器无法访问本站</div>"
    short = "<p>夏至。傍晚在河边走了四十分钟，遇见三只白鹭。</p>"
    assert read(f"<html><head><noscript>{said}</noscript></head><body>{short}</body></html>").reason is None
    assert read(f"<html><head></head><body>{said}{short}</body></html>").reason is DropReason.SOFT_404
