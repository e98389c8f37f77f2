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
    assert text(f"<table>{rows}</table>") == "地点\t潮差\n杭州湾\t很大，八米九"


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


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("太阳的质量约为2×10<sup>30</sup>千克，2<sup>10</sup>等于1024", "太阳的质量约为2×10³⁰千克，2¹⁰等于1024"),
        ("60m<sup>2</sup>，9×10<sup>−31</sup>，Ca<sup>2+</sup>", "60m²，9×10⁻³¹，Ca²⁺"),
        ("H<sub>2</sub>O，CO<sub> 2 </sub>，a<sub>n+1</sub>", "H₂O，CO₂，aₙ₊₁"),
        ("e<sup>x<sup>2</sup></sup>，2<sup><i>k</i></sup>", "e^(x²)，2^k"),
        ('张三<sup><a href="#1">[1]</a></sup>，20<sup>th</sup>，文渊<sup>TM</sup>', "张三[1]，20th，文渊™"),
        ("前<sup>一<br>二</sup>后", "前一\n二后"),
        ("<sup></sup>空<sub> </sub>", "空"),
    ],
)
def test_superscripts_and_subscripts_keep_their_meaning(html, expected):
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>\ndef f():\n\n\n    return 1\n\n</pre>完", "def f():\n\n\n    return 1\n完"),
        ("<pre><code><span>a:</span>\n\n<span>  b</span></code></pre>", "a:\n\n  b"),
        (
            '<div class="blockcode"><div id="code_1"><ol><li>if x:<br />\n<li>    y = 1<br />\n<li><br />\n'
            "<li>&nbsp;&nbsp;z = 2</ol></div></div>完",
            "if x:\n    y = 1\n\n  z = 2\n完",
        ),
        (
            '<dl class="codebox"><dd><code>for i in x:<br />&nbsp;&nbsp;&nbsp;f(i)<br /><br />g()</code></dd></dl>',
            "for i in x:\n   f(i)\n\ng()",
        ),
        (
            '<table><tr><td class="blob-num">1</td><td class="blob-code">if x:</td></tr>\n'
            '<tr><td class="blob-num">2</td><td class="blob-code">    y = 1</td></tr></table>',
            "if x:\n    y = 1",
        ),
        (
            '<table class="syntaxhighlighter"><tr><td class="gutter"><div>1</div></td><td class="code"><div>'
            '<div class="line"><code>if a:</code></div>\n<div class="line"><code>&nbsp;&nbsp;</code>b</div>'
            "</div></td></tr></table>",
            "if a:\n  b",
        ),
        ("<p>    行首的空白<code>x  = 1</code>不是代码的</p>", "行首的空白x = 1不是代码的"),
    ],
)
def test_code_keeps_its_indentation_and_its_blank_lines(html, expected):
    assert text(html) == expected
