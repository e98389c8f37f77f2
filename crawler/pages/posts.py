"""What all forum engines share: a post's HTML to its own words."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.render import Skip, blocks

MASK = "@…"
_MENTION = re.compile(r"(?<![\w.@/])@(?!…)[\w.\-\u4e00-\u9fff]{1,30}")
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
        before = _element_before(node)
        return _QUOTE_HEAD.search((node.text() or "")[:80].split("\n")[0]) is not None or (
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
    text = (node.text() or "").strip()
    return len(text) < 200 and text.endswith((":", "：")) and _QUOTE_HEAD.search(text) is not None


def _element_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and before.is_text_node and not (before.text_content or "").strip():
        before = before.prev
    return before if before is not None and before.is_element_node else None


def post_text(node: LexborNode, skip: Skip) -> str:
    """The post's own words, a line a paragraph, names of those it speaks to masked."""
    lines = []
    for block in blocks(node, skip):
        lines.append(block.text if block.node.tag == "pre" else _MENTION.sub(MASK, block.text))
    return "\n".join(lines)


def html_text(html: str, skip: Skip) -> str:
    """The same of a piece of HTML, as JSON APIs hold it."""
    body = LexborHTMLParser(html).body
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
