"""When an article was published: what the page tells machines, its byline, its address; and what is no such date."""

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.bylines import as_shown
from tests.crawler.support.metadata import TEXT, article

TITLE = "<title>无钉书架做法</title>"
H1 = "<h1>无钉书架做法</h1>"


def created(above: str = "", below: str = "", head: str = "", **given: str) -> str | None:
    return article(H1 + above, below, TITLE + head, **given).created


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta property="article:published_time" content="2024-03-05T14:20:00+08:00">', "2024-03-05T14:20:00+08:00"),
        ('<meta name="publishdate" content="2024-03-05">', "2024-03-05"),
        ('<meta name="PubDate" content="2024-03-05 14:20">', "2024-03-05T14:20"),
        ('<meta name="PubDate" content="2024-03-05 00:00:00">', "2024-03-05"),
        ('<meta name="_pubtime" content="2024-3-5 14:20:01">', "2024-03-05T14:20:01"),
        ('<meta name="apub:time" content="2024-3-5 14:20:01">', "2024-03-05T14:20:01"),
        ('<meta name="og:time " content="2024-03-05 14:20:01">', "2024-03-05T14:20:01"),
        ('<meta property="og:release_date" content="2024-03-05 14:20">', "2024-03-05T14:20"),
        ('<meta name="weibo: article:create_at" content="2024-03-05 14:20:01">', "2024-03-05T14:20:01"),
        (
            '<meta property="bytedance:published_time" content="2024-03-05T14:20:01+08:00">',
            "2024-03-05T14:20:01+08:00",
        ),
        ('<meta name="firstpublishedtime" content="2024-03-05-23:59:59">', "2024-03-05"),
        ('<meta itemprop="datePublished" content="2024-03-05 14:20">', "2024-03-05T14:20"),
        ('<meta itemprop="dateUpdate" content="2024-03-05 14:20:57">', "2024-03-05T14:20:57"),
        ('<meta name="publishdate" content="2031-01-01"><meta name="date" content="2024-03-05">', "2024-03-05"),
        ('<meta name="publishdate" content="2024-13-45">', None),
        ('<meta name="keywords" content="2024-03-05">', None),
    ],
)
def test_meta_elements_in_use(head, date):
    assert created(head=head) == date


ARTICLE = {"@type": "NewsArticle", "headline": "无钉书架做法", "datePublished": "2024-03-05T14:20:00+08:00"}
SITE = {"@type": "WebSite", "name": "松下网"}
COMMENT = {"@type": "Comment", "datePublished": "2024-03-07T09:00:00+08:00"}


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE,
        [SITE, ARTICLE],
        {"@context": "https://schema.org", "@graph": [SITE, COMMENT, ARTICLE]},
        {"@type": "WebPage", "datePublished": "2020-01-01", "mainEntity": ARTICLE},
        {"@type": "QAPage", "mainEntity": {**ARTICLE, "@type": ["Question", "Thing"]}},
        {**ARTICLE, "@type": None, "comment": [COMMENT]},
    ],
)
def test_json_ld_in_lists_graphs_and_entities(data):
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert created(head=script) == "2024-03-05T14:20:00+08:00"


def test_json_ld_with_a_trailing_comma_or_a_line_break_in_a_string_still_tells_its_date():
    for text in (
        '{"datePublished": "2024-03-05T14:20:00", }',
        '{"name": "书\n架", "pubDate": "2024-03-05T14:20:00"}',
    ):
        assert created(head=f'<script type="application/ld+json">{text}</script>') == "2024-03-05T14:20:00"


@pytest.mark.parametrize(
    ("byline", "date"),
    [
        ("2024年03月05日 14:20 来源：松下日报", "2024-03-05T14:20"),
        ("发布时间：2024-03-05 14:20:01 字号：A- A A+", "2024-03-05T14:20:01"),
        ("时间：2024/3/5 作者：外公 点击：120次", "2024-03-05"),
        ("外公 发表于 2024-3-5 14:20 | 阅读 300", "2024-03-05T14:20"),
        ("二〇二四年三月五日", "2024-03-05"),
        ("民國113年3月5日 14:20", "2024-03-05T14:20"),
        ("24-3-5 14:20", "2024-03-05T14:20"),
        ("<a href=/>松下网</a> <a href=/life>http://life.songxia.example</a> 2024年3月5日14:20", "2024-03-05T14:20"),
        ("三天前", "2024-03-07"),
        ("3 小时前 · 阅读 12", "2024-03-10"),
        ("昨天 14:20", "2024-03-09T14:20"),
        ('<abbr title="2024年03月05日">5 天前</abbr>', "2024-03-05"),
        ('<span class="time" data-time="1709619600">5 天前</span>', "2024-03-05T06:20:00Z"),
        ("发布时间：03-0514:20", "2024-03-05T14:20"),
        ("发布日期：2024-02-30", None),
        ("发布日期：2031-01-01", None),
    ],
)
def test_bylines_between_title_and_text(byline, date):
    assert created(f"<div>{byline}</div>") == date


def test_a_byline_may_stand_after_the_text():
    assert created(below="<p>外公 发表于 2024-03-05 14:20 - (阅读:37;评论:2)</p>") == "2024-03-05T14:20"


def test_a_notice_is_of_the_day_that_it_is_signed_with():
    assert created(text=TEXT + "<p>松下书屋</p><p>2024年3月5日</p>") == "2024-03-05"


