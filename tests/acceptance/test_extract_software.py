"""Sites of real software, installed by their own package clients, crawled from the home page and extracted."""

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.acceptance.crawled import crawl_and_extract, f1
from tests.acceptance.hexo import THEMES, Served, generate, install, posts
from tests.acceptance.mediawiki import HOME, HOST, Wiki, WikiPage
from tests.acceptance.wordpress import HOST as BLOG_HOST
from tests.acceptance.wordpress import LETTER, WordPress, blog_posts

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1800)]
DATA = Path(__file__).parent
WIKI_F1 = 0.97
BLOG_F1 = 0.95
TITLES = {
    "毛笔": "毛筆",
    "汉字注音": "漢字注音",
    "渔火": "漁火",
    "摆渡人": "擺渡人",
    "灯塔": "燈塔",
    "编译器": "編譯器",
}
"""Those that Taiwan writes otherwise."""


def needed(command: str, packages: str) -> None:
    """What is not at hand is a failure: an acceptance test that is not run accepts nothing."""
    assert shutil.which(command), f"no {command} on this machine: {packages}"


def wiki_pages() -> list[WikiPage]:
    pages = [WikiPage(path.stem, path.read_text(encoding="utf-8")) for path in sorted((DATA / "wiki").glob("*.wiki"))]
    templates = sorted((DATA / "wiki" / "Template").glob("*.wiki"))
    pages += [WikiPage(f"Template:{path.stem}", path.read_text(encoding="utf-8")) for path in templates]
    pages += [WikiPage("七弦琴", "#重定向 [[古琴]]"), WikiPage("舟子", "#REDIRECT [[摆渡人]]")]
    return [
        *pages,
        WikiPage("Category:山川百科条目", "百科的条目都在这里，按笔画排列，读者可以从这里走到每一个条目去。"),
    ]


@pytest.fixture(scope="module")
def wiki(tmp_path_factory):
    needed("php", "Debian: apt install mediawiki php-cli php-sqlite3")
    with Wiki(tmp_path_factory.mktemp("mediawiki") / "wiki", wiki_pages()) as wiki:
        yield wiki


@pytest.mark.parametrize(
    ("seed", "variant", "tag"),
    [
        ("/", "zh-cn", "zh-Hans-CN"),
        ("/zh-cn/首页", "zh-cn", "zh-Hans-CN"),
        ("/zh-tw/首页", "zh-tw", "zh-Hant-TW"),
        ("/index.php?title=首页&variant=zh-tw", "zh-tw", "zh-Hant-TW"),
    ],
)
def test_a_wiki_gives_every_article_once_in_the_variant_of_its_seed(wiki, tmp_path, seed, variant, tag):
    found = crawl_and_extract(tmp_path, HOST, wiki.address, seed)
    texts = {unquote(urlsplit(url).path).rpartition("/")[2]: row for url, row in found.documents.items()}
    golds = {
        path.name.removesuffix(f".{variant}.txt"): path.read_text(encoding="utf-8")
        for path in sorted((DATA / "wiki").glob(f"*.{variant}.txt"))
    }
    assert HOME not in golds
    assert len(golds) == 9
    assert len(found.documents) == len(texts)
    assert sorted(texts) == sorted(golds)
    scores = {name: f1(texts[name]["text"], gold) for name, gold in golds.items()}
    assert {name: score for name, score in scores.items() if score < WIKI_F1} == {}
    for name, row in texts.items():
        told = (row["title"], row["created"], row["variant"], row["licence"])
        title = TITLES.get(name, name) if variant == "zh-tw" else name
        assert told == (title, "2024-03-05T04:30", tag, "CC-BY-SA-4.0")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    needed("npm", "node 20 and npm, from nodejs.org or the system's packages")
    folder = tmp_path_factory.mktemp("hexo") / "installed"
    install(folder)
    return folder


def last_part(url: str) -> str:
    """`…/2024/03/05/量杯与天平/` or with `index.html` after it, as some themes name their pages' own address."""
    return unquote(url).removesuffix("index.html").rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("theme", THEMES)
def test_a_blog_of_a_hexo_theme_gives_its_articles_and_no_list_of_them(installed, tmp_path, theme):
    host = f"{theme}.wenyuan.test"
    public = generate(installed, tmp_path / "blog", theme, host)
    with Served(public) as address:
        found = crawl_and_extract(tmp_path / "run", host, address)
    texts = {last_part(url): row for url, row in found.documents.items()}
    golds = {post.name: post for post in posts()}
    assert len(golds) >= 20
    assert len(texts) == len(found.documents)
    assert sorted(set(texts) - {"about"}) == sorted(golds)  # some themes link to the page about the writer
    scores = {name: f1(texts[name]["text"], post.text) for name, post in golds.items()}
    assert {name: score for name, score in scores.items() if score < BLOG_F1} == {}
    told = {name: (texts[name]["title"], texts[name]["created"][:10], texts[name]["variant"][:7]) for name in golds}
    assert told == {name: (post.title, post.date, "zh-Hans") for name, post in golds.items()}


@pytest.mark.parametrize(
    ("theme", "pretty"), [("twentytwentyone", True), ("twentytwentytwo", False), ("twentytwentythree", True)]
)
def test_a_wordpress_blog_gives_its_posts_without_comments_and_nothing_that_is_not_public(tmp_path, theme, pretty):
    for command in ("php", "mariadbd"):
        needed(
            command, "Debian: apt install wordpress wordpress-l10n wordpress-theme-… mariadb-server php-cli php-mysql"
        )
    listed = blog_posts()
    with WordPress(tmp_path / "wordpress", listed, theme, pretty) as blog:
        found = crawl_and_extract(tmp_path / "run", BLOG_HOST, blog.address)
    texts: dict[str, str] = {}
    for _, row in sorted(found.documents.items()):
        texts[row["title"]] = "\n".join(filter(None, (texts.get(row["title"]), row["text"])))
    public = {post.title: post for post in listed if post.text is not None}
    assert len(public) >= 20
    assert sorted(texts) == sorted(public)
    assert LETTER[:20] not in "".join(texts.values())
    # Block themes of WordPress 6.1 do not lead to a post's second page.
    paged = {"码头号子"} if theme != "twentytwentyone" else set()
    scores = {title: f1(texts[title], post.text) for title, post in public.items() if title not in paged}
    assert {title: score for title, score in scores.items() if score < BLOG_F1} == {}
    told = {row["title"]: (row["created"] or "")[:10] for row in found.documents.values() if row["title"] != "关于"}
    assert told == {title: post.date[:10] for title, post in public.items() if title != "关于"}
