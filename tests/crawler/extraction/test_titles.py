"""A page's own title, without the names of its site and column."""

import pytest

from tests.crawler.support.metadata import article

OWN = "无钉书架做法：榫头与麻绳"


@pytest.mark.parametrize(
    "head",
    [
        f"{OWN}_松下新闻_松下网",
        f"{OWN} - 松下知乎",
        f"{OWN} | 松下日报网",
        f"{OWN}——松下网",
        f"{OWN}--生活--松下网",
        f"{OWN}-松下博客",
        f"{OWN}|书架|木工_松下财经_松下网",
        f"{OWN} - 手艺 - 松下论坛 - Powered by Songxia!",
        f"松下博客 » {OWN}",
        f"{OWN} · 松下社区",
        f"{OWN}_songxia.com.cn",
        f"  {OWN}\n  _松下网\u200b",
        f"{OWN} 松下日报",
    ],
)
@pytest.mark.parametrize("above", ["", f"<h1>{OWN}</h1>", f"<h1>松下网</h1><h2>{OWN}</h2>", f"<div>{OWN}</div>"])
def test_site_and_column_are_cut_off(head, above):
    assert article(above, head=f"<title>{head}</title>").title == OWN


@pytest.mark.parametrize(
    "own",
    [
        "棱镜|无钉书架为什么三年不松",
        "手艺周刊 | 无钉书架为什么三年不松",
        "用木头说话——记松下书屋的三位木匠",
        "互联网+木工：一门老手艺的新路",
        "Wi-Fi 与书架",
        "对比试做—榫头与钉子",
        "一块木板的2024-2025",
    ],
)
def test_a_title_s_own_dashes_and_bars_stay(own):
    assert article(head=f"<title>{own}</title>").title == own
    assert article(head=f"<title>{own}_松下网</title>").title == own


@pytest.mark.parametrize(
    ("head", "above", "title"),
    [
        ("<title>显示</title>", f"<p>{OWN}</p><p>外公</p>", OWN),
        ("<title>松下论坛</title>", f"<td>首页 > 手艺</td><div class=tit>{OWN}</div>", OWN),
        ("<title>欢迎访问松下书屋</title>", f"<p>{OWN}</p><p>作者：外公 发布日期：2024-3-5</p>", OWN),
        ("", f"<h1>松下博客</h1><p>随便写写</p><h2>{OWN}</h2>", OWN),
        ("", f"<h1>{OWN}</h1>", OWN),
        ("<title>-松下网</title>", f"<h1>{OWN}</h1>", OWN),
        (f"<title>{OWN}_第一章_松下网</title>", f"<h1>{OWN}<span>241</span></h1>", OWN),
        (f"<title>{OWN}——外公的办法_松下网</title>", f"<h1>{OWN}</h1><h2>外公的办法</h2>", f"{OWN}——外公的办法"),
        ("<title>松下书屋</title>", f"<h1>主题：{OWN}</h1>", OWN),
        (f"<title>{OWN}(页 1) - 手艺 - 松下论坛</title>", "", OWN),
        (f"<title>{OWN.replace('：', '&amp;quot;：')}_松下网</title>", "", OWN.replace("：", '"：')),
        (f'<title>{OWN}</title><meta property="og:title" content="{OWN}_书架_木工">', f"<h1>{OWN}</h1>", OWN),
        (f'<meta property="og:title" content="{OWN}"><meta property="og:site_name" content="松下">', "", OWN),
    ],
)  # fmt: skip
def test_the_heading_of_the_text_is_the_title_where_the_head_says_little(head, above, title):
    assert article(above, head=head).title == title


def test_a_logo_is_no_title_though_the_head_names_it():
    assert article("<h1>松下网</h1>", head=f"<title>{OWN} 松下网</title>").title == OWN


def test_a_column_s_name_is_no_title_though_it_is_the_only_heading():
    assert article("<h1>手艺</h1>", head=f"<title>{OWN}_手艺_松下网</title>").title == OWN


def test_what_is_shown_goes_before_what_is_told():
    assert article(f"<h1>{OWN}</h1>", head=f"<title>{OWN} 全文阅读_松下网</title>").title == OWN


def test_a_title_that_links_to_its_own_page_is_one_and_a_menu_is_not():
    menu = "<p>最新手艺<a href=/1>书架</a><a href=/2>木凳</a><a href=/3>桌子</a></p><p>随便看看</p><p>按时间</p>"
    assert article(f"{menu}<p><a href=/p/1>{OWN}</a></p>").title == OWN


def test_the_title_is_not_said_twice():
    assert article(f"<h1>{OWN}</h1>", head=f"<title>{OWN}_松下网</title>").text.startswith("松木书架不用钉子")