@pytest.mark.parametrize(
    "other",
    [
        "<p>今天是2024年3月9日 星期六</p>",
        "<p>Copyright 2004-2024 松下网 2024-03-01</p>",
        "<p>备案日期 2024-03-01 京ICP备0号</p>",
        "<p>报名截止日期：2024年3月1日</p>",
    ],
)
def test_what_is_no_date_of_the_text(other):
    assert created(other) is None
    assert created(other + "<div>2024-03-05 14:20 来源：松下日报</div>") == "2024-03-05T14:20"
    assert created("<div>2024-03-05 14:20 来源：松下日报</div>", other) == "2024-03-05T14:20"


def test_dates_that_the_text_speaks_of_are_not_its_own():
    told = "<p>1949年10月1日那天，外公还是学徒，2023年1月2日才收了最后一个徒弟，手艺算是传下来了。</p>"
    assert created(text=told + TEXT) is None
    assert created(text=told + TEXT, url="http://a.example/2024/03/05/shelf.html") == "2024-03-05"


def test_dates_of_comments_and_of_lists_beside_the_text_are_not_its_own():
    comments = '<div class="comments"><p>邻居 发表于 2024-03-08 09:00</p><p>照做了。</p></div>'
    links = "<ul><li><a href=/1>新书架</a> 2024-03-09</li><li><a href=/2>旧书架</a> 2024-03-08</li></ul>"
    assert created(below=comments + links) is None
    assert created("<div>2024-03-05 14:20</div>", comments + links) == "2024-03-05T14:20"


def test_a_day_high_above_the_title_is_that_of_the_visit():
    menus = "<p>手艺</p><p>生活</p><p>书屋</p>"
    assert article(f"<div>2024-03-08 10:00</div>{menus}{H1}", head=TITLE).created is None
    assert article(f"<div>2024-03-05 14:20</div>{H1}", head=TITLE).created == "2024-03-05T14:20"


def test_json_ld_of_comments_alone_tells_nothing_of_the_text():
    assert created(head=f'<script type="application/ld+json">{json.dumps([SITE, COMMENT])}</script>') is None


def test_the_day_of_publishing_goes_before_the_day_of_a_change():
    lines = "<div>2024-03-05 14:20</div><div>最后更新: 2024-03-07 09:00</div>"
    assert created(lines) == "2024-03-05T14:20"


def test_a_told_day_takes_the_time_of_a_byline_of_that_day_and_of_no_other():
    head = '<meta name="publishdate" content="2024-03-05">'
    assert created("<div>2024年3月5日14:20</div>", head=head) == "2024-03-05T14:20"
    assert created("<div>2024年3月6日14:20</div>", head=head) == "2024-03-05"


def test_a_time_element_of_the_text_counts_and_one_of_a_comment_or_a_change_does_not():
    own = '<p><time class="entry-date published" datetime="2024-03-05T14:20:00+08:00">三月五日</time></p>'
    changed = '<p><time class="updated" datetime="2024-03-07T09:00:00+08:00">三月七日</time></p>'
    reply = '<div id="comments"><time datetime="2024-03-08T09:00:00+08:00">昨天</time></div>'
    assert created(changed + own, reply) == "2024-03-05T14:20:00+08:00"
    assert created(below=reply) is None


def test_scripts_count_where_they_all_name_one_day():
    one = '<script>var ct = "1709619600"; var s = {"publish_time": "2024-03-05 14:20"};</script>'
    other = '<script>var list = [{"publish_time": "2024-03-06 10:00"}];</script>'
    assert created("<em>昨天</em>", head=one) == "2024-03-05T06:20:00Z"
    assert created("<em>昨天</em>", head=one + other) == "2024-03-09"


def test_days_are_counted_from_the_page_s_own_clock():
    footer = "<p>GMT+8, 2024-3-1 14:20 , Processed in 0.02 second(s)</p>"
    assert created("<div>发布于 三天前</div>", footer) == "2024-02-27"


def test_a_day_without_its_year_is_of_the_address_s_year_or_before_the_last_change():
    assert created("<div>发布时间：10-08 12:00</div>", url="http://a.example/2019/shelf") == "2019-10-08T12:00"
    change = '<meta itemprop="dateUpdate" content="2019-11-08 12:00:57">'
    assert created("<div>发布时间：10-08 12:00</div>", head=change) == "2019-10-08T12:00"


DAY_SHOWN = "<time datetime='2024-07-06T16:00:00Z'>2024年7月7日</time>"


@pytest.mark.parametrize(
    ("date", "html", "path", "expected"),
    [
        ("2024-07-06T16:00:00Z", DAY_SHOWN, "/banjia/", "2024-07-07T00:00:00+08:00"),
        ("2024-07-06T16:30:00+00:00", "", "/2024/07/07/搬家/", "2024-07-07T00:30:00+08:00"),
        ("2024-07-06T16:00:00Z", "<time>2024-07-06</time>", "/banjia/", "2024-07-06T16:00:00Z"),
        ("2024-07-06T15:59:00Z", DAY_SHOWN, "/2024/07/07/搬家/", "2024-07-06T15:59:00Z"),
        ("2024-07-06T16:00:00+08:00", DAY_SHOWN, "/2024/07/07/搬家/", "2024-07-06T16:00:00+08:00"),
        ("2024-07-06", DAY_SHOWN, "/2024/07/07/搬家/", "2024-07-06"),
        (None, DAY_SHOWN, "/2024/07/07/搬家/", None),
    ],
)
def test_a_date_in_utc_becomes_the_day_that_the_page_shows(date, html, path, expected):
    assert as_shown(date, LexborHTMLParser(html), f"http://boke.test{path}") == expected
