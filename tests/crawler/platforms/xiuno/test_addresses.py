"""Addresses of Xiuno: one for each page, none for its functions; its marks."""

import pytest

from crawler.platforms.xiuno.engine import XIUNO
from pipeline.contract.drop import DropReason
from tests.crawler.support.addresses import BBS, place, recognised


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/?thread-12.htm", "/?thread-12.htm"),
        ("/?thread-12-1.htm", "/?thread-12.htm"),
        ("/?thread-12-2.htm", "/?thread-12-2.htm"),
        ("/?thread-12-2-%E7%AB%B9.htm", "/?thread-12-2.htm"),
        ("/index.php?thread-12-2.htm&from=a", "/?thread-12-2.htm"),
        ("/thread-12-2.htm", "/thread-12-2.htm"),
        ("/bbs/thread-12-1.htm?from=a", "/bbs/thread-12.htm"),
        ("/?forum-3.htm", "/?forum-3.htm"),
        ("/forum-3-1.htm", "/forum-3.htm"),
        ("/?index.htm", "/"),
        ("/?index-2.htm", "/?index-2.htm"),
    ],
)
def test_a_xiuno_page_has_one_address(path, address):
    assert place("xiuno", path).url == f"{BBS}{address}"


def test_a_xiuno_page_is_asked_for_in_the_form_of_the_site_itself():
    dynamic = [f"{BBS}/?thread-{n}.htm" for n in range(5)]
    static = [f"{BBS}/thread-{n}-2.htm" for n in range(5)]
    plain, rewritten, unknown = {}, {}, {}
    XIUNO.learn([*dynamic, *static[:2]], plain)
    XIUNO.learn([*static, *dynamic[:2]], rewritten)
    XIUNO.learn([static[0], f"{BBS}/?user-1.htm"], unknown)
    assert [traits.get("rewritten") for traits in (plain, rewritten, unknown)] == ["no", "yes", None]
    assert place("xiuno", "/thread-12-2.htm", plain).url == f"{BBS}/?thread-12-2.htm"
    assert place("xiuno", "/?thread-12-2.htm", rewritten).url == f"{BBS}/thread-12-2.htm"
    assert place("xiuno", "/?thread-12.htm").key == place("xiuno", "/thread-12-1.htm", rewritten).key
    assert place("xiuno", "/?thread-12.htm").series == place("xiuno", "/?thread-12-3.htm").series
    assert XIUNO.instead(f"{BBS}/thread-12-2.htm") == f"{BBS}/?thread-12-2.htm"
    assert XIUNO.instead(f"{BBS}/?thread-12-2.htm") is None


@pytest.mark.parametrize(
    "path",
    ["/?user-3.htm", "/user-login.htm", "/?my-thread.htm", "/?attach-download-5.htm", "/?post-create-12.htm",
     "/thread-create-2.htm", "/?search-%E8%8C%B6-1.htm", "/?mod-delete-2.htm", "/browser.htm",
     "/?forum-2-1.htm&orderby=tid", "/forum-2-1.htm?tagids=3", "/?forum-2-1-1.htm", "/?index-0-1.htm"],
)  # fmt: skip
def test_xiuno_functions_are_no_pages(path):
    assert place("xiuno", path).reason is DropReason.NOT_CONTENT


@pytest.mark.parametrize(
    "html",
    [
        '<script src="view/js/xiuno.js?1.0"></script>',
        '<ul class="list-unstyled threadlist"><li class="media thread tap" data-tid="3">',
    ],
)
def test_xiuno_is_known_by_its_marks(html):
    assert recognised(html) == "xiuno"
