"""Turn a post's HTML into its own words, as all forum engines need it: without quotes, with masked names."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html.render import Skip, blocks
from crawler.html.tree import Bounds, beginning, parse

MASK = "@…"
_MENTION = re.compile(r"(?<![A-Za-z0-9_.@/＠])[@＠](?!…)[\w.\-]{1,20}")
_MENTIONS = "[class*='mention']"
"""Elements in which engines show `@某人`: they say where a name ends that has a space in it, or none after it."""
MENTION_CHARS = 100
"""No name is longer; such elements may stand in each other, each with the whole post."""
_QUOTE_HEAD = re.compile(
    r"发表于|發表於|原帖由|写道|寫道|说[:：道]?\s*$|說[:：道]?\s*$|wrote\s*[:：]?|said( in)?\b|中说|中說"
)


def classes(attributes: dict[str, str | None]) -> frozenset[str]:
    return frozenset((attributes.get("class") or "").split())


def skipping(names: frozenset[str], tags: frozenset[str] = frozenset(), *more: Skip) -> Skip:
    """Leaves out elements with one of these classes or tags, and what `more` say."""

    def skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
        return tag in tags or bool(names & classes(attributes)) or any(rule(node, tag, attributes) for rule in more)

    return skip


def quote_of_another(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    """A blockquote that names whose words it holds, or that follows such a line; also that line itself."""
    if tag == "blockquote":
        if attributes.get("cite") or node.css_first("cite") is not None:
            return True
        before = element_before(node)
        return _QUOTE_HEAD.search(beginning(node, 80)[:80].split("\n")[0]) is not None or (
            before is not None and _is_head(before)
        )
    return tag == "p" and _is_head(node)


def _is_head(node: LexborNode) -> bool:
    """`@某人 在 某主题 中说：` right before a blockquote."""
    after = node.next
    while after is not None and after.is_text_node and not (after.text_content or "").strip():
        after = after.next
    if after is None or after.tag != "blockquote":
        return False
    text = beginning(node, 200).strip()
    return len(text) < 200 and text.endswith((":", "：")) and _QUOTE_HEAD.search(text) is not None


def element_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and before.is_text_node and not (before.text_content or "").strip():
        before = before.prev
    return before if before is not None and before.is_element_node else None


def post_text(node: LexborNode, skip: Skip) -> str:
    """The post's own words, a line a paragraph, names of those it speaks to masked."""
    said = (" ".join(beginning(mention, MENTION_CHARS).split()) for mention in node.css(_MENTIONS))
    names = sorted(
        {name for name in said if name.startswith("@") and 1 < len(name) <= MENTION_CHARS}, reverse=True
    )  # 老王头 before 老王
    named = re.compile("|".join(map(re.escape, names))) if names else None
    lines = []
    for block in blocks(node, skip):
        text = block.lines
        if not block.is_code:
            text = masked(named.sub(MASK, text) if named else text)
        lines.append(text)
    return "\n".join(lines).lstrip("\n")


def masked(line: str) -> str:
    """A line without the names of those it speaks to."""
    return _MENTION.sub(MASK, line)


def writer_in(box: LexborHTMLParser | LexborNode, *selectors: str) -> str | None:
    """The name beside a post, where the first selector that has any says it; only `extract.authors` lets it out."""
    return one_line(first_of(box, *selectors))


def html_text(html: str, skip: Skip, bounds: Bounds) -> str:
    """The same of a piece of HTML, as JSON APIs hold it; TooComplex where a bound is passed."""
    body = parse(html, bounds).body
    return post_text(body, skip) if body is not None else ""


def first_of(tree: LexborHTMLParser | LexborNode, *selectors: str) -> LexborNode | None:
    """The first element of the first selector that has any; a list in one selector would go by the page's order."""
    return next((node for selector in selectors if (node := tree.css_first(selector)) is not None), None)


def one_line(node: LexborNode | None) -> str | None:
    """A title's text, None where there is none."""
    if node is None:
        return None
    text = " ".join((node.text() or "").split())
    return text or None
