"""Elements to lines of text: cells of a table, formulas."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.html.render import text_of

ANNOTATED = (
    "<math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow>"
    '<annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math>'
)


def text(html: str) -> str:
    body = LexborHTMLParser(f"<body>{html}</body>").body
    assert body is not None
    return text_of(body)


def test_cells_of_a_row_stay_apart_wherever_the_source_breaks_its_lines():
    rows = "<tr>\n<th>地点</th>\n<th>潮差</th></tr>\n<tr><td>杭州湾\n</td>\n<td>很大，\n八米九</td></tr>"
    assert text(f"<table>{rows}</table>") == "地点 潮差\n杭州湾 很大，八米九"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('面积为<math alttext="{\\displaystyle \\pi r^{2}}"><mi>π</mi></math>。', "面积为$\\pi r^{2}$。"),
        (f"质能关系{ANNOTATED}很有名。", "质能关系$E=mc^2$很有名。"),
        ("即<math><mi>a</mi> <mo>+</mo> <mi>b</mi></math>。", "即$a+b$。"),
        # MediaWiki: MathML for screen readers, hidden, and an image
        (f'<span><span style="display: none;">{ANNOTATED}</span><img class="mwe-math-fallback-image-inline mw-invert"'
         ' alt="{\\displaystyle x^{2}}" src="x.svg"></span>是平方', "$x^{2}$是平方"),
        ('<span class="mwe-math-fallback-source-inline tex">$ {\\textstyle M} $</span>是质量', "$M$是质量"),
        # KaTeX: MathML beside what is drawn
        (f'<span class="katex"><span class="katex-mathml">{ANNOTATED}</span><span class="katex-html">'
         "<span>E</span><span>=mc2</span></span></span>，", "$E=mc^2$，"),
        # MathJax 2: the drawing, then the source
        ('<span class="MathJax_Preview">a2</span><span class="MathJax">a2</span>'
         '<script type="math/tex">a^2</script>是', "$a^2$是"),
        ('由<img class="latex" alt="\\sum_i  x_i" src="x.png">得', "由$\\sum_i x_i$得"),
        ('<script>var 变量 = 1;</script><img alt="一张照片" src="x.jpg">没有公式', "没有公式"),
    ],
)  # fmt: skip
def test_formulas_become_tex_between_dollars_once(html, expected):
    assert text(html) == expected
