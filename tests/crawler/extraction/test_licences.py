"""Creative Commons marks: links, badges and sentences; the article's before the site's."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.licences import licence_of, said_in
from crawler.html.render import blocks

DEED = "https://creativecommons.org/licenses"


def licence(html: str) -> str | None:
    tree = LexborHTMLParser(html)
    return licence_of(tree, html, lambda: blocks(tree.body) if tree.body is not None else [])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("本作品采用知识共享署名-非商业性使用-相同方式共享 4.0 国际许可协议进行许可。", "CC-BY-NC-SA-4.0"),
        ("本著作係採用創用 CC 姓名標示─非商業性─相同方式分享 3.0 台灣 授權條款授權。", "CC-BY-NC-SA-3.0"),
        ("本博客所有文章除特别声明外，均采用 CC BY-NC-SA 4.0 许可协议。转载请注明出处！", "CC-BY-NC-SA-4.0"),
        ("除另有说明外，本站内容采用CC BY-SA 3.0授权", "CC-BY-SA-3.0"),
        ("许可协议：署名-非商业性使用-禁止演绎 4.0 国际", "CC-BY-NC-ND-4.0"),
        ("许可协议：署名 4.0 国际", "CC-BY-4.0"),
        ("本文以 CC0 1.0 发布", "CC0-1.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("cc-by-sa 4.0 国际许可协议", "CC-BY-SA-4.0"),
        ("转载请注明出处：松下书屋", None),
        ("版权所有，未经许可不得转载。", None),
        ("本文采用 CC BY-NC-SA 协议", None),
        ("CC BY-SA 4.0 要求衍生作品以相同方式共享，CC BY 4.0 则没有这一条。", None),
        ("本文比较署名 4.0 与署名-相同方式共享 3.0 的区别。", None),
        ("许多百科采用 CC BY-SA 4.0，许多教材采用别的条款。", None),
    ],
)
def test_a_sentence_puts_its_page_under_a_licence_or_only_speaks_of_one(text, named):
    assert said_in(text) == named


@pytest.mark.parametrize(
    ("html", "named"),
    [
        (f'<head><link rel="license" href="{DEED}/by-sa/4.0/deed.zh">', "CC-BY-SA-4.0"),
        ('<p>正文<a rel="nofollow license" href="//creativecommons.org/licenses/by/3.0/">CC</a>', "CC-BY-3.0"),
        (f'<p>正文<footer><a href="{DEED}/by-nc-sa/2.0/fr/"><img alt=""></a></footer>', "CC-BY-NC-SA-2.0-FR"),
        (f'<p>正文<footer><a rel="license" href="{DEED}/by-sa/3.0/tw/">授權</a></footer>', "CC-BY-SA-3.0"),
        ('<a rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/deed.zh">CC0</a>', "CC0-1.0"),
        ('<a rel="license" href="https://creativecommons.org/publicdomain/mark/1.0/">公有领域</a>', "CC-PDM-1.0"),
        ('<p>本文只讲书架。</p><a rel="license" href="/terms.html">条款</a>', None),
        ("<p>本文只讲书架，转载请注明出处。</p>", None),
    ],
)
def test_links_to_a_deed_are_marks(html, named):
    assert licence(html) == named


def test_the_article_s_mark_goes_before_the_site_s():
    mark = f'<div class="post-copyright">版权声明：本文采用 <a href="{DEED}/by/4.0/">CC BY 4.0</a> 许可</div>'
    site = f'<footer class="site-footer"><a rel="license" href="{DEED}/by-nc-nd/4.0/">CC</a></footer>'
    assert licence(f"<body><article><p>书架</p>{mark}</article>{site}") == "CC-BY-4.0"
    assert licence(f"<body><article><p>书架</p></article>{site}") == "CC-BY-NC-ND-4.0"
    said = "<p>本文采用 CC BY-SA 4.0 许可协议。</p>"
    assert licence(f"<body><article><p>书架</p>{said}</article>{site}") == "CC-BY-SA-4.0"


def test_a_page_about_licences_is_under_none():
    text = (
        f'<p>最宽的是<a href="{DEED}/by/4.0/">署名</a>，只要求写明作者。</p>'
        f'<p>百科用的是<a href="{DEED}/by-sa/4.0/">相同方式共享</a>那一种，改过的条目也要同样放出来。</p>'
    )
    assert licence(f"<body><article>{text}</article>") is None
    one = f'<p>百科用的是<a href="{DEED}/by-sa/4.0/">相同方式共享</a>那一种，改过的条目也要同样放出来。</p>'
    assert licence(f"<body><article>{one}</article>") is None
    assert licence(f"<body><article>{one}</article><footer>本站采用 CC BY-NC 4.0 授权</footer>") == "CC-BY-NC-4.0"
